import { missingReference } from '../api/errors.ts';
import { includedIn, taxesOn } from '../invoices/figures.ts';
import type { DiscountAmount } from '../invoices/figures.ts';
import { proportion, sum } from '../money.ts';
import type { Sandbox } from '../sandbox.ts';
import type { LineTax, StoredLine, TaxRate } from '../wire.ts';

/** What a credited amount means for the totals of a credit note, as the same fields of an invoice's line. */
export interface CreditedFigures {
  discount_amounts: DiscountAmount[];
  taxes: LineTax[];
  tax_rates: TaxRate[];
  subtotal: number;
  subtotal_excluding_tax: number;
  total: number;
  total_excluding_tax: number;
}

/**
 * The discounts and taxes that belong to part of a line. Each is the share up to and with this part, less the share
 * before it: several credit notes that together credit the line credit its discounts and taxes to the cent.
 */
export function lineShare(
  sandbox: Sandbox,
  line: StoredLine,
  { amount, earlier }: { amount: number; earlier: number },
): CreditedFigures {
  const [whole, from, to] =
    line.amount < 0 ? [-line.amount, -earlier, -earlier - amount] : [line.amount, earlier, earlier + amount];
  const share = (total: number) =>
    whole === 0 ? 0 : proportion(total, to, whole) - proportion(total, from, whole);
  const discount_amounts = line.discount_amounts.map((one) => ({ ...one, amount: share(one.amount) }));
  const taxes = line.taxes.map((tax) => ({
    ...tax,
    amount: share(tax.amount),
    taxable_amount: share(tax.taxable_amount),
  }));
  const tax_rates = line.taxes.flatMap((tax) => {
    const rate = sandbox.taxRates.get(tax.tax_rate_details.tax_rate);
    return rate ? [rate] : [];
  });
  const own = discount_amounts.filter(({ discount }) => sandbox.discounts.get(discount)?.invoice_item);
  const subtotal = amount - sum(own.map((one) => one.amount));
  const net = amount - sum(discount_amounts.map((one) => one.amount));
  return {
    discount_amounts,
    tax_rates,
    subtotal,
    subtotal_excluding_tax: subtotal - includedIn(subtotal, tax_rates),
    ...withTaxes(net - share(line.exempted ?? 0), taxes),
  };
}

/** A line that the invoice has not: no discounts, and the rates that the request names. */
export function customFigures(amount: number, tax_rates: TaxRate[]): CreditedFigures {
  const { taxes, included } = taxesOn(amount, tax_rates, 'none');
  return {
    discount_amounts: [],
    tax_rates,
    subtotal: amount,
    subtotal_excluding_tax: amount - included,
    ...withTaxes(amount, taxes),
  };
}

interface StatedTax {
  amount: number;
  tax_rate: string;
  taxable_amount: number;
}

export function statedTaxes(
  sandbox: Sandbox,
  figures: CreditedFigures,
  { stated, param }: { stated: readonly StatedTax[]; param: string },
): CreditedFigures {
  const taxes = stated.map(({ amount, tax_rate, taxable_amount }, index): LineTax => {
    const rate = sandbox.taxRates.get(tax_rate);
    if (!rate) throw missingReference('tax rate', tax_rate, `${param}[${index}][tax_rate]`);
    return {
      amount,
      tax_behavior: rate.inclusive ? 'inclusive' : 'exclusive',
      tax_rate_details: { tax_rate },
      taxability_reason: 'not_available',
      taxable_amount,
      type: 'tax_rate_details',
    };
  });
  const worked = figures.taxes.filter((tax) => tax.tax_behavior === 'exclusive');
  const net = figures.total - sum(worked.map((tax) => tax.amount));
  return { ...figures, ...withTaxes(net, taxes) };
}

/** `net` is what is left after discounts, with its inclusive taxes. */
function withTaxes(net: number, taxes: LineTax[]) {
  const added = sum(taxes.filter((tax) => tax.tax_behavior === 'exclusive').map((tax) => tax.amount));
  return {
    taxes,
    total: net + added,
    total_excluding_tax: net + added - sum(taxes.map((tax) => tax.amount)),
  };
}
