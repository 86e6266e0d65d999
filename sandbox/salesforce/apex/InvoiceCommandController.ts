import { AuraHandledException, type ApexContext, type ApexMethod, type ApexRecord } from './context.ts';
import { billingRecipientOf, type BillingRecipient } from './billingRecipient.ts';
import { readLinks, runCommand } from './invoicebridgeApi.ts';
import { currencyOfInvoice } from './invoiceCurrency.ts';
import { permissionProblem, requirePermission } from './invoicePermission.ts';
import { dueDateOf } from './paymentTerms.ts';
import { quoted, today, toId, toText } from './parameters.ts';
import { inWords } from './userFacingError.ts';

/** Twin of InvoiceCommandController.cls, method by method. */
export const InvoiceCommandController: Record<string, ApexMethod> = {
  getSendPreview: {
    cacheable: false,
    run: ({ invoiceId }, context) =>
      inWords(() => {
        const id = toId(invoiceId);
        const invoice = readInvoice(id, context);
        const recipient = billingRecipientOf(String(invoice.Account__c), context);
        const lines = context.query(`SELECT Amount__c FROM Invoice_Line__c WHERE Invoice__c = ${quoted(id)}`);
        return {
          name: toText(invoice.Number__c) ?? invoice.Name,
          accountName: recipient.accountName,
          status: invoice.Status__c,
          recipient: recipient.email,
          recipientSource: recipient.source,
          amount: amountOf(invoice, lines),
          amountRemaining: invoice.Amount_Remaining__c ?? null,
          currencyCode: currencyOfInvoice({ ...invoice, Id: id }, context),
          dueDate: dueDateOf(invoice),
          problem: problemOf(invoice, { recipient, lines, context }),
        };
      }),
  },

  raiseInvoice: {
    cacheable: false,
    run: ({ invoiceId, idempotencyKey }, context) =>
      inWords(() => {
        requirePermission(context);
        const id = toId(invoiceId);
        readInvoice(id, context);
        return runCommand('raise', { invoiceId: id, idempotencyKey: toText(idempotencyKey) ?? '' }, context);
      }),
  },

  sendInvoice: {
    cacheable: false,
    run: ({ invoiceId, idempotencyKey }, context) =>
      inWords(() => {
        requirePermission(context);
        const id = toId(invoiceId);
        readInvoice(id, context);
        return runCommand('send', { invoiceId: id, idempotencyKey: toText(idempotencyKey) ?? '' }, context);
      }),
  },

  runAction: {
    cacheable: false,
    run: ({ invoiceId, action, params, idempotencyKey }, context) =>
      inWords(() => {
        requirePermission(context);
        const id = toId(invoiceId);
        readInvoice(id, context);
        const options = {
          invoiceId: id,
          idempotencyKey: toText(idempotencyKey) ?? '',
          params: JSON.parse(toText(params) ?? '{}') as Record<string, unknown>,
        };
        return runCommand(toText(action) ?? '', options, context);
      }),
  },

  syncInvoice: {
    cacheable: false,
    run: ({ invoiceId, idempotencyKey }, context) =>
      inWords(() => {
        const id = toId(invoiceId);
        readInvoice(id, context);
        return runCommand('sync', { invoiceId: id, idempotencyKey: toText(idempotencyKey) ?? '' }, context);
      }),
  },

  getLinks: {
    cacheable: false,
    run: ({ invoiceId }, context) =>
      inWords(() => {
        const id = toId(invoiceId);
        readInvoice(id, context);
        return readLinks(id, context);
      }),
  },
};

function readInvoice(invoiceId: string, context: ApexContext): ApexRecord {
  const [invoice] = context.query(
    'SELECT Name, Number__c, Account__c, Status__c, Currency__c, Due_Date__c, Payment_Terms__c, Subtotal__c, Total__c, Amount_Remaining__c, Sent_At__c ' +
      `FROM Invoice__c WHERE Id = ${quoted(invoiceId)}`,
  );
  if (!invoice) {
    throw new AuraHandledException(
      'The invoice was not found. It may have been deleted, or you may not have access to it.',
    );
  }
  return invoice;
}

function amountOf(invoice: ApexRecord, lines: ApexRecord[]): unknown {
  const cents = lines.reduce((sum, line) => sum + Math.round(Number(line.Amount__c ?? 0) * 100), 0);
  const total = invoice.Total__c ?? null;
  const computed = total !== null && Math.round(Number(invoice.Subtotal__c) * 100) === cents;
  return invoice.Status__c !== 'Draft' || computed ? total : cents / 100;
}

function problemOf(
  invoice: ApexRecord,
  { recipient, lines, context }: { recipient: BillingRecipient; lines: ApexRecord[]; context: ApexContext },
): string | null {
  const denied = permissionProblem(context);
  if (denied) return denied;
  if (invoice.Status__c === 'Paid') return 'This invoice is paid. There is nothing left to send.';
  if (invoice.Status__c === 'Void') {
    return 'This invoice is void and cannot be sent. Raise a new invoice instead.';
  }
  if (invoice.Status__c === 'Uncollectible') {
    return 'This invoice is marked as uncollectible and cannot be sent.';
  }
  const sentAt = toText(invoice.Sent_At__c);
  if (sentAt !== null) {
    return (
      `This invoice was sent on ${sentAt.slice(0, 16).replace('T', ' ')} and is not sent twice. ` +
      'To remind the customer, copy the payment link on the invoice page.'
    );
  }
  if (recipient.email === null) {
    return (
      `${recipient.accountName} has no e-mail address. Fill in Billing Email on the account or add a contact with an e-mail ` +
      'address, then try again.'
    );
  }
  if (invoice.Status__c !== 'Draft') return null;
  if (lines.length === 0) return 'This invoice has no lines. Add at least one line, then try again.';
  const dueDate = dueDateOf(invoice);
  if (dueDate !== null && dueDate < today()) {
    return 'The due date is in the past. Choose a later one, then try again.';
  }
  return null;
}
