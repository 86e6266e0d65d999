import type { Call } from '../api/call.ts';
import { address, changedMetadata, currency, metadata } from '../api/commonRules.ts';
import { missingReference, refused, resourceMissing } from '../api/errors.ts';
import type { StripeError } from '../api/errors.ts';
import { given } from '../api/given.ts';
import { notInSandbox } from '../api/parameters.ts';
import type { Values } from '../api/parameters.ts';
import { route } from '../api/route.ts';
import { clearable, flag, hash, integer, list, oneOf, required, text } from '../api/rules.ts';
import { formatMoney } from '../pages/money.ts';
import { namedCustomer } from '../resources/customers.ts';
import { emit, emitChange } from '../webhooks/events.ts';
import type { PaymentIntent, StoredPaymentMethod } from '../wire.ts';
import { chargeIntent } from './chargeIntent.ts';
import { refuseOtherTypes, refuseUnchargeable } from './chargeable.ts';
import { chargeInvoice } from './chargeInvoice.ts';
import { asCanceled, newIntent } from './newIntent.ts';
import { cloneTestMethod } from './paymentMethods.ts';

export const shippingRules = hash({
  address: required(address),
  carrier: text(),
  name: required(text()),
  phone: text(),
  tracking_number: text(),
});

const commonRules = {
  customer: text(),
  description: text(),
  metadata,
  payment_method: text(),
  receipt_email: clearable(text()),
  setup_future_usage: clearable(oneOf('off_session', 'on_session')),
  shipping: clearable(shippingRules),
  statement_descriptor: text({ max: 22 }),
  statement_descriptor_suffix: text({ max: 22 }),
};
const confirmRules = {
  error_on_requires_action: flag,
  off_session: flag,
  payment_method: text(),
  receipt_email: clearable(text()),
  return_url: text(),
};
const createRules = {
  ...commonRules,
  ...confirmRules,
  allowed_payment_method_types: list(text()),
  amount: required(integer({ min: 1 })),
  automatic_payment_methods: hash({ allow_redirects: oneOf('always', 'never'), enabled: required(flag) }),
  capture_method: oneOf('automatic', 'automatic_async', 'manual'),
  confirm: flag,
  confirmation_method: oneOf('automatic', 'manual'),
  currency: required(currency),
};
const updateRules = { ...commonRules, amount: integer({ min: 1 }), currency };
const captureRules = { amount_to_capture: integer({ min: 1 }), final_capture: flag, metadata };
const cancelRules = {
  cancellation_reason: oneOf('duplicate', 'fraudulent', 'requested_by_customer', 'abandoned'),
};
const unsupported = [
  ...[
    'amount_details',
    'application_fee_amount',
    'confirmation_token',
    'customer_account',
    'hooks',
    'mandate',
  ],
  ...[
    'mandate_data',
    'on_behalf_of',
    'payment_details',
    'payment_method_configuration',
    'payment_method_data',
  ],
  ...['payment_method_options', 'radar_options', 'transfer_data', 'transfer_group', 'use_stripe_sdk'],
  ...['excluded_payment_method_types'],
];

/** What is done to payment intents; paymentIntents.ts reads them. */
export const intentActions = [
  route('POST', '/v1/payment_intents', { parameters: createRules, unsupported, run: createIntent }),
  route('POST', '/v1/payment_intents/:intent', {
    parameters: updateRules,
    unsupported: [...unsupported, 'allowed_payment_method_types', 'capture_method'],
    run: updateIntent,
  }),
  route('POST', '/v1/payment_intents/:intent/confirm', {
    parameters: confirmRules,
    unsupported: [
      ...unsupported,
      'allowed_payment_method_types',
      'capture_method',
      'setup_future_usage',
      'shipping',
    ],
    run: (call, values) => confirm(call, forThePublic(call, found(call), 'confirm'), values),
  }),
  route('POST', '/v1/payment_intents/:intent/capture', {
    parameters: captureRules,
    unsupported: [...unsupported, 'statement_descriptor', 'statement_descriptor_suffix'],
    run: capture,
  }),
  route('POST', '/v1/payment_intents/:intent/cancel', { parameters: cancelRules, run: cancel }),
];

