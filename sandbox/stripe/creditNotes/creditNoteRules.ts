import { metadata } from '../api/commonRules.ts';
import { clearable, decimal, hash, integer, list, oneOf, required, text, timestamp } from '../api/rules.ts';
import { taxRateIds } from '../taxes/taxRates.ts';

const taxAmount = hash({
  amount: required(integer()),
  tax_rate: required(text()),
  taxable_amount: required(integer()),
});

const line = hash({
  amount: integer({ min: 0 }),
  description: text(),
  invoice_line_item: text(),
  metadata,
  quantity: integer({ min: 1 }),
  tax_amounts: clearable(list(taxAmount, { max: 10 })),
  tax_rates: taxRateIds,
  type: required(oneOf('custom_line_item', 'invoice_line_item')),
  unit_amount: integer({ min: 0 }),
  unit_amount_decimal: decimal(),
});

/** What the creation of a credit note takes, and its preview. */
export const creditNoteRules = {
  amount: integer({ min: 1 }),
  credit_amount: integer({ min: 0 }),
  effective_at: timestamp,
  email_type: oneOf('credit_note', 'none'),
  invoice: required(text()),
  lines: list(line, { max: 250 }),
  memo: text({ max: 5000 }),
  metadata,
  out_of_band_amount: integer({ min: 0 }),
  reason: oneOf('duplicate', 'fraudulent', 'order_change', 'product_unsatisfactory'),
  refund_amount: integer({ min: 0 }),
  refunds: list(
    hash({ amount_refunded: integer({ min: 1 }), refund: required(text()), type: oneOf('refund') }, [
      'payment_record_refund',
    ]),
  ),
};

export const unsupportedInCreditNotes = ['shipping_cost'];
