import type Stripe from 'stripe';
import { toMajorUnits } from '../domain/money.ts';
import type { Mirrored } from '../flows/convergeMirrors.ts';
import { fittingUrl } from '../domain/fittingUrl.ts';
import { allPayments, paidOutside } from './invoicePayments.ts';
import { LINKED_INVOICE, NOT_COUNTED, OF_CUSTOMER, STANDS_FOR } from './linkMetadata.ts';
import { idOf, INVOICE_EXPAND } from './readInvoice.ts';
import { isMissing, translateStripeError } from './translateError.ts';

/** A payment of an invoice, through Stripe or reported to it, as the org's Payment_Confirmation__c. */
export async function readPayment(stripe: Stripe, id: string): Promise<Mirrored | null> {
  return readOrNull(async () => {
    if (id.startsWith(INVOICE))
      return markedPaid(stripe, await stripe.invoices.retrieve(id, { expand: INVOICE_EXPAND }));
    const counts = await invoiceOfPayment(stripe, id);
    if (id.startsWith(PAYMENT_RECORD)) {
      const record = counts && (await stripe.paymentRecords.retrieve(id));
      return record && !standsForAnother(record) ? paymentRecordSnapshot(record, counts) : null;
    }
    const intent = await stripe.paymentIntents.retrieve(id, { expand: ['latest_charge'] });
    const invoiceId = counts ?? intent.metadata[LINKED_INVOICE];
    return invoiceId ? paymentSnapshot(intent, invoiceId) : null;
  });
}

/** The same of a PaymentIntent that has been read already, with its latest charge. */
export function paymentSnapshot(intent: Stripe.PaymentIntent, invoiceId: string): Mirrored {
  const charge = typeof intent.latest_charge === 'object' ? intent.latest_charge : null;
  const status = paymentStatus(intent, charge);
  return {
    invoiceId,
    customerId: intent.metadata[OF_CUSTOMER] ?? idOf(intent.customer),
    makesRecord: status !== 'Failed' && status !== 'Canceled',
    untried: intent.latest_charge === null,
    ...(intent.metadata[LINKED_INVOICE] && { throughLink: true }),
    fields: {
      Type__c: 'Payment',
      Status__c: status,
      // An attempt that failed was over what was owed then; what is owed now, Stripe asks for with the next one.
      Amount__c: toMajorUnits(intent.amount_received || charge?.amount || intent.amount, intent.currency),
      Amount_Refunded__c: someAmount(charge?.amount_refunded ?? 0, intent.currency),
      Currency__c: intent.currency.toUpperCase(),
      Method__c: methodWords(charge),
      Paid_At__c: charge?.status === 'succeeded' ? isoSeconds(charge.created) : null,
      Receipt_Url__c: fittingUrl(charge?.receipt_url ?? null),
      Reference__c: null,
    },
  };
}

/** Money that came in outside Stripe and was reported there, which has been read already. */
export function paymentRecordSnapshot(record: Stripe.PaymentRecord, invoiceId: string): Mirrored {
  const { amount_guaranteed: amount, amount_refunded: refunded, metadata } = record;
  const isRefunded = refunded.value > 0 && refunded.value >= amount.value;
  return {
    invoiceId,
    customerId: record.customer_details?.customer ?? null,
    makesRecord: amount.value > 0,
    fields: {
      Type__c: 'Out of Band',
      Status__c: isRefunded ? 'Refunded' : amount.value > 0 ? 'Succeeded' : 'Failed',
      Amount__c: toMajorUnits(amount.value, amount.currency),
      Amount_Refunded__c: someAmount(refunded.value, amount.currency),
      Currency__c: amount.currency.toUpperCase(),
      Method__c: reportedMethod(record),
      // A record of Stripe's does not say when the money came in; ours carry it.
      Paid_At__c: isoSeconds(Number(metadata[PAID_AT]) || record.created),
      Receipt_Url__c: null,
      Reference__c: record.processor_details.custom?.payment_reference?.slice(0, REFERENCE_LENGTH) ?? null,
    },
  };
}

/**
 * The payment of an invoice that was marked as paid, of which Stripe keeps nothing but the sum. Its id is that of the
 * invoice, so that there is one, however often it is told of; once a payment tells of the sum, it is canceled.
 */
export async function markedPaid(stripe: Stripe, invoice: Stripe.Invoice): Promise<Mirrored> {
  const amount = paidOutside(invoice, await allPayments(stripe, invoice));
  return {
    invoiceId: invoice.id,
    customerId: idOf(invoice.customer),
    makesRecord: amount > 0,
    fields: {
      Type__c: 'Out of Band',
      Status__c: amount > 0 ? 'Succeeded' : 'Canceled',
      Amount__c: toMajorUnits(amount, invoice.currency),
      Amount_Refunded__c: null,
      Currency__c: invoice.currency.toUpperCase(),
      Method__c: 'Marked as paid',
      Paid_At__c: invoice.status_transitions.paid_at && isoSeconds(invoice.status_transitions.paid_at),
      Receipt_Url__c: null,
      Reference__c: null,
    },
  };
}

/** Nothing is left empty, as in records from before this was kept. */
const someAmount = (amount: number, currency: string): number | null =>
  amount > 0 ? toMajorUnits(amount, currency) : null;

/** Where our reports of payments note when the money came in: seconds since 1970. */
export const PAID_AT = 'paid_at';
const METHOD_LENGTH = 120;
const REFERENCE_LENGTH = 255;

function reportedMethod({ payment_method_details: details }: Stripe.PaymentRecord): string | null {
  const words = details?.custom?.display_name || details?.type.replaceAll('_', ' ');
  return words?.slice(0, METHOD_LENGTH).trim() || null;
}

