declare module 'formulon' {
  export type Literal = {
    type: 'literal';
    dataType: 'number' | 'text' | 'checkbox' | 'date' | 'datetime' | 'picklist' | 'null';
    value: unknown;
    options?: Record<string, unknown>;
  };
  export type Failure = { type: 'error'; errorType: string; message: string };
  export function parse(formula: string, identifiers?: Record<string, Literal>): Literal | Failure;
  export function extract(formula: string): string[];
}
