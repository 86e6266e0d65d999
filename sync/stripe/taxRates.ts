import type Stripe from 'stripe';
import type { Mirrored } from '../flows/convergeMirrors.ts';
import { isMissing, translateStripeError } from './translateError.ts';

/** A tax rate, as the org's Tax_Rate__c. Stripe deletes none; null is one of another account. */
export async function readTaxRate(stripe: Stripe, id: string): Promise<Mirrored | null> {
  try {
    return taxRateSnapshot(await stripe.taxRates.retrieve(id));
  } catch (error) {
    if (isMissing(error)) return null;
    throw translateStripeError(error, 'read-stripe');
  }
}

/** The same of a tax rate that has been read already. */
export function taxRateSnapshot(rate: Stripe.TaxRate): Mirrored {
  return {
    invoiceId: null,
    customerId: null,
    // Stripe Tax, and amounts of tax that somebody sets, make rates of their own that nobody can choose.
    makesRecord: rate.active || rate.rate_type === null,
    fields: {
      Name: nameOf(rate),
      Percentage__c: rate.percentage,
      Inclusive__c: rate.inclusive,
      Active__c: rate.active,
      Country__c: rate.country || null,
      State__c: rate.state || null,
      Jurisdiction__c: text(rate.jurisdiction),
      Description__c: text(rate.description),
    },
  };
}

/** "VAT 19%", and which of two with one name is in the price: what people choose it by. */
const nameOf = ({ display_name, percentage, inclusive }: Stripe.TaxRate) =>
  `${display_name.trim().slice(0, 60)} ${percentage}%${inclusive ? ' inclusive' : ''}`;

const text = (value: string | null) => value?.replaceAll('\r\n', '\n').trim().slice(0, 255).trim() || null;
