/**
 * Every message in an error of the Lightning Data Service, Apex or JavaScript, without repeats. The data service nests
 * them in several ways: a list of bodies, output.errors of a save, and fieldErrors by field.
 */
export function reduceErrors(errors) {
  const messages = (Array.isArray(errors) ? errors : [errors]).filter(Boolean).flatMap(messagesOf);
  return [...new Set(messages.filter(Boolean))];
}

/** The same as one text for a person. */
export function inWords(errors) {
  return reduceErrors(errors).join(' ') || 'Something unexpected happened. Try again.';
}

function messagesOf(error) {
  const { body } = error;
  if (Array.isArray(body)) return body.map((item) => item.message);
  const fieldErrors = Object.values(body?.output?.fieldErrors ?? body?.fieldErrors ?? {}).flat();
  const pageErrors = body?.output?.errors ?? body?.pageErrors ?? [];
  const nested = [...pageErrors, ...fieldErrors].map((item) => item.message);
  if (nested.length > 0) return nested;
  return [body?.message ?? error.message ?? error.statusText];
}
