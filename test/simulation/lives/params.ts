import type Stripe from 'stripe';
import { chargeStep, toMajorUnits } from '../../../sync/domain/money.ts';
import { daysFromNow } from '../../integration/orgUser.ts';
import type { Button } from './moves.ts';

/** The whole steps of a currency that Stripe charges in: tens of a fils of the Kuwaiti dinar. */
export function stepped(minor: number, currency: string): number {
  const step = chargeStep(currency);
  return Math.max(step, Math.round(minor / step) * step);
}

/** What the action is given beside the record; amounts in major units, now and then ones that cannot be. */
export function paramsOf(
  action: Button,
  { invoice, share, cents }: { invoice: Stripe.Invoice | null; share: number; cents: number },
): object {
  const { currency = 'usd', amount_remaining = 0, total = 0 } = invoice ?? {};
  const major = (minor: number) => toMajorUnits(stepped(Math.max(minor, 1), currency), currency);
  switch (action) {
    case 'edit':
      return {
        footer: `Edited with ${share}`,
        ...(share < 0.5 && { lines: [{ description: 'Edited in', unitPrice: major(10_000 * share) }] }),
        ...(share > 0.8 && { discount: { percent: Math.ceil(share * 50) } }),
      };
    case 'record-payment':
      // Now and then more than is owed.
      return {
        amount: major(amount_remaining * share * 1.2),
        paidOn: daysFromNow(-1),
        method: 'Bank transfer',
        ...(cents % 2 === 0 && { reference: `RF ${cents}` }),
      };
    case 'refund':
      return share < 0.5 ? {} : { amount: major(total * share) };
    case 'credit': {
      const line = invoice?.lines.data[cents % Math.max(invoice.lines.data.length, 1)];
      // Of what is not paid whole lines can be credited, too.
      if (line && invoice.status === 'open' && share < 0.3) return { lines: [{ line: line.id }] };
      const amount = stepped(total * share, currency);
      const paid = amount - amount_remaining;
      const where = ['refund', 'balance', 'outside'][Math.floor(share * 300) % 3]!;
      return {
        amount: toMajorUnits(amount, currency),
        ...(paid > 0 && { [where]: toMajorUnits(paid, currency) }),
      };
    }
    default:
      return {};
  }
}
