import { createHmac } from 'node:crypto';
import type { Sandbox } from '../sandbox.ts';
import { timeOfCustomer } from '../time/frozenTime.ts';
import { DAY } from '../time/sandboxTime.ts';
import type { StoredInvoice } from '../wire.ts';

/** docs.stripe.com/invoicing/hosted-invoice-page: 30 days after the due date or the finalization, 120 at most. */
const AFTER_DUE = 30 * DAY;
const LONGEST = 120 * DAY;
/** "Any URLs that ... a user retrieves through the API are guaranteed to be valid for at least 10 days." */
const LEFT_AT_LEAST = 10 * DAY;
/** How much longer each new address holds; how much it is in Stripe is not documented. */
const RENEWED_BY = 20 * DAY;

/** The secret part of the addresses of page and PDF, as they are now: a new one when the last is about to expire. */
export function linkToken(sandbox: Sandbox, invoice: StoredInvoice): string | null {
  if (invoice.token === null) return null;
  const missing = nowFor(sandbox, invoice) + LEFT_AT_LEAST - firstExpiry(invoice);
  return tokenOf(sandbox, invoice.token, Math.max(0, Math.ceil(missing / RENEWED_BY)));
}

/** The invoice that an address leads to, also an address of earlier, with whether it still opens it. */
export function invoiceOfLink(
  sandbox: Sandbox,
  shown: string,
): { invoice: StoredInvoice; expired: boolean } | undefined {
  const [token = '', renewal = '0'] = shown.split('-');
  const invoice = sandbox.by.invoiceOfToken.first(token);
  const times = Number(renewal);
  if (!invoice || shown !== tokenOf(sandbox, token, times)) return undefined;
  return { invoice, expired: nowFor(sandbox, invoice) > firstExpiry(invoice) + times * RENEWED_BY };
}

/** Renewed tokens are signed, so that nobody can make one out of an expired one. */
function tokenOf(sandbox: Sandbox, token: string, times: number): string {
  if (times === 0) return token;
  const signature = createHmac('sha256', sandbox.linkSecret).update(`${token} ${times}`).digest('hex');
  return `${token}-${times}-${signature.slice(0, 32)}`;
}

function firstExpiry({
  due_date: due,
  created,
  status_transitions: { finalized_at },
}: StoredInvoice): number {
  const finalized = finalized_at ?? created;
  return Math.min((due ?? finalized) + AFTER_DUE, finalized + LONGEST);
}

function nowFor(sandbox: Sandbox, { test_clock: clock, customer }: StoredInvoice): number {
  return (clock === null ? null : timeOfCustomer(sandbox, customer)) ?? sandbox.clock();
}
