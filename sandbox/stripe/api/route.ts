import type { Call } from './call.ts';
import { expandRules } from './commonRules.ts';
import { readParameters } from './parameters.ts';
import type { Shape, Values } from './parameters.ts';

export type Method = 'GET' | 'POST' | 'DELETE';

export interface Definition<S extends Shape> {
  parameters: S;
  /** Parameters that Stripe has here and the sandbox has not. */
  unsupported?: readonly string[];
  /** Runs in one transaction. A returned StripeError keeps what happened, a thrown one undoes it. */
  run(call: Call, values: Values<S>): object;
}

export interface Route {
  method: Method;
  path: string;
  read(raw: Record<string, unknown>): { values: unknown; expand: string[] };
  run(call: Call, values: unknown): object;
}

/** One call of the API: its method, its path and what it takes and does. */
export function route<S extends Shape>(method: Method, path: string, definition: Definition<S>): Route {
  const { parameters, unsupported, run } = definition;
  const shape = { ...parameters, ...expandRules };
  return {
    method,
    path,
    read(raw) {
      const { expand = [], ...values } = readParameters<Shape & typeof expandRules>(shape, raw, {
        unsupported,
      });
      return { values, expand };
    },
    run: (call, values) => run(call, values as Values<S>),
  };
}

export interface Match {
  route: Route;
  path: Record<string, string>;
}

/** Addresses of Stripe that look like those of one object and that the sandbox does not serve. */
const NOT_IDS = '(?!search$|create_preview$|upcoming$|preview$)';

/** Finds the route of a request. */
export function matcher(routes: readonly Route[]): (method: string, path: string) => Match | undefined {
  const compiled = routes.map((one) => ({
    one,
    pattern: new RegExp(`^${one.path.replace(/:(\w+)/g, `(?<$1>${NOT_IDS}[^/]+)`)}$`),
  }));
  return (method, path) => {
    for (const { one, pattern } of compiled) {
      if (one.method !== method) continue;
      const found = pattern.exec(path);
      if (found) return { route: one, path: decoded(found.groups ?? {}) };
    }
    return undefined;
  };
}

function decoded(groups: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(groups).map(([name, value]) => [name, decodeURIComponent(value)]));
}
