import { sum } from '../money.ts';
import type { Sandbox } from '../sandbox.ts';
import type { LineTax, StoredInvoice, StoredLine } from '../wire.ts';
import { lineFigures, totalDiscounts, totalTaxes } from './figures.ts';
import type { DiscountAmount, DiscountTerms, Exemption, LineFigures } from './figures.ts';

export interface PretaxCredit {
  amount: number;
  discount: string;
  type: 'discount';
}

export interface DraftFigures {
  /** From the top, with their discounts and taxes. */
  lines: StoredLine[];
  totals: {
    subtotal: number;
    subtotal_excluding_tax: number;
    total: number;
    total_excluding_tax: number;
    total_discount_amounts: DiscountAmount[];
    total_pretax_credit_amounts: PretaxCredit[];
    total_taxes: LineTax[];
  };
}

/** What a draft comes to now; finalization writes it down. `lines` are the stored ones, from the top. */
export function draftFigures(
  sandbox: Sandbox,
  invoice: StoredInvoice,
  lines: readonly StoredLine[],
): DraftFigures {
  const discounts = invoice.discounts.map((id) => termsOf(sandbox, id));
  const figures = lineFigures({
    lines: lines.map((line) => ({
      amount: line.amount,
      discountable: line.discountable,
      product: line.pricing.price_details.product,
      discounts: line.discounts.map((id) => termsOf(sandbox, id)),
      tax_rates: line.tax_rates?.length ? line.tax_rates : invoice.default_tax_rates,
    })),
    discounts,
    exemption: exemptionOf(sandbox, invoice),
  });
  // Those that took nothing are listed as well.
  const none = discounts.map(({ id }) => ({ amount: 0, discount: id }));
  const total_discount_amounts = totalDiscounts([...figures.map((one) => one.discount_amounts), none]);
  return {
    lines: lines.map((line, index) => withFigures(line, figures[index]!)),
    totals: {
      subtotal: sum(figures.map((one) => one.subtotal)),
      subtotal_excluding_tax: sum(figures.map((one) => one.subtotal_excluding_tax)),
      total: sum(figures.map((one) => one.total)),
      total_excluding_tax: sum(figures.map((one) => one.total_excluding_tax)),
      total_discount_amounts,
      total_pretax_credit_amounts: pretaxCredits(total_discount_amounts),
      total_taxes: totalTaxes(figures.map((one) => one.taxes)),
    },
  };
}

export function termsOf(sandbox: Sandbox, id: string): DiscountTerms {
  const discount = sandbox.discounts.get(id);
  if (!discount) throw new Error(`The discount ${id} is gone.`);
  return { ...discount.terms, id };
}

export function pretaxCredits(amounts: readonly DiscountAmount[]): PretaxCredit[] {
  return amounts.map(({ amount, discount }) => ({ amount, discount, type: 'discount' }));
}

/** A draft follows its customer; a deleted one leaves what the invoice last said. */
function exemptionOf(sandbox: Sandbox, invoice: StoredInvoice): Exemption {
  const customer = sandbox.customers.get(invoice.customer);
  const said = customer ? customer.tax_exempt : invoice.customer_tax_exempt;
  return said === 'exempt' ? 'exempt' : said === 'reverse' ? 'reverse' : 'none';
}

function withFigures(line: StoredLine, figures: LineFigures): StoredLine {
  const { discount_amounts, taxes, exempted } = figures;
  return {
    ...line,
    discount_amounts,
    pretax_credit_amounts: pretaxCredits(discount_amounts),
    taxes,
    ...(exempted !== 0 && { exempted }),
  };
}
