/** Measures of an A4 page (595 x 842 points) and the looks that its parts share. */
export const left = 50;
export const right = 545;
export const top = 50;
/** Below this no further line of the table begins. */
export const bottom = 760;

export const regular = 'Helvetica';
export const bold = 'Helvetica-Bold';
export const grey = '#687385';
