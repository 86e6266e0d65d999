declare module 'formulon' {
  export type Node =
    | { type: 'callExpression'; id: string; arguments: Node[] }
    | { type: 'identifier'; name: string }
    | { type: 'literal'; value: string | number | boolean | null }
    | { type: 'error'; errorType: string; message: string };
  /** The syntax tree of a formula; operators are calls, such as lessThan. */
  export function ast(formula: string): Node;
}
