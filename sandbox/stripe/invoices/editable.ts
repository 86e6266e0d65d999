import type { Call } from '../api/call.ts';
import { StripeError, resourceMissing } from '../api/errors.ts';
import { emitChange } from '../webhooks/events.ts';
import type { StoredInvoice } from '../wire.ts';
import { showInvoice } from './invoiceObject.ts';
import type { ShownInvoice } from './invoiceObject.ts';

/**
 * The invoice in the path. Recorded answers name it `invoice` in some calls and `id` in others, and clients may read
 * `param`, so each route says which.
 */
export function invoiceInPath(call: Call, param: 'invoice' | 'id'): StoredInvoice {
  const id = call.path['invoice'] ?? '';
  const invoice = call.sandbox.invoices.get(id);
  if (!invoice) throw resourceMissing('invoice', id, param);
  return invoice;
}

/** Lines and money may change in a draft only. */
export function refuseUnlessDraft(invoice: StoredInvoice): void {
  if (invoice.status !== 'draft')
    throw new StripeError(
      400,
      {
        type: 'invalid_request_error',
        code: 'invoice_not_editable',
        message: 'Invalid invoice: This invoice is no longer editable',
      },
      { replayable: true },
    );
}

/** Shows the invoice as it is now and tells in invoice.updated what changed since `before`. */
export function announceUpdate(call: Call, before: ShownInvoice): ShownInvoice {
  const stored = call.sandbox.invoices.get(before.id);
  if (!stored) throw new Error(`Invoice ${before.id} is gone in the middle of its update.`);
  const after = showInvoice(call.sandbox, stored);
  if (JSON.stringify(before) !== JSON.stringify(after))
    emitChange(call, 'invoice.updated', { before: before, after: after });
  return after;
}
