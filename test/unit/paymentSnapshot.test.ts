import type Stripe from 'stripe';
import { paymentSnapshot } from '../../sync/stripe/readPayment.ts';

const intent = (fields: object) =>
  ({
    id: 'pi_1',
    currency: 'usd',
    customer: 'cus_1',
    metadata: {},
    ...fields,
  }) as unknown as Stripe.PaymentIntent;
const charge = (fields: object) => ({
  amount: 3000,
  amount_refunded: 0,
  created: 0,
  receipt_url: null,
  ...fields,
});

test.each([
  [
    'has failed, and less is owed since',
    intent({
      status: 'requires_payment_method',
      amount: 1000,
      amount_received: 0,
      latest_charge: charge({ status: 'failed' }),
    }),
    30,
  ],
  [
    'is under way',
    intent({
      status: 'processing',
      amount: 3000,
      amount_received: 0,
      latest_charge: charge({ status: 'pending' }),
    }),
    30,
  ],
  [
    'has succeeded in part',
    intent({
      status: 'succeeded',
      amount: 3000,
      amount_received: 2000,
      latest_charge: charge({ status: 'succeeded' }),
    }),
    20,
  ],
  ['has not been tried', intent({ status: 'requires_payment_method', amount: 1000, amount_received: 0 }), 10],
])('the amount of a payment that %s is that of the attempt', (_, payment, amount) => {
  expect(paymentSnapshot(payment, 'in_1').fields.Amount__c).toBe(amount);
});
