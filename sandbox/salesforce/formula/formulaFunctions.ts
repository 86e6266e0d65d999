export type Value = string | number | boolean | null;

type FormulaFunction = (...args: Value[]) => Value;

const numeric = (compute: (a: number, b: number) => number): FormulaFunction => {
  return (a = null, b = null) => (a === null || b === null ? null : compute(Number(a), Number(b)));
};
/** A comparison with a blank value is never true. */
const ordered = (accept: (order: number) => boolean): FormulaFunction => {
  return (a = null, b = null) => a !== null && b !== null && accept(a < b ? -1 : a > b ? 1 : 0);
};
const text = (compute: (a: string, b: string) => Value): FormulaFunction => {
  return (a = null, b = null) => compute(String(a ?? ''), String(b ?? ''));
};
const isBlank: FormulaFunction = (value = null) => value === null || value === '';
const orElse: FormulaFunction = (value = null, substitute = null) => (isBlank(value) ? substitute : value);
const equal: FormulaFunction = (a = null, b = null) => (a ?? '') === (b ?? '');

/** Functions and operators of formulas, under the names that formulon's parser gives them. */
export const functions: Record<string, FormulaFunction> = {
  add: (a = null, b = null) =>
    typeof a === 'string' || typeof b === 'string' ? `${a ?? ''}${b ?? ''}` : numeric((x, y) => x + y)(a, b),
  subtract: numeric((a, b) => a - b),
  multiply: numeric((a, b) => a * b),
  divide: numeric((a, b) => a / b),
  exponentiate: numeric((a, b) => a ** b),
  equal,
  unequal: (a = null, b = null) => equal(a, b) === false,
  lessThan: ordered((order) => order < 0),
  lessThanOrEqual: ordered((order) => order <= 0),
  greaterThan: ordered((order) => order > 0),
  greaterThanOrEqual: ordered((order) => order >= 0),
  not: (value = null) => value !== true,
  isblank: isBlank,
  isnull: isBlank,
  blankvalue: orElse,
  nullvalue: orElse,
  ispickval: equal,
  text: text((value) => value),
  value: (value = null) => (isBlank(value) ? null : Number(value)),
  len: text((value) => value.length),
  trim: text((value) => value.trim()),
  upper: text((value) => value.toUpperCase()),
  lower: text((value) => value.toLowerCase()),
  left: text((value, count) => value.slice(0, Number(count))),
  right: text((value, count) => (Number(count) === 0 ? '' : value.slice(-Number(count)))),
  begins: text((value, start) => value.startsWith(start)),
  contains: text((value, part) => value.includes(part)),
  // The platform's are those of Java; what rules here use means the same in both. The whole text has to match.
  regex: text((value, pattern) => new RegExp(`^(?:${pattern})$`).test(value)),
  abs: (value = null) => (value === null ? null : Math.abs(Number(value))),
  min: (...values) => Math.min(...values.map(Number)),
  max: (...values) => Math.max(...values.map(Number)),
  round: numeric((value, digits) => Number(`${Math.round(Number(`${value}e${digits}`))}e-${digits}`)),
};
