import { ast } from 'formulon';
import type { Node } from 'formulon';
import { functions } from './formulaFunctions.ts';
import type { Value } from './formulaFunctions.ts';

/** What a formula is evaluated for. Dates and moments are ISO text, so that they compare as they are ordered. */
export type FormulaContext = {
  now: Date;
  /** A field of the record, also over lookups, as Account__r.Name. */
  read(path: string): Value;
};

export type Formula = { evaluate(context: FormulaContext): Value; fields: string[] };

const compiled = new Map<string, Formula>();

/**
 * Parses a formula with formulon once and keeps it. formulon's own evaluation parses anew for every value, which takes
 * milliseconds for each record of a list. A function that is not in the table is refused here, when the org starts.
 */
export function compileFormula(text: string): Formula {
  let formula = compiled.get(text);
  if (!formula) {
    const fields: string[] = [];
    const { plain, literals } = withoutEscapes(text);
    formula = { evaluate: compile(ast(plain), { fields, literals }), fields };
    compiled.set(text, formula);
  }
  return formula;
}

type Evaluate = (context: FormulaContext) => Value;

/** What is collected on the way: the fields that are named, and texts that the parser does not understand. */
interface Parts {
  fields: string[];
  literals: Map<string, string>;
}

/** formulon refuses texts with backslashes, which escape characters on the platform: it gets names for them. */
function withoutEscapes(text: string): { plain: string; literals: Map<string, string> } {
  const literals = new Map<string, string>();
  const plain = text.replace(/"((?:[^"\\]|\\[^])*)"/g, (whole, inner: string) => {
    if (!inner.includes('\\')) return whole;
    const name = `escaped text ${literals.size}`;
    literals.set(
      name,
      inner.replace(/\\([^])/g, (_, sign: string) => ({ n: '\n', r: '\r', t: '\t' })[sign] ?? sign),
    );
    return `"${name}"`;
  });
  return { plain, literals };
}

function compile(node: Node, parts: Parts): Evaluate {
  switch (node.type) {
    case 'error':
      throw new Error(`A formula cannot be understood: ${node.message}`);
    case 'literal':
      return literal(parts.literals.get(String(node.value)) ?? node.value);
    case 'identifier':
      parts.fields.push(node.name);
      return ({ read }) => read(node.name);
    case 'callExpression':
      return compileCall(
        node.id,
        node.arguments.map((argument) => compile(argument, parts)),
      );
  }
}

const literal = (value: Value) => () => value;

function compileCall(name: string, args: Evaluate[]): Evaluate {
  switch (name) {
    case 'if':
      return (context) => (args[0]!(context) === true ? args[1]!(context) : args[2]!(context));
    case 'and':
      return (context) => args.every((argument) => argument(context) === true);
    case 'or':
      return (context) => args.some((argument) => argument(context) === true);
    case 'case':
      return compileCase(args);
    case 'today':
      return ({ now }) => now.toISOString().slice(0, 10);
    case 'now':
      return ({ now }) => now.toISOString();
  }
  const apply = functions[name];
  if (!apply) throw new Error(`The sandbox org does not know the formula function ${name.toUpperCase()}.`);
  return (context) => apply(...args.map((argument) => argument(context)));
}

/** CASE(value, match, result, ..., otherwise). */
function compileCase(args: Evaluate[]): Evaluate {
  const [subject, ...rest] = args;
  const otherwise = rest.pop();
  return (context) => {
    const value = subject!(context);
    for (let i = 0; i + 1 < rest.length; i += 2) {
      if (rest[i]!(context) === value) return rest[i + 1]!(context);
    }
    return otherwise!(context);
  };
}