function createIntent(call: Call, values: Values<typeof createRules>): object {
  const { sandbox } = call;
  const { amount, allowed_payment_method_types: types, automatic_payment_methods: automatic } = values;
  refuseUnchargeable(amount, values.currency);
  refuseOtherTypes(types);
  if (values.customer !== undefined) namedCustomer(sandbox, values.customer);
  const method = values.payment_method === undefined ? undefined : namedMethod(call, values.payment_method);
  const { allow_redirects = 'always', enabled = types === undefined } = automatic ?? {};
  const intent = newIntent(sandbox, {
    ...given({ ...kept(values), setup_future_usage: values.setup_future_usage }),
    amount,
    currency: values.currency,
    customer: values.customer ?? null,
    allowed_payment_method_types: types ?? null,
    automatic_payment_methods: enabled ? { allow_redirects, enabled } : null,
    capture_method: values.capture_method ?? 'automatic',
    confirmation_method: values.confirmation_method ?? 'automatic',
    metadata: changedMetadata({}, values.metadata),
    payment_method: method?.id ?? null,
    status: method ? 'requires_confirmation' : 'requires_payment_method',
  });
  emit(call, 'payment_intent.created', intent);
  return values.confirm ? confirm(call, intent, { ...values, payment_method: undefined }) : intent;
}

/** No event tells of it. */
function updateIntent(call: Call, values: Values<typeof updateRules>): object {
  const { sandbox } = call;
  const intent = found(call);
  const open = ['requires_payment_method', 'requires_confirmation', 'requires_action'];
  const { metadata: change, payment_method: named, ...rest } = values;
  if (Object.keys(given({ ...rest, payment_method: named })).length > 0) {
    if (!open.includes(intent.status)) throw unexpected(intent, 'update');
    if (values.amount !== undefined || values.currency !== undefined) forThePublic(call, intent, 'update');
  }
  refuseUnchargeable(values.amount ?? intent.amount, values.currency ?? intent.currency);
  if (values.customer !== undefined) namedCustomer(sandbox, values.customer);
  const method = named === undefined ? undefined : namedMethod(call, named);
  const after: PaymentIntent = {
    ...intent,
    ...given(kept(rest)),
    ...given({ amount: rest.amount, currency: rest.currency, customer: rest.customer }),
    ...given({ setup_future_usage: rest.setup_future_usage }),
    metadata: changedMetadata(intent.metadata, change),
    ...(method && { payment_method: method.id, status: 'requires_confirmation', next_action: null }),
  };
  sandbox.intents.put(after);
  return after;
}

function confirm(call: Call, intent: PaymentIntent, values: Values<typeof confirmRules>): object {
  const { sandbox } = call;
  if (!['requires_payment_method', 'requires_confirmation', 'requires_action'].includes(intent.status))
    throw unexpected(intent, 'confirm');
  const id = values.payment_method ?? intent.payment_method;
  if (id === null)
    throw refused(
      "You cannot confirm this PaymentIntent because it's missing a payment method. You can either update the PaymentIntent with a payment method and then confirm it again, or confirm it again directly with a payment method or ConfirmationToken.",
      { code: 'payment_intent_unexpected_state' },
    );
  const method = namedMethod(call, id);
  if (method.customer !== null && method.customer !== intent.customer)
    throw refused(
      'The provided PaymentMethod cannot be used: it is attached to a customer, and the PaymentIntent is not of that customer.',
      { param: 'payment_method' },
    );
  const payment = sandbox.by.paymentOfIntent.first(intent.id);
  const invoice = payment && sandbox.invoices.get(payment.invoice);
  const ready = { ...intent, ...given({ receipt_email: values.receipt_email }) };
  sandbox.intents.put(ready);
  const silent = values.off_session === true || values.error_on_requires_action === true;
  const declined = invoice
    ? chargeInvoice(call, invoice, method)
    : chargeIntent(call, ready, { method, atCheckout: silent });
  return declined ?? sandbox.intents.get(intent.id)!;
}

