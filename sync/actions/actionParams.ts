import { z } from 'zod';
import type { InvoiceCommandKind } from '../store/entities.ts';
import { editParams } from './editParams.ts';
import { day, fields, notNegative, positive, words } from './paramParts.ts';

const nothing = fields({});

/** What each command on an invoice takes beside the record. Amounts are in major units, as the org shows them. */
export const actionParams = {
  raise: nothing,
  sync: nothing,
  edit: editParams,
  send: nothing,
  finalize: nothing,
  resend: nothing,
  remind: nothing,
  pay: nothing,
  'mark-paid': nothing,
  'record-payment': fields({
    amount: positive,
    /** The day on which the money came in, YYYY-MM-DD. */
    paidOn: day,
    /** In words for people, e.g. "Bank transfer". */
    method: words(60),
    reference: words(200).optional(),
  }),
  refund: fields({
    /** The payment's id, of Stripe or of the org; the newest with enough left when it is left out. */
    payment: words(40).optional(),
    /** All that is left of it when it is left out. */
    amount: positive.optional(),
    reason: z
      .enum(['duplicate', 'fraudulent', 'requested_by_customer'], {
        error: 'has to be duplicate, fraudulent or requested_by_customer',
      })
      .optional(),
  }),
  credit: fields({
    /** All of the credit note with taxes; or `lines` instead. */
    amount: positive.optional(),
    lines: z
      .array(
        z.strictObject({
          /** The line's id, of the org or of Stripe. */
          line: words(40),
          /** A part of it; the whole line without either. */
          amount: positive.optional(),
          quantity: z.int({ error: 'has to be a whole number' }).positive().optional(),
        }),
      )
      .min(1, { error: 'have to name at least one line' })
      .max(250, { error: 'can be 250 at most' })
      .optional(),
    reason: z
      .enum(['duplicate', 'fraudulent', 'order_change', 'product_unsatisfactory'], {
        error: 'has to be duplicate, fraudulent, order_change or product_unsatisfactory',
      })
      .optional(),
    memo: words(1500).optional(),
    /** What was paid already and is credited goes back to the card, onto the balance, or another way. */
    refund: notNegative.optional(),
    balance: notNegative.optional(),
    outside: notNegative.optional(),
  }).refine(({ amount, lines }) => (amount === undefined) !== (lines === undefined), {
    error: 'has to give either an amount or lines',
  }),
  'create-payment-link': nothing,
  'mark-uncollectible': nothing,
  void: nothing,
  revise: nothing,
  duplicate: nothing,
  delete: nothing,
} satisfies Record<InvoiceCommandKind, z.ZodType<Record<string, unknown>>>;

export type ActionParams<K extends InvoiceCommandKind> = z.infer<(typeof actionParams)[K]>;
