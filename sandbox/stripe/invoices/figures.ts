import { HUNDRED_PERCENT, parts, proportion, shares, sum } from '../money.ts';
import type { LineTax } from '../wire.ts';

/** What a tax rate says about money. */
export interface TaxTerms {
  id: string;
  percentage: number;
  inclusive: boolean;
}

/** What the coupon behind a discount says about money: a percentage or an amount, for all products or for some. */
export interface DiscountTerms {
  id: string;
  percent_off: number | null;
  amount_off: number | null;
  products: readonly string[] | null;
}

export interface LineTerms {
  amount: number;
  discountable: boolean;
  product: string | null;
  /** The line's own discounts; they come before those of the invoice. */
  discounts: readonly DiscountTerms[];
  tax_rates: readonly TaxTerms[];
}

export type Exemption = 'none' | 'exempt' | 'reverse';

export interface InvoiceTerms {
  lines: readonly LineTerms[];
  discounts: readonly DiscountTerms[];
  exemption: Exemption;
}

export interface DiscountAmount {
  amount: number;
  discount: string;
}

export interface LineFigures {
  discount_amounts: DiscountAmount[];
  taxes: LineTax[];
  /** After the line's own discounts: its part of the subtotal. */
  subtotal: number;
  subtotal_excluding_tax: number;
  total: number;
  total_excluding_tax: number;
  /** Inclusive tax that an exempt customer does not pay: it is taken off the price. */
  exempted: number;
}

/** docs.stripe.com/billing/taxes/tax-rates: discounts first, one after the other, then the taxes of each line by itself. */
export function lineFigures({ lines, discounts, exemption }: InvoiceTerms): LineFigures[] {
  const left = lines.map((line) => line.amount);
  const taken = lines.map((): DiscountAmount[] => []);
  const take = (discount: DiscountTerms, candidates: readonly number[]) => {
    const indexes = candidates.filter((index) => appliesTo(discount, lines[index]!));
    const amounts = discountOn(
      discount,
      indexes.map((index) => Math.max(0, left[index]!)),
    );
    indexes.forEach((index, place) => {
      left[index]! -= amounts[place]!;
      taken[index]!.push({ amount: amounts[place]!, discount: discount.id });
    });
  };
  lines.forEach((line, index) => line.discounts.forEach((discount) => take(discount, [index])));
  const subtotals = [...left];
  for (const discount of discounts) take(discount, [...lines.keys()]);
  return lines.map((line, index) => {
    const { taxes, included, added, exempted } = taxesOn(left[index]!, line.tax_rates, exemption);
    const total = left[index]! + added - exempted;
    return {
      discount_amounts: taken[index]!,
      taxes,
      subtotal: subtotals[index]!,
      subtotal_excluding_tax: subtotals[index]! - includedIn(subtotals[index]!, line.tax_rates),
      total,
      total_excluding_tax: left[index]! - included - exempted,
      exempted,
    };
  });
}

function appliesTo({ products }: DiscountTerms, { discountable, product }: LineTerms): boolean {
  return discountable && (products === null || (product !== null && products.includes(product)));
}

/** A percentage is rounded line by line; an amount is spread over the lines by what is left of them. */
function discountOn({ percent_off, amount_off }: DiscountTerms, left: readonly number[]): number[] {
  if (percent_off !== null)
    return left.map((amount) => proportion(amount, parts(percent_off), HUNDRED_PERCENT));
  return shares(Math.min(amount_off ?? 0, sum(left)), left);
}

export interface Taxed {
  taxes: LineTax[];
  /** Tax within the price that is paid. */
  included: number;
  /** Tax on top of the price. */
  added: number;
  exempted: number;
}

/**
 * Inclusive tax is taken out of the amount, and exclusive tax comes on what is left then. An exempt customer pays
 * neither: "manual tax rates effectively calculate taxes as if the user weren't exempt and then back out the taxes".
 */
export function taxesOn(amount: number, rates: readonly TaxTerms[], exemption: Exemption): Taxed {
  const inclusive = inclusiveTaxes(amount, rates);
  const within = sum(inclusive.values());
  const taxable = amount - within;
  const paid = exemption === 'none';
  const taxes = rates.map((rate): LineTax => {
    const tax = inclusive.get(rate) ?? proportion(taxable, parts(rate.percentage), HUNDRED_PERCENT);
    return {
      amount: paid ? tax : 0,
      tax_behavior: rate.inclusive ? 'inclusive' : 'exclusive',
      tax_rate_details: { tax_rate: rate.id },
      taxability_reason: REASONS[exemption],
      taxable_amount: paid ? taxable : 0,
      type: 'tax_rate_details',
    };
  });
  const added = sum(taxes.filter((tax) => tax.tax_behavior === 'exclusive').map((tax) => tax.amount));
  return { taxes, included: paid ? within : 0, added, exempted: paid ? 0 : within };
}

const REASONS = { none: 'not_available', exempt: 'customer_exempt', reverse: 'reverse_charge' } as const;

/** The tax within an amount, whoever pays it. */
export function includedIn(amount: number, rates: readonly TaxTerms[]): number {
  return sum(inclusiveTaxes(amount, rates).values());
}

function inclusiveTaxes(amount: number, rates: readonly TaxTerms[]): Map<TaxTerms, number> {
  const inclusive = rates.filter((rate) => rate.inclusive);
  const gross = HUNDRED_PERCENT + sum(inclusive.map((rate) => parts(rate.percentage)));
  return new Map(inclusive.map((rate) => [rate, proportion(amount, parts(rate.percentage), gross)]));
}

/** Amounts of several lines, or of several credits, by discount. */
export function totalDiscounts(lines: Iterable<readonly DiscountAmount[]>): DiscountAmount[] {
  const totals = new Map<string, DiscountAmount>();
  for (const { amount, discount } of [...lines].flat())
    totals.set(discount, { amount: (totals.get(discount)?.amount ?? 0) + amount, discount });
  return [...totals.values()];
}

/** Taxes of several lines, by rate. */
export function totalTaxes(lines: Iterable<readonly LineTax[]>): LineTax[] {
  const totals = new Map<string, LineTax>();
  for (const tax of [...lines].flat()) {
    const rate = tax.tax_rate_details.tax_rate;
    const known = totals.get(rate);
    totals.set(rate, {
      ...tax,
      amount: tax.amount + (known?.amount ?? 0),
      taxable_amount: tax.taxable_amount + (known?.taxable_amount ?? 0),
    });
  }
  return [...totals.values()];
}
