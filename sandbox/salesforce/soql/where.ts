import type { HavingClause, WhereClause } from '@jetstreamapp/soql-parser-js';
import { OrgError } from '../orgError.ts';

export type Predicate<R> = (row: R) => boolean;

/** One comparison of the flat list; the parser's union of condition types, as far as they are used here. */
export type Condition = {
  field?: string;
  fn?: { functionName?: string; parameters?: unknown[]; rawValue?: string };
  operator: string;
  value?: string | string[];
  literalType?: string | string[];
  valueQuery?: unknown;
  openParen?: number;
  closeParen?: number;
};

type Token = '(' | ')' | 'NOT' | 'AND' | 'OR' | Condition;

/**
 * The parser gives conditions as one flat list with counts of parentheses. This builds the tree and refuses, as an org
 * does, AND beside OR without parentheses.
 */
export function compileWhere<R>(
  clause: WhereClause | HavingClause,
  compile: (condition: Condition) => Predicate<R>,
): Predicate<R> {
  const tokens = flatten(clause);
  let next = 0;

  const operand = (): Predicate<R> => {
    const token = tokens[next++];
    if (token === 'NOT') {
      const inner = operand();
      return (row) => !inner(row);
    }
    if (token === '(') {
      const inner = expression();
      next += 1;
      return inner;
    }
    if (typeof token !== 'object')
      throw new OrgError('MALFORMED_QUERY', `unexpected token: '${token ?? '<EOF>'}'`);
    return compile(token);
  };

  const expression = (): Predicate<R> => {
    const parts = [operand()];
    let level: 'AND' | 'OR' | undefined;
    for (let token = tokens[next]; token === 'AND' || token === 'OR'; token = tokens[next]) {
      if (level !== undefined && level !== token)
        throw new OrgError('MALFORMED_QUERY', `unexpected token: '${token}'`);
      level = token;
      next += 1;
      parts.push(operand());
    }
    return level === 'OR'
      ? (row) => parts.some((part) => part(row))
      : (row) => parts.every((part) => part(row));
  };

  return expression();
}

/** The conditions when all of them must hold (only AND, no NOT); undefined otherwise. */
export function conjunction(clause: WhereClause): Condition[] | undefined {
  const tokens = flatten(clause);
  if (tokens.includes('OR') || tokens.includes('NOT')) return undefined;
  return tokens.filter((token): token is Condition => typeof token === 'object');
}

type Node = { left: Condition | { openParen: number } | null; operator?: string; right?: Node };

function flatten(clause: WhereClause | HavingClause): Token[] {
  const tokens: Token[] = [];
  const repeat = (token: '(' | ')', times = 0) => {
    for (let i = 0; i < times; i += 1) tokens.push(token);
  };
  for (let node: Node | undefined = clause as unknown as Node; node; node = node.right) {
    const operator = node.operator?.toUpperCase() as 'AND' | 'OR' | 'NOT' | undefined;
    const { left } = node;
    if (left && 'operator' in left) {
      repeat('(', left.openParen);
      tokens.push(left);
      repeat(')', left.closeParen);
    } else {
      repeat('(', left?.openParen);
    }
    if (operator) tokens.push(operator);
  }
  return tokens;
}