/** What `invoicePayments.list` has to expand so that `paymentOf` can read it. */
export const PAYMENT_EXPAND = ['data.payment.payment_intent.latest_charge', 'data.payment.payment_record'];

/** What joins a payment to its invoice, as the payment's own record; null for what is no payment of ours. */
export function paymentOf({
  invoice,
  payment,
}: Stripe.InvoicePayment): { stripeId: string; mirrored: Mirrored } | null {
  const { payment_intent: intent, payment_record: record } = payment;
  const invoiceId = idOf(invoice)!;
  if (typeof intent === 'object')
    return { stripeId: intent.id, mirrored: paymentSnapshot(intent, invoiceId) };
  if (typeof record !== 'object' || standsForAnother(record)) return null;
  return { stripeId: record.id, mirrored: paymentRecordSnapshot(record, invoiceId) };
}

/** The payment through a link that it stands for is in the org itself. */
const standsForAnother = ({ metadata }: Stripe.PaymentRecord) => STANDS_FOR in metadata;

/** A refund of an invoice's payment, as the org's Payment_Confirmation__c. */
export async function readRefund(stripe: Stripe, id: string): Promise<Mirrored | null> {
  return readOrNull(async () => {
    const refund = await stripe.refunds.retrieve(id, { expand: ['charge', 'payment_intent'] });
    const charge = typeof refund.charge === 'object' ? refund.charge : null;
    const intent = typeof refund.payment_intent === 'object' ? refund.payment_intent : null;
    const invoiceId =
      intent && ((await invoiceOfPayment(stripe, intent.id)) ?? intent.metadata[LINKED_INVOICE]);
    if (!invoiceId) return null;
    return {
      invoiceId,
      customerId: intent.metadata[OF_CUSTOMER] ?? idOf(charge?.customer ?? null),
      makesRecord: true,
      paymentId: intent.id,
      ...(refund.metadata?.[NOT_COUNTED] && { uncounted: true }),
      fields: {
        Type__c: 'Refund',
        Status__c: REFUND_STATUS[refund.status ?? ''] ?? 'Pending',
        Amount__c: toMajorUnits(refund.amount, refund.currency),
        Currency__c: refund.currency.toUpperCase(),
        Method__c: methodWords(charge),
        Paid_At__c: isoSeconds(refund.created),
        Receipt_Url__c: fittingUrl(charge?.receipt_url ?? null),
      },
    };
  });
}

/** A credit note, as the org's Credit_Note__c. */
export async function readCreditNote(stripe: Stripe, id: string): Promise<Mirrored | null> {
  return readOrNull(async () => {
    return creditNoteSnapshot(await stripe.creditNotes.retrieve(id));
  });
}

/** The same of a credit note that has been read already. */
export function creditNoteSnapshot(note: Stripe.CreditNote): Mirrored {
  return {
    invoiceId: idOf(note.invoice)!,
    customerId: idOf(note.customer),
    makesRecord: true,
    fields: {
      Number__c: note.number,
      Amount__c: toMajorUnits(note.total, note.currency),
      Currency__c: note.currency.toUpperCase(),
      Reason__c: (note.reason && CREDIT_REASON[note.reason]) ?? null,
      Status__c: note.status === 'void' ? 'Void' : 'Issued',
      Memo__c: note.memo?.trim() || null,
      Pdf_Url__c: fittingUrl(note.pdf),
    },
  };
}

const REFUND_STATUS: Record<string, string> = {
  succeeded: 'Succeeded',
  failed: 'Failed',
  canceled: 'Canceled',
};

const CREDIT_REASON: Record<string, string> = {
  duplicate: 'Duplicate',
  fraudulent: 'Fraudulent',
  order_change: 'Order Change',
  product_unsatisfactory: 'Product Unsatisfactory',
};

function paymentStatus(intent: Stripe.PaymentIntent, charge: Stripe.Charge | null): string {
  if (intent.status === 'succeeded') return charge?.refunded ? 'Refunded' : 'Succeeded';
  if (intent.status === 'canceled') return 'Canceled';
  return intent.status === 'requires_payment_method' ? 'Failed' : 'Pending';
}

/** "Visa •••• 4242" of a card; of another method its name. */
export function methodWords(charge: Stripe.Charge | null): string | null {
  const details = charge?.payment_method_details;
  if (!details) return null;
  const { brand, last4 } = details.card ?? {};
  const words = (brand ?? details.type).replaceAll('_', ' ');
  const name = words.charAt(0).toUpperCase() + words.slice(1);
  return last4 ? `${name} •••• ${last4}` : name;
}

/** The invoice that a PaymentIntent or a payment record counts for, if it does: neither names it since API version basil. */
export async function invoiceOfPayment(stripe: Stripe, id: string): Promise<string | null> {
  const payment = id.startsWith(PAYMENT_RECORD)
    ? ({ type: 'payment_record', payment_record: id } as const)
    : ({ type: 'payment_intent', payment_intent: id } as const);
  const { data } = await stripe.invoicePayments.list({ payment, limit: 1 });
  return idOf(data[0]?.invoice ?? null);
}

const PAYMENT_RECORD = 'pr_';
const INVOICE = 'in_';

async function readOrNull(read: () => Promise<Mirrored | null>): Promise<Mirrored | null> {
  try {
    return await read();
  } catch (error) {
    if (isMissing(error)) return null;
    throw translateStripeError(error, 'read-stripe');
  }
}

const isoSeconds = (seconds: number): string => new Date(seconds * 1000).toISOString();
