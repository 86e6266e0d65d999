import { newId, newSecret } from '../ids.ts';
import type { Sandbox } from '../sandbox.ts';
import type { PaymentIntent, StoredInvoice } from '../wire.ts';

type IntentFields = Pick<PaymentIntent, 'amount' | 'currency' | 'customer'> & Partial<PaymentIntent>;

/** A payment intent that waits for a card, unless the fields say more. */
export function newIntent(sandbox: Sandbox, fields: IntentFields): PaymentIntent {
  const id = newId('pi');
  const intent: PaymentIntent = {
    id,
    object: 'payment_intent',
    allowed_payment_method_types: null,
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
    customer_account: null,
    description: null,
    excluded_payment_method_types: null,
    last_payment_error: null,
    latest_charge: null,
    livemode: false,
    managed_payments: null,
    metadata: {},
    next_action: null,
    on_behalf_of: null,
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
    statement_descriptor: null,
    statement_descriptor_suffix: null,
    status: 'requires_payment_method',
    transfer_data: null,
    transfer_group: null,
    ...fields,
  };
  sandbox.intents.put(intent);
  return intent;
}

/** The payment intent of an invoice, waiting for a card. */
export function makeIntent(sandbox: Sandbox, invoice: StoredInvoice): PaymentIntent {
  return newIntent(sandbox, {
    amount: invoice.amount_remaining,
    currency: invoice.currency,
    customer: invoice.customer,
    description: 'Payment for Invoice',
    payment_details: { customer_reference: null, order_reference: invoice.id },
    statement_descriptor: invoice.statement_descriptor,
  });
}

/** Nothing more can be done with it. */
export function asCanceled(
  intent: PaymentIntent,
  { at, reason }: { at: number; reason: PaymentIntent['cancellation_reason'] },
): PaymentIntent {
  return {
    ...intent,
    amount_capturable: 0,
    canceled_at: at,
    cancellation_reason: reason,
    next_action: null,
    status: 'canceled',
  };
}
