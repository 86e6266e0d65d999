import { inRange, pageRules, timeRange } from '../api/commonRules.ts';
import type { Call } from '../api/call.ts';
import { resourceMissing } from '../api/errors.ts';
import { newestFirst, page } from '../api/pagination.ts';
import { route } from '../api/route.ts';
import { hash, oneOf, required, text } from '../api/rules.ts';
import { newId } from '../ids.ts';
import type { Sandbox } from '../sandbox.ts';
import { emit } from '../webhooks/events.ts';
import type { InvoicePayment, List, PaymentIntent, StoredInvoice } from '../wire.ts';
import { makeIntent } from './newIntent.ts';

export const invoicePaymentRoutes = [
  route('GET', '/v1/invoice_payments', {
    parameters: {
      ...pageRules,
      created: timeRange,
      invoice: text(),
      payment: hash({
        type: required(oneOf('payment_intent', 'payment_record')),
        payment_intent: text(),
        payment_record: text(),
      }),
      status: oneOf('open', 'paid', 'canceled'),
    },
    run({ sandbox }, values) {
      const { invoice, payment } = values;
      const { paymentOfInvoice, paymentOfIntent, paymentOfRecord } = sandbox.by;
      const all =
        invoice !== undefined
          ? paymentOfInvoice.all(invoice)
          : payment?.payment_intent !== undefined
            ? paymentOfIntent.all(payment.payment_intent)
            : payment?.payment_record !== undefined
              ? paymentOfRecord.all(payment.payment_record)
              : sandbox.invoicePayments.values();
      const wanted = newestFirst(all).filter(
        (one) =>
          inRange(one.created, values.created) &&
          (values.status ?? one.status) === one.status &&
          (payment?.type ?? one.payment.type) === one.payment.type &&
          (payment?.payment_intent ?? one.payment.payment_intent) === one.payment.payment_intent &&
          (payment?.payment_record ?? one.payment.payment_record) === one.payment.payment_record,
      );
      return page(wanted, values, {
        url: '/v1/invoice_payments',
        kind: 'invoice_payment',
        show: (one) => one,
      });
    },
  }),
  route('GET', '/v1/invoice_payments/:payment', {
    parameters: {},
    run({ sandbox, path }) {
      const id = path['payment'] ?? '';
      const payment = sandbox.invoicePayments.get(id);
      if (!payment) throw resourceMissing('invoice_payment', id, 'invoice_payment');
      return payment;
    },
  }),
];

/** The default payment that finalization makes: what is due, through one payment intent. */
export function openPayment(call: Call, invoice: StoredInvoice): void {
  emit(call, 'payment_intent.created', makePayment(call.sandbox, invoice).intent);
}

function makePayment(sandbox: Sandbox, invoice: StoredInvoice): OpenPayment {
  const intent = makeIntent(sandbox, invoice);
  const payment: InvoicePayment = {
    id: newId('inpay'),
    object: 'invoice_payment',
    amount_paid: null,
    amount_requested: invoice.amount_remaining,
    created: sandbox.clock(),
    currency: invoice.currency,
    invoice: invoice.id,
    is_default: true,
    livemode: false,
    payment: { type: 'payment_intent', payment_intent: intent.id },
    status: 'open',
    status_transitions: { canceled_at: null, paid_at: null },
  };
  sandbox.invoicePayments.put(payment);
  return { payment, intent };
}

export interface OpenPayment {
  payment: InvoicePayment;
  intent: PaymentIntent;
}

/** Seeded invoices have none until they are paid: a hundred thousand of them would be kept for nothing. */
export function defaultPayment(sandbox: Sandbox, invoiceId: string): OpenPayment {
  const payment = sandbox.by.paymentOfInvoice.all(invoiceId).find((one) => one.is_default);
  const invoice = sandbox.invoices.get(invoiceId);
  if (!payment && invoice) return makePayment(sandbox, invoice);
  const intent = payment && sandbox.intents.get(payment.payment.payment_intent ?? '');
  if (!payment || !intent) throw new Error(`Invoice ${invoiceId} is open but has no payment.`);
  return { payment, intent };
}

/** What is still to be paid through Stripe follows what remains of the invoice. */
export function resizeOpenPayment(sandbox: Sandbox, invoice: StoredInvoice): void {
  const payment = sandbox.by.paymentOfInvoice.all(invoice.id).find((one) => one.is_default);
  if (payment?.status !== 'open') return;
  sandbox.invoicePayments.put({ ...payment, amount_requested: invoice.amount_remaining });
  const intent = sandbox.intents.get(payment.payment.payment_intent ?? '');
  if (intent) sandbox.intents.put({ ...intent, amount: invoice.amount_remaining });
}

/** Nothing more will be paid through Stripe: the invoice was voided or paid elsewhere. */
export function cancelPayments(call: Call, invoiceId: string, reason: 'void_invoice' | 'automatic'): void {
  const { sandbox } = call;
  const now = sandbox.clock();
  for (const payment of sandbox.by.paymentOfInvoice.all(invoiceId)) {
    if (payment.status !== 'open') continue;
    sandbox.invoicePayments.put({
      ...payment,
      status: 'canceled',
      status_transitions: { ...payment.status_transitions, canceled_at: now },
    });
    const intent = sandbox.intents.get(payment.payment.payment_intent ?? '');
    if (!intent) continue;
    const canceled: PaymentIntent = {
      ...intent,
      status: 'canceled',
      canceled_at: now,
      cancellation_reason: reason,
    };
    sandbox.intents.put(canceled);
    emit(call, 'payment_intent.canceled', canceled);
  }
}

/** `payments` of an invoice, which is left out unless it is expanded. */
export function listOfPayments(sandbox: Sandbox, invoiceId: string): List<InvoicePayment> {
  return {
    object: 'list',
    data: newestFirst(sandbox.by.paymentOfInvoice.all(invoiceId)),
    has_more: false,
    url: `/v1/invoice_payments?invoice=${invoiceId}`,
  };
}

export function confirmationSecret(sandbox: Sandbox, invoiceId: string): object | null {
  const payment = sandbox.by.paymentOfInvoice.all(invoiceId).find((one) => one.is_default);
  const secret = payment && sandbox.intents.get(payment.payment.payment_intent ?? '')?.client_secret;
  return secret ? { client_secret: secret, type: 'payment_intent' } : null;
}
