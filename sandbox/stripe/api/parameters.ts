import { invalidParameter, parameterMissing } from './errors.ts';
import type { Rule } from './rules.ts';

export type Shape = Record<string, Rule<unknown>>;

/** What a shape reads: required parameters are there, the others may be undefined. */
export type Values<S extends Shape> = {
  [K in keyof S]: S[K] extends { required: true; read(value: unknown, name: string): infer T }
    ? T
    : S[K] extends { read(value: unknown, name: string): infer T }
      ? T | undefined
      : never;
};

export interface Known {
  /** Parameters that Stripe has and the sandbox has not. They are refused in words, not ignored. */
  unsupported?: readonly string[];
  /** The path of the hash that is read, such as `lines[0]`; empty at the top. */
  within?: string;
}

/** Reads parameters strictly: unknown ones first, then each by its rule, then those that are missing. */
export function readParameters<S extends Shape>(
  shape: S,
  raw: Record<string, unknown>,
  known: Known = {},
): Values<S> {
  const path = (name: string): string => (known.within ? `${known.within}[${name}]` : name);
  refuseUnknown(shape, raw, { ...known, path });
  const values: Record<string, unknown> = {};
  for (const [name, rule] of Object.entries(shape)) {
    if (raw[name] !== undefined) values[name] = rule.read(raw[name], path(name));
  }
  for (const [name, rule] of Object.entries(shape)) {
    if (rule.required && values[name] === undefined) throw parameterMissing(path(name));
  }
  return values as Values<S>;
}

function refuseUnknown(
  shape: Shape,
  raw: Record<string, unknown>,
  known: Known & { path(name: string): string },
): void {
  const unknown = Object.keys(raw).filter((name) => !(name in shape));
  const first = unknown[0];
  if (first === undefined) return;
  const unsupported = unknown.find((name) => known.unsupported?.includes(name));
  if (unsupported !== undefined) throw notInSandbox(known.path(unsupported));
  throw invalidParameter(
    `Received unknown parameter${unknown.length > 1 ? 's' : ''}: ${unknown.map(known.path).join(', ')}`,
    known.path(first),
    'parameter_unknown',
  );
}

/** Real Stripe would take it. Saying so beats an answer that pretends. */
export function notInSandbox(param: string) {
  return invalidParameter(
    `The sandbox Stripe does not implement '${param}' (real Stripe does). Leave it out, or use a Stripe test account.`,
    param,
    'sandbox_unsupported',
  );
}
