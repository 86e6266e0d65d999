import type Stripe from 'stripe';
import type { CreditSplit } from '../domain/creditSplit.ts';
import { translateStripeError } from './translateError.ts';

export interface AskedCredit {
  invoice: string;
  /** Minor units; of lines, before their discounts and exclusive taxes. */
  what:
    | { amount: number }
    | { lines: { id: string; amount?: number | undefined; quantity?: number | undefined }[] };
  split: CreditSplit;
  reason?: 'duplicate' | 'fraudulent' | 'order_change' | 'product_unsatisfactory' | undefined;
  memo?: string | undefined;
}

export interface CreditNote {
  id: string;
  number: string;
  total: number;
  /** What of it lowered the sum that was still owed. */
  lowered: number;
}

/** What a credit note would be; nothing is done. */
export const previewCredit = (stripe: Stripe, credit: AskedCredit): Promise<CreditNote> =>
  noted(() => stripe.creditNotes.preview(paramsOf(credit)), 'read-stripe');

export const issueCredit = (
  stripe: Stripe,
  credit: AskedCredit,
  idempotencyKey: string,
): Promise<CreditNote> =>
  noted(() => stripe.creditNotes.create(paramsOf(credit), { idempotencyKey }), 'write-stripe');

async function noted(
  ask: () => Promise<Stripe.CreditNote>,
  stage: 'read-stripe' | 'write-stripe',
): Promise<CreditNote> {
  try {
    const { id, number, total, pre_payment_amount: lowered } = await ask();
    return { id, number, total, lowered };
  } catch (error) {
    throw translateStripeError(error, stage);
  }
}

function paramsOf({ invoice, what, split, reason, memo }: AskedCredit): Stripe.CreditNoteCreateParams {
  return {
    invoice,
    ...('amount' in what
      ? { amount: what.amount }
      : {
          lines: what.lines.map(({ id, amount, quantity }) => ({
            type: 'invoice_line_item' as const,
            invoice_line_item: id,
            ...(amount === undefined ? {} : { amount }),
            ...(quantity === undefined ? {} : { quantity }),
          })),
        }),
    ...(split.refund > 0 && { refund_amount: split.refund }),
    ...(split.balance > 0 && { credit_amount: split.balance }),
    ...(split.outside > 0 && { out_of_band_amount: split.outside }),
    ...(reason && { reason }),
    ...(memo && { memo }),
  };
}
