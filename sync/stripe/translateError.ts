import Stripe from 'stripe';
import {
  PermanentFailure,
  RetryableFailure,
  SideRefusal,
  type Stage,
  type SyncFailure,
  isSyncFailure,
} from '../failure.ts';

const NEXT_STEP: Record<string, string> = {
  resource_missing: 'It may have been deleted in Stripe, or belong to another account or to test mode.',
  card_declined:
    'Ask the customer for another card, or send the invoice so that they can pay it by themselves.',
  invoice_payment_intent_requires_action:
    'The customer has to confirm the payment: send the invoice, so that they can do so on its page.',
  charge_already_refunded: 'Nothing is left of that payment.',
  email_invalid: "Correct the Account's Billing Email and try again.",
  customer_tax_location_invalid: "Complete the Account's billing address and try again.",
};

/** Turns what stripe-node throws into a failure of ours: whether it passes by itself, and words for people. */
export function translateStripeError(error: unknown, stage: Stage): SyncFailure {
  if (isSyncFailure(error)) return error;
  // What the gate refused comes out of the SDK as a lost connection.
  if (error instanceof Stripe.errors.StripeConnectionError && isSyncFailure(error.detail))
    return error.detail;
  if (error instanceof Stripe.errors.StripeConnectionError || error instanceof Stripe.errors.StripeAPIError) {
    return new RetryableFailure({
      code: 'stripe_unavailable',
      stage,
      message: 'Stripe does not answer right now. It is tried again by itself.',
      cause: error,
    });
  }
  if (error instanceof Stripe.errors.StripeRateLimitError) {
    return new RetryableFailure(
      {
        code: 'stripe_rate_limit',
        stage,
        message: 'Stripe asked for fewer requests. It is tried again by itself.',
        cause: error,
      },
      retryAfterMs(error),
    );
  }
  if (error instanceof Stripe.errors.StripeAuthenticationError) {
    return keyRefused({ message: error.message, code: error.code }, { stage, cause: error });
  }
  if (error instanceof Stripe.errors.StripePermissionError) {
    return new PermanentFailure({
      code: 'stripe_key_refused',
      stage,
      message:
        'Stripe does not let our API key do this. An administrator has to give the restricted key its permissions (the README lists them).',
      cause: error,
    });
  }
  if (error instanceof Stripe.errors.StripeError) {
    if (error.statusCode === 409 || error.code === 'lock_timeout') {
      return new RetryableFailure({
        code: 'stripe_busy',
        stage,
        message:
          'Stripe is still working on an earlier request for this record. It is tried again by itself.',
        cause: error,
      });
    }
    return new PermanentFailure({
      code: `stripe_${error.code ?? error.rawType ?? 'refused'}`,
      stage,
      message: inWords(error),
      cause: error,
    });
  }
  throw error;
}

/** What Stripe says of an error; of its keys it shows a few letters at most. */
export interface SaidByStripe {
  message?: string | undefined;
  code?: string | undefined;
}

/** Stripe takes nothing that is asked with our key. */
export function keyRefused(
  { message = '', code }: SaidByStripe,
  { stage, cause }: { stage: Stage; cause?: unknown },
): SideRefusal {
  const why = isOfAddress(message)
    ? "the key may not be used from this machine's address. Allow the address for the key (Dashboard > Developers > API keys)."
    : code === 'api_key_expired' || /expired/i.test(message)
      ? 'it has expired. Make another one (Dashboard > Developers > API keys), set STRIPE_SECRET_KEY and start anew.'
      : 'it is unknown or was revoked, or lost its access to the account. Look at it (Dashboard > Developers > API keys); set another STRIPE_SECRET_KEY and start anew.';
  return new SideRefusal({
    code: 'stripe_key_refused',
    stage,
    message: `Stripe refuses our API key: ${why} Nothing is lost or given up: work goes on by itself as soon as Stripe accepts the key.`,
    cause,
  });
}

/** Whether a refusal with status 403 is meant for all that we ask, not only for what the key has no permission for. */
export const refusesAll = ({ message = '', code = '' }: SaidByStripe): boolean =>
  ['account_invalid', 'account_closed', 'platform_api_key_expired', 'api_key_expired'].includes(code) ||
  isOfAddress(message);

const isOfAddress = (message: string) => /does not allow requests from your IP/i.test(message);

/** Whether Stripe answered for good: such an answer is replayed to the same idempotency key for a day. */
export function isFinalAnswer(failure: SyncFailure): boolean {
  const { cause } = failure;
  if (!(cause instanceof Stripe.errors.StripeError)) return false;
  if (failure instanceof PermanentFailure) return true;
  return cause.headers?.['idempotent-replayed'] === 'true';
}

export const isMissing = (error: unknown): boolean =>
  error instanceof Stripe.errors.StripeInvalidRequestError && error.code === 'resource_missing';

function inWords(error: InstanceType<typeof Stripe.errors.StripeError>): string {
  if (/missing (an )?email|valid email/i.test(error.message)) {
    return 'The customer has no e-mail address to send the invoice to. Fill the Billing Email of the Account and try again.';
  }
  const said = error.message.trim();
  const step = NEXT_STEP[error.code ?? ''] ?? 'Correct the record and sync it again.';
  return `Stripe refused it: ${said}${/[.!?]$/.test(said) ? '' : '.'} ${step}`;
}

function retryAfterMs(error: InstanceType<typeof Stripe.errors.StripeError>): number | undefined {
  const seconds = Number(error.headers?.['retry-after']);
  return Number.isFinite(seconds) && seconds > 0 ? seconds * 1000 : undefined;
}
