import type { Call } from '../api/call.ts';
import { StripeError, refused } from '../api/errors.ts';
import { withMoney } from '../invoices/covered.ts';
import { announceUpdate } from '../invoices/editable.ts';
import { showInvoice } from '../invoices/invoiceObject.ts';
import { emit } from '../webhooks/events.ts';
import type { Charge, PaymentIntent, StoredInvoice, StoredPaymentMethod } from '../wire.ts';
import { beginDebit } from './bankDebit.ts';
import { askToAuthenticate, withFailure } from './chargeIntent.ts';
import { makeCharge } from './charges.ts';
import { defaultPayment } from './invoicePayments.ts';
import { cardError } from './paymentMethods.ts';
import { cardKind } from './testCards.ts';
import type { Decline } from './testCards.ts';

/** Charges what is left of the invoice. A declined card leaves a failed charge and the error to answer with. */
export function chargeInvoice(
  call: Call,
  invoice: StoredInvoice,
  method: StoredPaymentMethod,
): StripeError | undefined {
  return attemptCharge(call, invoice, { method });
}

/** `retryAt`: it is Stripe's own attempt, and when the next one is, if this one fails; null if it is the last. */
export function attemptCharge(
  call: Call,
  invoice: StoredInvoice,
  { method, retryAt }: { method: StoredPaymentMethod; retryAt?: number | null },
): StripeError | undefined {
  const { sandbox } = call;
  refuseMethodOfOtherType(invoice, method);
  const { intent } = defaultPayment(sandbox, invoice.id);
  if (intent.status === 'processing')
    throw refused('A payment of this invoice is still processing; wait until it has succeeded or failed.', {
      code: 'payment_intent_unexpected_state',
    });
  const isBank = method.type === 'us_bank_account';
  const decline = isBank ? undefined : cardKind(method.test_card).decline;
  if (decline && method.test_card === ASKS_EACH_TIME)
    return actionRequired(call, invoice, { intent, method, retryAt });
  const receiptUrl = showInvoice(sandbox, invoice).hosted_invoice_url ?? null;
  const charge = makeCharge(sandbox, { intent, method, decline, receiptUrl });
  const attempted = afterAttempt(invoice, retryAt);
  if (isBank) beginDebit(call, invoice, { charge, intent, method, attempted });
  else if (decline) return chargeFailed(call, invoice, { charge, intent, method, decline, attempted });
  else chargeSucceeded(call, invoice, { charge, intent, method, attempted });
  return undefined;
}

/** docs.stripe.com/testing: authentication "regardless of how the card was set up"; the invoice waits for it. */
const ASKS_EACH_TIME = '4000000000003220';

function actionRequired(
  call: Call,
  invoice: StoredInvoice,
  { intent, method, retryAt }: Pick<Attempt, 'intent' | 'method'> & { retryAt: number | null | undefined },
): StripeError {
  const { sandbox } = call;
  const before = showInvoice(sandbox, invoice);
  sandbox.invoices.put(afterAttempt(invoice, retryAt));
  askToAuthenticate(call, intent, method);
  emit(call, 'invoice.payment_action_required', announceUpdate(call, before));
  return new StripeError(
    402,
    {
      type: 'card_error',
      code: 'invoice_payment_intent_requires_action',
      message:
        'This payment requires additional user action before it can be completed successfully. Payment can be completed using the PaymentIntent associated with the invoice.',
    },
    { replayable: true },
  );
}

function refuseMethodOfOtherType(invoice: StoredInvoice, method: StoredPaymentMethod): void {
  const types: string[] | null = invoice.payment_settings.payment_method_types;
  if (types && !types.includes(method.type))
    throw refused(
      `The payment method type ${method.type} is not among those of this invoice: ${types.join(', ')}.`,
      { param: 'payment_method' },
    );
}

export interface Attempt {
  charge: Charge;
  intent: PaymentIntent;
  method: StoredPaymentMethod;
  attempted: StoredInvoice;
}

export function chargeSucceeded(
  call: Call,
  invoice: StoredInvoice,
  { charge, intent, method, attempted }: Attempt,
): void {
  const { sandbox } = call;
  const now = sandbox.clock();
  const { payment } = defaultPayment(sandbox, invoice.id);
  const before = showInvoice(sandbox, invoice);
  const paidIntent: PaymentIntent = {
    ...intent,
    amount_received: intent.amount,
    last_payment_error: null,
    latest_charge: charge.id,
    next_action: null,
    payment_method: method.id,
    status: 'succeeded',
  };
  const paidPayment = {
    ...payment,
    amount_paid: intent.amount,
    status: 'paid',
    status_transitions: { ...payment.status_transitions, paid_at: now },
  };
  sandbox.intents.put(paidIntent);
  sandbox.invoicePayments.put(paidPayment);
  sandbox.invoices.put(withMoney(attempted, intent.amount, now));
  emit(call, 'charge.succeeded', charge);
  emit(call, 'payment_intent.succeeded', paidIntent);
  emit(call, 'invoice_payment.paid', paidPayment);
  const shown = announceUpdate(call, before);
  emit(call, 'invoice.paid', shown);
  emit(call, 'invoice.payment_succeeded', shown);
}

export function chargeFailed(
  call: Call,
  invoice: StoredInvoice,
  { charge, intent, method, decline, attempted }: Attempt & { decline: Decline },
): StripeError {
  const { sandbox } = call;
  const before = showInvoice(sandbox, invoice);
  const error = cardError(decline, charge.id);
  const failedIntent = withFailure(intent, { charge, decline, method });
  sandbox.intents.put(failedIntent);
  sandbox.invoices.put(attempted);
  emit(call, 'charge.failed', charge);
  emit(call, 'payment_intent.payment_failed', failedIntent);
  const shown = announceUpdate(call, before);
  emit(call, 'invoice.payment_failed', shown);
  return error;
}

/** "Any payment attempt counts as the first attempt, and subsequently only automatic retries increment" the count. */
export function afterAttempt(invoice: StoredInvoice, retryAt: number | null | undefined): StoredInvoice {
  const { attempt_count: count, next_payment_attempt: next } = invoice;
  const own = retryAt !== undefined;
  return {
    ...invoice,
    attempted: true,
    attempt_count: own ? count + 1 : Math.max(1, count),
    next_payment_attempt: own ? retryAt : next,
  };
}
