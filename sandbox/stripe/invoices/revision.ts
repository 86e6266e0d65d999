import type { Call } from '../api/call.ts';
import { refused } from '../api/errors.ts';
import { emit } from '../webhooks/events.ts';
import type { StoredInvoice } from '../wire.ts';
import { announceUpdate } from './editable.ts';
import { showInvoice } from './invoiceObject.ts';
import { voided } from './void.ts';

/**
 * A finalized revision voids the invoice it was made from, before its own money is counted, because a balance that
 * was applied there is free again. Returns what tells of it, for after the event of the new invoice.
 */
export function replaceRevised(call: Call, revision: StoredInvoice): (() => void) | undefined {
  const { sandbox } = call;
  const source = revision.from_invoice?.invoice;
  if (typeof source !== 'string') return undefined;
  const original = sandbox.invoices.get(source);
  if (!original || (original.status !== 'open' && original.status !== 'uncollectible'))
    throw refused('The invoice that this invoice revises can no longer be revised.');
  const before = showInvoice(sandbox, original);
  sandbox.invoices.put({ ...voided(call, original), latest_revision: revision.id });
  return () => {
    emit(call, 'invoice.voided', showInvoice(sandbox, sandbox.invoices.get(source)!));
    announceUpdate(call, before);
  };
}
