import type { Call } from '../api/call.ts';
import { StripeError } from '../api/errors.ts';
import { afterAttempt, attemptCharge } from '../payments/chargeInvoice.ts';
import { defaultPayment } from '../payments/invoicePayments.ts';
import { billingSettings } from '../time/billingSettings.ts';
import { DAY, HOUR } from '../time/sandboxTime.ts';
import { emit } from '../webhooks/events.ts';
import type { StoredInvoice, StoredPaymentMethod } from '../wire.ts';
import { refuseWithoutEmail } from './collection.ts';
import { announceUpdate } from './editable.ts';
import { finalizeInvoice } from './finalize.ts';
import { showInvoice } from './invoiceObject.ts';
import { methodOnFile } from './pay.ts';
import { mailInvoice } from './send.ts';
import { giveUp } from './void.ts';

/** "Stripe waits until one hour after the last webhook was successfully sent (or the last webhook timed out)". */
const LONGEST_WAIT = 72 * HOUR;

/**
 * When a draft is finalized by itself; null: never. A time that was chosen does not wait for webhooks, and neither
 * does a test clock, whose hours pass faster than webhooks go.
 */
export function finalizesAt(invoice: StoredInvoice): number | null {
  const { auto_advance: advance, automatically_finalizes_at: planned } = invoice;
  if (invoice.status !== 'draft' || !advance || planned === null) return null;
  if (invoice.scheduled || invoice.test_clock !== null) return planned;
  const delivered = invoice.webhooks_delivered_at;
  return delivered === null ? invoice.created + LONGEST_WAIT : Math.max(planned, delivered + HOUR);
}

/** Finalizes a draft that is due, then charges or sends it. */
export function advanceDraft(call: Call, invoice: StoredInvoice): void {
  const finalized = finalizedOrNot(call, invoice);
  if (finalized?.status !== 'open') return;
  if (finalized.collection_method === 'charge_automatically') chargeByItself(call, finalized);
  else mailInvoice(call, finalized);
}

/** A draft that cannot be finalized stays one, and says why; it is not tried again by itself. */
function finalizedOrNot(call: Call, invoice: StoredInvoice): StoredInvoice | undefined {
  const { sandbox } = call;
  try {
    return sandbox.store.transaction(() => {
      refuseWithoutEmail(call, invoice);
      return finalizeInvoice(call, invoice);
    });
  } catch (error) {
    if (!(error instanceof StripeError)) throw error;
    const { type, message, code, param } = error.fields;
    const before = showInvoice(sandbox, invoice);
    sandbox.invoices.put({
      ...invoice,
      automatically_finalizes_at: null,
      scheduled: false,
      last_finalization_error: {
        type,
        message,
        ...(code && { code: code as 'missing' }),
        ...(param && { param }),
      },
    });
    emit(call, 'invoice.finalization_failed', showInvoice(sandbox, sandbox.invoices.get(invoice.id)!));
    announceUpdate(call, before);
    return undefined;
  }
}

/** An automatic charge: the first one, or one of the retries. */
export function chargeByItself(call: Call, invoice: StoredInvoice): void {
  const { sandbox } = call;
  const gap = billingSettings(sandbox).retryDays[invoice.attempt_count];
  const retryAt = gap === undefined ? null : sandbox.clock() + gap * DAY;
  const method = sandbox.paymentMethods.get(methodOnFile(call, invoice) ?? '');
  if (!method) withoutMethod(call, invoice, retryAt);
  else if (isRefusedForGood(call, invoice, method)) onlyCount(call, invoice, retryAt);
  else attemptCharge(call, invoice, { method, retryAt });
  const after = sandbox.invoices.get(invoice.id)!;
  const settings = billingSettings(sandbox);
  if (after.status === 'open' && retryAt === null && settings.invoicesAfterRetries === 'uncollectible')
    giveUp(call, after, 'max_payment_attempts');
}

/** invoice.payment_failed is told also for "the lack of a stored payment method". */
function withoutMethod(call: Call, invoice: StoredInvoice, retryAt: number | null): void {
  const isFirst = !invoice.attempted;
  const shown = onlyCount(call, invoice, retryAt);
  if (isFirst) emit(call, 'invoice.payment_failed', shown);
}

/** "Retries will continue to be scheduled, and attempt_count will continue to increment, but retries will only be
 * executed if a new payment method is obtained." */
function onlyCount(call: Call, invoice: StoredInvoice, retryAt: number | null): object {
  const before = showInvoice(call.sandbox, invoice);
  call.sandbox.invoices.put(afterAttempt(invoice, retryAt));
  return announceUpdate(call, before);
}

/** docs.stripe.com/billing/revenue-recovery/smart-retries: the codes after which a card is not asked again. */
const HARD_DECLINES = new Set([
  ...['authentication_required', 'highest_risk_level', 'incorrect_number', 'lost_card', 'pickup_card'],
  ...['revocation_of_all_authorizations', 'revocation_of_authorization', 'stolen_card'],
  'transaction_not_allowed',
]);

function isRefusedForGood({ sandbox }: Call, invoice: StoredInvoice, method: StoredPaymentMethod): boolean {
  const last = defaultPayment(sandbox, invoice.id).intent.last_payment_error;
  const code = last?.decline_code ?? last?.code;
  return code !== undefined && HARD_DECLINES.has(code) && last?.payment_method?.id === method.id;
}
