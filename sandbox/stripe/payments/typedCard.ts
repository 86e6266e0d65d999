import { StripeError } from '../api/errors.ts';
import type { Card, PaymentOutcome } from '../pages/port.ts';
import type { Sandbox } from '../sandbox.ts';
import { mistyped } from './testCards.ts';

/** What a person does on a page: type a card, and have it charged, in one transaction. */
export function attempt(sandbox: Sandbox, card: Card, charge: () => PaymentOutcome): PaymentOutcome {
  const wrong = mistyped(card, sandbox.clock());
  if (wrong)
    return { kind: 'declined', code: wrong.code, declineCode: wrong.decline_code, message: wrong.message };
  try {
    return sandbox.store.transaction(charge);
  } catch (error) {
    if (error instanceof StripeError) return { kind: 'refused', message: error.message };
    throw error;
  }
}

export function outcomeOf(declined: StripeError | undefined): PaymentOutcome {
  if (!declined) return { kind: 'paid' };
  const { code = 'card_declined', decline_code: declineCode = null, message } = declined.fields;
  return { kind: 'declined', code, declineCode, message };
}