function capture(call: Call, values: Values<typeof captureRules>): object {
  const { sandbox } = call;
  const intent = found(call);
  if (intent.status !== 'requires_capture') throw unexpected(intent, 'capture');
  const amount = values.amount_to_capture ?? intent.amount_capturable;
  if (amount > intent.amount_capturable)
    throw refused(
      `The amount to capture (${formatMoney(amount, intent.currency)}) is more than what can be captured (${formatMoney(intent.amount_capturable, intent.currency)}).`,
      { code: 'amount_too_large', param: 'amount_to_capture' },
    );
  if (values.final_capture === false) throw notInSandbox('final_capture');
  const charge = sandbox.charges.get(intent.latest_charge ?? '')!;
  const taken = { ...charge, amount_captured: amount, captured: true };
  const paid: PaymentIntent = {
    ...intent,
    amount_capturable: 0,
    amount_received: amount,
    metadata: changedMetadata(intent.metadata, values.metadata),
    status: 'succeeded',
  };
  sandbox.charges.put(taken);
  sandbox.intents.put(paid);
  emitChange(call, 'charge.captured', { before: charge, after: taken });
  emit(call, 'payment_intent.succeeded', paid);
  return paid;
}

/** Money that was only reserved goes back to the card. */
function cancel(call: Call, values: Values<typeof cancelRules>): object {
  const { sandbox } = call;
  const intent = forThePublic(call, found(call), 'cancel');
  if (['canceled', 'processing', 'succeeded'].includes(intent.status)) throw unexpected(intent, 'cancel');
  const charge = intent.status === 'requires_capture' && sandbox.charges.get(intent.latest_charge ?? '');
  const canceled = asCanceled(intent, { at: sandbox.clock(), reason: values.cancellation_reason ?? null });
  sandbox.intents.put(canceled);
  if (charge) {
    const released = { ...charge, amount_refunded: charge.amount, refunded: true };
    sandbox.charges.put(released);
    emitChange(call, 'charge.refunded', { before: charge, after: released });
  }
  emit(call, 'payment_intent.canceled', canceled);
  return canceled;
}

/** The fields that are taken as they are. */
function kept(values: Partial<Values<typeof commonRules>>) {
  const { description, receipt_email, shipping, statement_descriptor, statement_descriptor_suffix } = values;
  return { description, receipt_email, shipping, statement_descriptor, statement_descriptor_suffix };
}

function namedMethod({ sandbox }: Call, id: string): StoredPaymentMethod {
  const method = sandbox.paymentMethods.get(id) ?? cloneTestMethod(sandbox, id);
  if (!method) throw missingReference('PaymentMethod', id, 'payment_method');
  return method;
}

/** A session's payment is made on its page alone; that of an invoice follows the invoice. */
function forThePublic(
  call: Call,
  intent: PaymentIntent,
  verb: 'cancel' | 'confirm' | 'update',
): PaymentIntent {
  const { by } = call.sandbox;
  const ofInvoice = verb !== 'confirm' && by.paymentOfIntent.first(intent.id);
  const owner = by.sessionOfIntent.first(intent.id)
    ? 'a Checkout Session'
    : ofInvoice
      ? 'an invoice'
      : undefined;
  if (owner)
    throw refused(`You cannot ${verb} this PaymentIntent because it was created by ${owner}.`, {
      code: 'payment_intent_unexpected_state',
    });
  return intent;
}

function unexpected(intent: PaymentIntent, verb: string): StripeError {
  const error = refused(
    `This PaymentIntent's status is ${intent.status}: you cannot ${verb} it in that state.`,
    { code: 'payment_intent_unexpected_state' },
  );
  error.fields.payment_intent = intent;
  return error;
}

function found({ sandbox, path }: Call): PaymentIntent {
  const id = path['intent'] ?? '';
  const intent = sandbox.intents.get(id);
  if (!intent) throw resourceMissing('payment_intent', id, 'intent');
  return intent;
}
