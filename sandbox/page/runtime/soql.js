/** A text as a SOQL string literal. */
export function literal(text) {
  return `'${String(text).replace(/[\\']/g, '\\$&').replace(/\n/g, '\\n').replace(/\r/g, '\\r')}'`;
}

/** A SOQL literal for LIKE that finds the text anywhere; its own wildcards stand for themselves. */
export function likePattern(text) {
  const escaped = String(text).replace(/[\\']/g, '\\$&').replace(/[%_]/g, '\\$&');
  return `'%${escaped}%'`;
}
