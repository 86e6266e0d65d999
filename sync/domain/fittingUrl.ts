// A URL field of the org holds 255 characters at most and refuses the whole record beyond it.
const URL_LENGTH = 255;

/** A link as a URL field takes it; one that is too long is left out. */
export const fittingUrl = (url: string | null): string | null =>
  url && url.length <= URL_LENGTH ? url : null;
