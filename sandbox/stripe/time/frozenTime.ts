import { refused } from '../api/errors.ts';
import type { Sandbox } from '../sandbox.ts';

/** The time that a request is about: that of the test clock of the customer it concerns; null is the wall clock. */
export function frozenTime(
  sandbox: Sandbox,
  request: { method: string; path: Readonly<Record<string, string>>; values: unknown },
): number | null {
  if (sandbox.testClocks.size === 0) return null;
  for (const id of namedIds(request.path, request.values)) {
    const customer = customerOf(sandbox, id);
    const clock = sandbox.testClocks.get(customer ? (customer.test_clock ?? '') : id);
    if (!clock) continue;
    if (clock.status === 'advancing' && customer && request.method !== 'GET')
      throw refused(
        `Test clock advancement underway - cannot perform modifications to the following customer: ${customer.id}`,
      );
    return clock.frozen_time;
  }
  return null;
}

/** The time of the customer's own clock. */
export function timeOfCustomer(sandbox: Sandbox, customerId: string): number | null {
  const clock = sandbox.customers.get(customerId)?.test_clock;
  return sandbox.testClocks.get(clock ?? '')?.frozen_time ?? null;
}

function namedIds(path: Readonly<Record<string, string>>, values: unknown): string[] {
  const { from_invoice: from, ...plain } = (values ?? {}) as Record<string, unknown>;
  return [
    ...Object.values(path),
    ...Object.values(plain).filter((value) => typeof value === 'string'),
    (from as { invoice?: string } | undefined)?.invoice ?? '',
  ];
}

/** The kinds of objects that belong to a customer. */
function customerOf(sandbox: Sandbox, id: string) {
  const { customers, invoices, subscriptions, subscriptionItems, items, intents, charges, creditNotes } =
    sandbox;
  const item = subscriptionItems.get(id);
  const owner =
    invoices.get(id) ??
    subscriptions.get(item?.subscription ?? id) ??
    items.get(id) ??
    intents.get(id) ??
    charges.get(id) ??
    creditNotes.get(id);
  return customers.get(owner?.customer ?? id);
}
