import type { Call } from '../api/call.ts';
import { refused } from '../api/errors.ts';
import { emit } from '../webhooks/events.ts';
import type { StoredInvoice } from '../wire.ts';
import { refuseWithoutEmail } from './collection.ts';
import { invoiceInPath } from './editable.ts';
import { finalizeInvoice } from './finalize.ts';
import { composeInvoiceMail } from './invoiceMail.ts';
import { showInvoice } from './invoiceObject.ts';

/** Finalizes a draft first. The mail goes to the sandbox's mailbox; real Stripe sends none in test mode. */
export function sendInvoice(call: Call): object {
  const invoice = invoiceInPath(call, 'invoice');
  if (invoice.collection_method !== 'send_invoice')
    throw refused("You can only manually send an invoice if its collection method is 'send_invoice'.");
  if (invoice.status === 'void' || invoice.status === 'uncollectible')
    throw refused(
      'This invoice cannot be sent right now. Please contact us via https://support.stripe.com/contact with details, so we can help.',
    );
  if (invoice.status === 'draft') refuseWithoutEmail(call, invoice);
  const sent = invoice.status === 'draft' ? finalizeInvoice(call, invoice) : invoice;
  return mailInvoice(call, sent);
}

/** The mail of a finalized invoice, and the event that tells of it. */
export function mailInvoice(call: Call, invoice: StoredInvoice): object {
  const { sandbox } = call;
  const shown = showInvoice(sandbox, invoice);
  sandbox.mails.put(composeInvoiceMail(sandbox, shown));
  emit(call, 'invoice.sent', shown);
  return shown;
}
