import type { ReadValue } from '../records/readField.ts';
import type { FieldDescribe } from '../schema/describeTypes.ts';
import { compare, comparable } from './comparable.ts';
import type { Comparable } from './comparable.ts';
import type { TimeRange } from './dateLiterals.ts';
import { readLiteral, unquote } from './literal.ts';
import type { Literal } from './literal.ts';
import { likePattern } from './like.ts';
import type { QueryScope } from './queryScope.ts';

/** The right side of a condition as the parser gives it. */
export type Comparison = {
  operator: string;
  value: string | string[];
  literalType?: string | string[] | undefined;
};

type Test = (value: ReadValue) => boolean;

/** Compiles `<operator> <literal>` for a field (undefined for a function's result) into a test of its values. */
export function compileComparison(
  scope: QueryScope,
  field: FieldDescribe | undefined,
  comparison: Comparison,
): Test {
  const operator = comparison.operator.toUpperCase();
  if (operator === 'LIKE') {
    const pattern = likePattern(String(comparison.value), field?.caseSensitive ?? false);
    return (value) => value !== null && pattern.test(String(value));
  }
  const raws = Array.isArray(comparison.value) ? comparison.value : [comparison.value];
  const typeOf = (i: number) =>
    Array.isArray(comparison.literalType) ? comparison.literalType[i] : comparison.literalType;
  if (operator === 'INCLUDES' || operator === 'EXCLUDES') {
    const includes = compileIncludes(raws.map(unquote));
    return operator === 'INCLUDES' ? includes : (value) => !includes(value);
  }
  const literals = raws.map((raw, i) => readLiteral(scope, field, { raw, type: typeOf(i) }));
  if (operator === 'IN' || operator === 'NOT IN') return compileIn(field, literals, operator === 'IN');
  const [literal = null] = literals;
  return isRange(literal) ? compareRange(operator, literal) : compareValue(field, operator, literal);
}

function compileIn(field: FieldDescribe | undefined, literals: Literal[], wanted: boolean): Test {
  const ranges = literals.filter(isRange);
  const values = literals.filter(isValue);
  const set = new Set(values.map((literal) => comparable(field, literal)));
  return (value) => {
    const found = set.has(comparable(field, value)) || ranges.some((range) => inRange(range, value));
    return found === wanted;
  };
}

function compileIncludes(alternatives: string[]): Test {
  const wanted = alternatives.map((alternative) => alternative.toLowerCase().split(';'));
  return (value) => {
    const chosen = new Set(
      String(value ?? '')
        .toLowerCase()
        .split(';')
        .filter(Boolean),
    );
    return wanted.some((all) => all.every((one) => chosen.has(one)));
  };
}

function compareValue(
  field: FieldDescribe | undefined,
  operator: string,
  literal: Exclude<Literal, TimeRange>,
): Test {
  const right = comparable(field, literal);
  const ordered = (accept: (order: number) => boolean): Test => {
    return (value) => {
      const left: Comparable = comparable(field, value);
      return left !== null && right !== null && accept(compare(left, right));
    };
  };
  switch (operator) {
    case '=':
      return (value) => comparable(field, value) === right;
    case '!=':
    case '<>':
      return (value) => comparable(field, value) !== right;
    case '>':
      return ordered((order) => order > 0);
    case '>=':
      return ordered((order) => order >= 0);
    case '<':
      return ordered((order) => order < 0);
    default:
      return ordered((order) => order <= 0);
  }
}

function compareRange(operator: string, range: TimeRange): Test {
  const moment =
    (accept: (time: number) => boolean): Test =>
    (value) =>
      value !== null && accept(Date.parse(String(value)));
  switch (operator) {
    case '=':
      return (value) => inRange(range, value);
    case '!=':
    case '<>':
      return (value) => !inRange(range, value);
    case '>':
      return moment((time) => time >= range.to);
    case '>=':
      return moment((time) => time >= range.from);
    case '<':
      return moment((time) => time < range.from);
    default:
      return moment((time) => time < range.to);
  }
}

function inRange({ from, to }: TimeRange, value: ReadValue): boolean {
  const time = value === null ? NaN : Date.parse(String(value));
  return time >= from && time < to;
}

function isValue(literal: Literal): literal is Exclude<Literal, TimeRange> {
  return !isRange(literal);
}

function isRange(literal: Literal): literal is TimeRange {
  return typeof literal === 'object' && literal !== null;
}
