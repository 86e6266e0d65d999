import { z } from 'zod';
import { paymentTerms } from '../domain/paymentTerms.ts';
import { day, fields, positive, words } from './paramParts.ts';

const line = fields({
  /** Which line is meant, by its id of the org or of Stripe; a line without one is new. */
  line: words(40).optional(),
  remove: z.literal(true, { error: 'can only be true' }).optional(),
  /** By its id of the org or of Stripe. */
  product: words(40).nullable().optional(),
  /** A new line without one has its product's name. */
  description: words(500).optional(),
  quantity: positive.optional(),
  /** Major units; below 0 it takes something off. */
  unitPrice: z.number({ error: 'has to be a number' }).optional(),
  /** By its id of the org or of Stripe; null for the invoice's own. */
  taxRate: words(40).nullable().optional(),
})
  .refine(({ line: id, product, description }) => id ?? product ?? description, {
    error: 'has to name a line, or the product or the description of a new one',
  })
  .refine(({ line: id, unitPrice }) => id !== undefined || unitPrice !== undefined, {
    error: 'has to give the unitPrice of a new line',
  })
  .refine(({ line: id, remove, ...rest }) => !remove || (id && Object.keys(rest).length === 0), {
    error: 'has to name the line that is to be removed, and nothing else of it',
  });

/** What of a draft is to be changed; what is left out stays, and null empties. Amounts are in major units. */
export const editParams = fields({
  description: words(1500).nullable().optional(),
  footer: words(5000).nullable().optional(),
  /** Of the Stripe account's time zone. A day that is given by hand ends the payment terms. */
  dueDate: day.optional(),
  paymentTerms: z
    .enum(paymentTerms, { error: `has to be one of ${paymentTerms.join(', ')}` })
    .nullable()
    .optional(),
  /** The day on which Stripe finalizes and mails it by itself. */
  finalizeOn: day.nullable().optional(),
  customFields: z
    .array(fields({ name: words(40), value: words(140) }))
    .max(4, { error: 'can be 4 at most' })
    .optional(),
  discount: z
    .union(
      [
        fields({ percent: positive.max(100, { error: 'has to be at most 100' }) }),
        fields({ amount: positive }),
      ],
      { error: 'has to give either a percent, more than 0 and at most 100, or an amount' },
    )
    .nullable()
    .optional(),
  /** Of all lines without one of their own, by its id of the org or of Stripe. */
  taxRate: words(40).nullable().optional(),
  lines: z
    .array(line)
    .min(1, { error: 'have to name at least one line' })
    .max(250, { error: 'can be 250 at most' })
    .optional(),
})
  .refine((edit) => Object.keys(edit).length > 0, { error: 'has to say what is to be changed' })
  .refine(({ dueDate, paymentTerms: terms }) => dueDate === undefined || !terms, {
    error: 'has to give either a dueDate or the paymentTerms that it follows',
  });
