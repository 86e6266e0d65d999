import type { Sandbox } from '../sandbox.ts';

/** One request as a route sees it. A payment on the hosted page is a call without a request. */
export interface Call {
  readonly sandbox: Sandbox;
  /** The variable parts of the path: `/v1/invoices/:invoice` has `invoice`. */
  readonly path: Readonly<Record<string, string>>;
  readonly request: { readonly id: string | null; readonly idempotency_key: string | null };
}

/** A call that the sandbox makes itself, as for a person on the hosted page. */
export function ownCall(sandbox: Sandbox): Call {
  return { sandbox, path: {}, request: { id: null, idempotency_key: null } };
}
