import type { Call } from '../api/call.ts';
import type { StripeError } from '../api/errors.ts';
import { notInSandbox } from '../api/parameters.ts';
import { emit } from '../webhooks/events.ts';
import type { Charge, PaymentIntent, StoredPaymentMethod } from '../wire.ts';
import { makeCharge } from './charges.ts';
import { cardError, showPaymentMethod } from './paymentMethods.ts';
import { cardKind } from './testCards.ts';
import type { Decline } from './testCards.ts';

/**
 * One attempt to pay an intent that belongs to no invoice. With `atCheckout` the cardholder cannot be asked to authenticate,
 * as nobody but Stripe's own script could do that: the card counts as declined.
 */
export function chargeIntent(
  call: Call,
  intent: PaymentIntent,
  { method, atCheckout = false }: { method: StoredPaymentMethod; atCheckout?: boolean },
): StripeError | undefined {
  const { sandbox } = call;
  if (method.type !== 'card') throw notInSandbox('payment_method');
  const { decline } = cardKind(method.test_card);
  if (decline?.code === 'authentication_required' && !atCheckout)
    return void askToAuthenticate(call, intent, method);
  const charge = makeCharge(sandbox, { intent, method, decline, receiptUrl: null });
  if (decline) return failed(call, intent, { charge, decline, method });
  const manual = intent.capture_method === 'manual';
  const paid: PaymentIntent = {
    ...intent,
    ...(manual ? { amount_capturable: intent.amount } : { amount_received: intent.amount }),
    last_payment_error: null,
    latest_charge: charge.id,
    next_action: null,
    payment_method: method.id,
    status: manual ? 'requires_capture' : 'succeeded',
  };
  sandbox.intents.put(paid);
  emit(call, 'charge.succeeded', charge);
  emit(call, `payment_intent.${manual ? 'amount_capturable_updated' : 'succeeded'}`, paid);
  return undefined;
}

/** The cardholder would have to be asked; Stripe's script in the browser does that, with what stands in `next_action`. */
export function askToAuthenticate(call: Call, intent: PaymentIntent, method: StoredPaymentMethod): void {
  const waiting: PaymentIntent = {
    ...intent,
    last_payment_error: null,
    next_action: { type: 'use_stripe_sdk', use_stripe_sdk: {} },
    payment_method: method.id,
    status: 'requires_action',
  };
  call.sandbox.intents.put(waiting);
  emit(call, 'payment_intent.requires_action', waiting);
}

function failed(
  call: Call,
  intent: PaymentIntent,
  { charge, decline, method }: { charge: Charge; decline: Decline; method: StoredPaymentMethod },
): StripeError {
  const refused = withFailure(intent, { charge, decline, method });
  call.sandbox.intents.put(refused);
  emit(call, 'charge.failed', charge);
  emit(call, 'payment_intent.payment_failed', refused);
  const error = cardError(decline, charge.id);
  error.fields.payment_intent = refused;
  return error;
}

/** The intent after a declined card: it waits for another one. */
export function withFailure(
  intent: PaymentIntent,
  { charge, decline, method }: { charge: Charge; decline: Decline; method: StoredPaymentMethod },
): PaymentIntent {
  return {
    ...intent,
    latest_charge: charge.id,
    last_payment_error: {
      type: 'card_error',
      charge: charge.id,
      code: decline.code,
      decline_code: decline.decline_code ?? undefined,
      doc_url: `https://stripe.com/docs/error-codes/${decline.code.replaceAll('_', '-')}`,
      message: decline.message,
      payment_method: showPaymentMethod(method),
    },
    next_action: null,
    payment_method: null,
    status: 'requires_payment_method',
  };
}
