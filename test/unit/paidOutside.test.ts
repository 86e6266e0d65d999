import type Stripe from 'stripe';
import { paidOutside } from '../../sync/stripe/invoicePayments.ts';

const payment = (status: string, amount: number | null, intent?: string) =>
  ({
    status,
    amount_paid: amount,
    payment: intent
      ? { type: 'payment_intent', payment_intent: { status: intent } }
      : { type: 'payment_record' },
  }) as unknown as Stripe.InvoicePayment;

const told = (payments: Stripe.InvoicePayment[], fields: object = {}) =>
  paidOutside(
    {
      status: 'paid',
      amount_paid: 1000,
      payments: { data: payments },
      ...fields,
    } as unknown as Stripe.Invoice,
    payments,
  );

test.each([
  ['nothing but the canceled payment of its page', [payment('canceled', null, 'canceled')], 1000],
  ['no payment at all', [], 1000],
  ['a part by card, the rest was marked', [payment('paid', 400, 'succeeded')], 600],
  ['a payment record of the whole sum, where Stripe keeps one', [payment('paid', 1000)], 0],
  ['more than was owed', [payment('paid', 1200)], 0],
  [
    'a payment that is open and that nobody will make',
    [payment('open', null, 'requires_payment_method')],
    1000,
  ],
  ['a payment that may be what paid it', [payment('open', null, 'processing')], 0],
  ['a charge that has just succeeded', [payment('open', null, 'succeeded')], 0],
])('of a paid invoice with %s', (_, payments, expected) => {
  expect(told(payments)).toBe(expected);
});

test('nothing is said of an invoice that is not paid, or whose payments were not read', () => {
  expect(told([], { status: 'open' })).toBe(0);
  expect(told([], { payments: undefined })).toBe(0);
});
