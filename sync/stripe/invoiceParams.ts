import Stripe from 'stripe';
import type { InvoiceTerms, LineTerms, OtherDiscount } from '../domain/invoice.ts';
import { finalizationOn, lastSecondOf } from './accountZone.ts';
import { ensureCoupon } from './coupons.ts';

interface ChangedTerms {
  /** The terms that change, and no others. */
  change: Partial<InvoiceTerms>;
  currency: string;
  /** What was given in Stripe stays beside ours. */
  otherDiscounts: OtherDiscount[];
}

type TermsParams = Pick<
  Stripe.InvoiceUpdateParams,
  | 'description'
  | 'due_date'
  | 'metadata'
  | 'auto_advance'
  | 'automatically_finalizes_at'
  | 'footer'
  | 'custom_fields'
  | 'discounts'
  | 'default_tax_rates'
>;

/** Terms as Stripe takes them; the coupon of a discount is made where it is not there yet. */
export async function termsParams(stripe: Stripe, changed: ChangedTerms): Promise<TermsParams> {
  const { description, dueDate, paymentTerms, finalizeOn, footer, customFields, discount, taxRate } =
    changed.change;
  return {
    ...(description === undefined ? {} : { description: description ?? '' }),
    ...(dueDate ? { due_date: await lastSecondOf(stripe, dueDate) } : {}),
    ...(finalizeOn === undefined
      ? {}
      : finalizeOn === null
        ? { auto_advance: false }
        : { auto_advance: true, automatically_finalizes_at: await finalizationOn(stripe, finalizeOn) }),
    ...(paymentTerms === undefined ? {} : { metadata: { payment_terms: paymentTerms ?? '' } }),
    ...(footer === undefined ? {} : { footer: footer ?? '' }),
    ...(customFields === undefined ? {} : { custom_fields: customFields.length > 0 ? customFields : '' }),
    ...(discount === undefined ? {} : { discounts: await discountParams(stripe, changed) }),
    ...(taxRate === undefined ? {} : { default_tax_rates: taxRate ? [taxRate] : '' }),
  };
}

/** The same of a new invoice. What is not said is left out: without a discount of its own it has that of its customer. */
export async function newTermsParams(
  stripe: Stripe,
  { terms, currency, coupons = [] }: { terms: InvoiceTerms; currency: string; coupons?: string[] },
): Promise<Pick<Stripe.InvoiceCreateParams, keyof TermsParams>> {
  const { taxRate, paymentTerms: _terms, ...others } = terms;
  const change = Object.fromEntries(
    Object.entries(others).filter(
      ([, value]) => value !== null && !(Array.isArray(value) && value.length === 0),
    ),
  );
  const { default_tax_rates: _rates, ...params } = await termsParams(stripe, {
    change,
    currency,
    otherDiscounts: [],
  });
  const discounts = [...coupons.map((coupon) => ({ coupon })), ...(params.discounts || [])];
  return {
    ...params,
    ...(discounts.length > 0 && { discounts }),
    ...(taxRate && { default_tax_rates: [taxRate] }),
  };
}

async function discountParams(
  stripe: Stripe,
  { change: { discount }, currency, otherDiscounts }: ChangedTerms,
): Promise<Stripe.InvoiceUpdateParams['discounts']> {
  const params: Stripe.InvoiceUpdateParams.Discount[] = otherDiscounts.map(({ id }) => ({ discount: id }));
  if (discount) params.push({ coupon: await ensureCoupon(stripe, discount, currency) });
  return params.length > 0 ? params : '';
}

export function priceData({ product, description, unitAmount }: LineTerms, currency: string) {
  return {
    currency,
    ...(unitAmount.includes('.')
      ? { unit_amount_decimal: Stripe.Decimal.from(unitAmount) }
      : { unit_amount: Number(unitAmount) }),
    ...(product ? { product } : { product_data: { name: description || 'Item' } }),
  };
}

export function quantityParams(quantity: string): { quantity?: number; quantity_decimal?: Stripe.Decimal } {
  return quantity.includes('.')
    ? { quantity_decimal: Stripe.Decimal.from(quantity) }
    : { quantity: Number(quantity) };
}
