import type Stripe from 'stripe';
import { sum } from '../money.ts';
import { formatMoney, formatUnitPrice } from './money.ts';
import type { PaperNames } from './port.ts';

export interface Total {
  label: string;
  /** Minor units. */
  amount: number;
  strong?: boolean;
}

/** The rows below the lines, as Stripe prints them: those that say nothing are left out. */
export function invoiceTotals(invoice: Stripe.Invoice, names: PaperNames): Total[] {
  const credit = invoice.pre_payment_credit_notes_amount;
  const applied = (invoice.ending_balance ?? invoice.starting_balance) - invoice.starting_balance;
  // The discounts of lines are within the subtotal; they stand at their lines.
  const own = new Set(invoice.discounts.map(idOf));
  const discounts = (invoice.total_discount_amounts ?? []).filter(({ discount }) => own.has(idOf(discount)));
  const taxes = taxRows(invoice.total_taxes ?? [], { currency: invoice.currency, names });
  return [
    { label: 'Subtotal', amount: invoice.subtotal },
    ...discountRows(discounts, { currency: invoice.currency, names }),
    ...(taxes.length > 0 && invoice.total_excluding_tax !== null
      ? [{ label: 'Total excluding tax', amount: invoice.total_excluding_tax }]
      : []),
    ...taxes,
    ...sparedTax(invoice, discounts),
    { label: 'Total', amount: invoice.total },
    ...(applied ? [{ label: 'Applied balance', amount: -applied }] : []),
    ...(credit ? [{ label: 'Credit notes', amount: -credit }] : []),
    ...(invoice.amount_paid ? [{ label: 'Amount paid', amount: -invoice.amount_paid }] : []),
    { label: 'Amount due', amount: invoice.amount_remaining, strong: true },
  ];
}

/** An exempt customer does not pay the tax that is within the price. */
function sparedTax(invoice: Stripe.Invoice, discounts: readonly { amount: number }[]): Total[] {
  if (invoice.customer_tax_exempt !== 'exempt' && invoice.customer_tax_exempt !== 'reverse') return [];
  const spared = invoice.subtotal - sum(discounts.map(({ amount }) => amount)) - invoice.total;
  return spared === 0 ? [] : [{ label: 'Tax within the price, not charged', amount: -spared }];
}

interface Wording {
  currency: string;
  names: PaperNames;
}

type DiscountAmount = { amount: number; discount: string | { id: string } };

/** "Summer (10% off)" or "Welcome ($5.00 off)". */
export function discountRows(amounts: readonly DiscountAmount[], { currency, names }: Wording): Total[] {
  return amounts
    .filter(({ amount }) => amount !== 0)
    .map(({ amount, discount }) => {
      const { name, percentOff, amountOff } = names.discount(idOf(discount));
      const off = percentOff === null ? formatMoney(amountOff ?? amount, currency) : `${percentOff}%`;
      return { label: `${name} (${off} off)`, amount: -amount };
    });
}

type Tax = Pick<Stripe.Invoice.TotalTax, 'amount' | 'tax_behavior' | 'tax_rate_details' | 'taxable_amount'>;

/** "VAT - Germany (19% on $100.00)", or "(19% inclusive)" for a tax that is within the price. */
export function taxRows(taxes: readonly Tax[], { currency, names }: Wording): Total[] {
  return taxes
    .filter(({ amount }) => amount !== 0)
    .map(({ amount, tax_behavior: behavior, tax_rate_details: details, taxable_amount: taxable }) => {
      const { name, percentage } = names.tax(details?.tax_rate ?? '');
      const on = behavior === 'inclusive' ? 'inclusive' : `on ${formatMoney(taxable ?? 0, currency)}`;
      return { label: `${name} (${percentage}% ${on})`, amount };
    });
}

/** What a line says of its own discounts: "Summer (10% off): -$5.00". */
export function lineDiscounts(line: Stripe.InvoiceLineItem, names: PaperNames): string[] {
  const own = new Set(line.discounts.map(idOf));
  const amounts = (line.discount_amounts ?? []).filter(({ discount }) => own.has(idOf(discount)));
  return discountRows(amounts, { currency: line.currency, names }).map(
    ({ label, amount }) => `${label}: ${formatMoney(amount, line.currency)}`,
  );
}

/** "12", or "1.5" where the quantity has decimals. */
export function quantityOf(line: Stripe.InvoiceLineItem): string {
  return line.quantity_decimal === null ? String(line.quantity ?? '') : String(line.quantity_decimal);
}

/** "$12.50", with the decimals below a cent that a unit price may have; nothing for a line without a price. */
export function unitPriceOf(line: Stripe.InvoiceLineItem): string | undefined {
  const unitAmount = line.pricing?.unit_amount_decimal;
  return unitAmount === null || unitAmount === undefined
    ? undefined
    : formatUnitPrice(String(unitAmount), line.currency);
}

function idOf(reference: string | { id: string }): string {
  return typeof reference === 'string' ? reference : reference.id;
}
