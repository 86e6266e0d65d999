import { inRange, pageRules, timeRange } from '../api/commonRules.ts';
import { resourceMissing } from '../api/errors.ts';
import { newestFirst, page } from '../api/pagination.ts';
import { route } from '../api/route.ts';
import { text } from '../api/rules.ts';
import { newId, newSecret } from '../ids.ts';
import type { Sandbox } from '../sandbox.ts';
import type { PaymentIntent, StoredInvoice } from '../wire.ts';

export const paymentIntentRoutes = [
  route('GET', '/v1/payment_intents', {
    parameters: { ...pageRules, created: timeRange, customer: text() },
    unsupported: ['customer_account'],
    run({ sandbox }, values) {
      const { customer } = values;
      const all =
        customer === undefined ? sandbox.intents.values() : sandbox.by.intentOfCustomer.all(customer);
      const wanted = newestFirst(all).filter((one) => inRange(one.created, values.created));
      return page(wanted, values, {
        url: '/v1/payment_intents',
        kind: 'payment_intent',
        show: (one) => one,
      });
    },
  }),
  route('GET', '/v1/payment_intents/:intent', {
    parameters: { client_secret: text() },
    run({ sandbox, path }) {
      const id = path['intent'] ?? '';
      const intent = sandbox.intents.get(id);
      if (!intent) throw resourceMissing('payment_intent', id, 'intent');
      return intent;
    },
  }),
];

/** The payment intent of an invoice, waiting for a card. */
export function makeIntent(sandbox: Sandbox, invoice: StoredInvoice): PaymentIntent {
  const id = newId('pi');
  const intent: PaymentIntent = {
    id,
    object: 'payment_intent',
    allowed_payment_method_types: null,
    amount: invoice.amount_remaining,
    amount_capturable: 0,
    amount_details: { tip: {} },
    amount_received: 0,
    application: null,
    application_fee_amount: null,
    automatic_payment_methods: null,
    canceled_at: null,
    cancellation_reason: null,
    capture_method: 'automatic',
    client_secret: newSecret(`${id}_secret`),
    confirmation_method: 'automatic',
    created: sandbox.clock(),
    currency: invoice.currency,
    customer: invoice.customer,
    customer_account: null,
    description: 'Payment for Invoice',
    excluded_payment_method_types: null,
    last_payment_error: null,
    latest_charge: null,
    livemode: false,
    managed_payments: null,
    metadata: {},
    next_action: null,
    on_behalf_of: null,
    payment_details: { customer_reference: null, order_reference: invoice.id },
    payment_method: null,
    payment_method_configuration_details: null,
    payment_method_options: {
      card: { installments: null, mandate_options: null, network: null, request_three_d_secure: 'automatic' },
    },
    payment_method_types: ['card'],
    payment_record: null,
    processing: null,
    receipt_email: null,
    review: null,
    setup_future_usage: null,
    shipping: null,
    source: null,
    statement_descriptor: invoice.statement_descriptor,
    statement_descriptor_suffix: null,
    status: 'requires_payment_method',
    transfer_data: null,
    transfer_group: null,
  };
  sandbox.intents.put(intent);
  return intent;
}
