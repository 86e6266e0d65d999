import type Stripe from 'stripe';
import { creditParts } from '../domain/creditSplit.ts';
import { creditShare } from '../domain/creditShare.ts';
import type { StripeInvoice } from '../domain/invoice.ts';
import { toMajorUnits } from '../domain/money.ts';
import { toLongId } from '../domain/salesforceId.ts';
import { PermanentFailure } from '../failure.ts';
import type { Database } from '../store/database.ts';
import { findRecord } from '../store/syncRecords.ts';
import { previewCredit, type AskedCredit } from '../stripe/creditInvoice.ts';
import { readStripeInvoice } from '../stripe/readInvoice.ts';
import { translateStripeError } from '../stripe/translateError.ts';
import type { ActionParams } from './actionParams.ts';
import { askedAmount } from './askedAmount.ts';
import { notTaken } from './creditInvoice.ts';
import { refused } from './stepContext.ts';

/** What a credit note over these lines, or this amount, would come to; major units. */
export interface CreditSums {
  /** With the discounts and taxes of the lines. */
  total: number;
  /** What of it lowers the sum that is still owed. */
  lowered: number;
  /** What was paid already, and has to go somewhere. */
  toGiveBack: number;
}

// Each discount and each tax of a line is rounded by itself, so that our sum may be a little beside Stripe's.
const BESIDE = [0, 1, -1, 2, -2, 3, -3];

/**
 * Asks Stripe, and does nothing; null for a record that is not in Stripe. Stripe previews no credit note whose parts do not add up
 * to its sum, which is what we want to know: it is asked with ours, and with those a few cents beside it.
 */
export async function creditSums(
  { database, stripe }: { database: Database; stripe: Stripe },
  crmId: string,
  asked: ActionParams<'credit'>,
): Promise<CreditSums | null> {
  const stripeId = (await findRecord(database, 'invoice', crmId))?.stripe_id;
  const invoice = stripeId ? await readStripeInvoice(stripe, stripeId) : null;
  if (!invoice) return null;
  const { what, guess } = await whatIsAsked(stripe, invoice, asked);
  let refusal: PermanentFailure | undefined;
  for (const beside of BESIDE) {
    const outside = creditParts(guess + beside, invoice.amountRemaining).paid;
    try {
      const split = { refund: 0, balance: 0, outside };
      return sumsOf(invoice, await previewCredit(stripe, { invoice: invoice.id, what, split }));
    } catch (error) {
      if (!(error instanceof PermanentFailure)) throw error;
      refusal ??= error;
    }
  }
  throw notTaken(invoice.number ?? invoice.id, refusal!);
}

function sumsOf({ currency }: StripeInvoice, { total, lowered }: { total: number; lowered: number }) {
  const major = (amount: number) => toMajorUnits(amount, currency);
  return { total: major(total), lowered: major(lowered), toGiveBack: major(total - lowered) };
}

async function whatIsAsked(
  stripe: Stripe,
  { id, currency }: StripeInvoice,
  { amount, lines = [] }: ActionParams<'credit'>,
): Promise<{ what: AskedCredit['what']; guess: number }> {
  if (amount !== undefined) {
    const minor = askedAmount(amount, currency);
    return { what: { amount: minor }, guess: minor };
  }
  const known = await linesOf(stripe, id);
  const credited = lines.map(({ line: name, quantity, amount: value }) => {
    const line = known.find(
      (one) => one.id === name || toLongId(one.metadata.salesforce_id ?? '') === toLongId(name),
    );
    if (!line) throw refused('unknown_line', `${name} is no line of the invoice. Open the dialog again.`);
    return {
      line,
      id: line.id,
      quantity,
      amount: value === undefined ? undefined : askedAmount(value, currency),
    };
  });
  return {
    what: { lines: credited.map(({ line: _line, ...one }) => one) },
    guess: credited.reduce((sum, { line, ...part }) => sum + creditShare(asCredited(line), part), 0),
  };
}

const asCredited = ({ amount, quantity, discount_amounts: discounts, taxes }: Stripe.InvoiceLineItem) => ({
  amount,
  quantity: quantity ?? 1,
  discounts: (discounts ?? []).map((one) => one.amount),
  addedTaxes: (taxes ?? []).flatMap((tax) => (tax.tax_behavior === 'exclusive' ? tax.amount : [])),
});

async function linesOf(stripe: Stripe, invoice: string): Promise<Stripe.InvoiceLineItem[]> {
  try {
    return await stripe.invoices.listLineItems(invoice, { limit: 100 }).autoPagingToArray({ limit: 10_000 });
  } catch (error) {
    throw translateStripeError(error, 'read-stripe');
  }
}
