import type { FieldConflict, Side } from './change.ts';
import { mergeFields, same } from './merge.ts';
import { toMajorUnits, toMinorDecimal } from './money.ts';

/** What a price book entry and a Stripe price both know. The currency is no term: neither side can change it. */
export interface PriceTerms {
  /** Minor units with the decimals below them, as a decimal text: "999", "0.5". */
  unitAmount: string;
  active: boolean;
}

/** The price book is the catalogue; a change made only in Stripe still comes over. */
export const priceOwners: Record<keyof PriceTerms, Side> = {
  unitAmount: 'salesforce',
  active: 'salesforce',
};

export interface StripePrice {
  id: string;
  productId: string;
  /** The price book entry it was made for, as its metadata says. */
  crmId: string | null;
  /** ISO 4217, lower case. */
  currency: string;
  terms: PriceTerms;
  /** Why no price book entry can stand for it, as the rest of a sentence about it: "is recurring". */
  unlike: string | null;
  isDefault: boolean;
  /** Seconds since 1970. */
  created: number;
}

/** What both sides agreed on last; `unitAmount` is that of the Stripe price, also while it is archived. */
export interface PriceBase extends PriceTerms {
  /** Which side took it off sale. */
  retiredBy?: Side;
  /** The entry was deleted: whatever happens to the Stripe price is Stripe's own matter from then on. */
  gone?: true;
}

export interface PricePlan {
  base: PriceBase;
  /** A Stripe price cannot change its amount: `replace` makes another one and archives this one. */
  action: 'none' | 'replace' | 'archive' | 'activate';
  crmChange: Partial<PriceTerms>;
  conflicts: FieldConflict[];
}

/** Merges an entry and its Stripe price three ways. */
export function planPrice(
  base: PriceBase | null,
  { crm, stripe }: { crm: PriceTerms; stripe: PriceTerms },
): PricePlan {
  const { value, conflicts } = mergeFields({ base: base ?? undefined, crm, stripe }, priceOwners);
  const sameAmount = value.unitAmount === stripe.unitAmount;
  return {
    base: value.active ? value : retired({ base, crm, stripe }),
    action: actionFor(value.active, { stripeActive: stripe.active, sameAmount }),
    crmChange: {
      ...(value.unitAmount === crm.unitAmount ? {} : { unitAmount: value.unitAmount }),
      ...(value.active === crm.active ? {} : { active: value.active }),
    },
    conflicts,
  };
}

function actionFor(
  active: boolean,
  { stripeActive, sameAmount }: { stripeActive: boolean; sameAmount: boolean },
): PricePlan['action'] {
  if (!active) return stripeActive ? 'archive' : 'none';
  if (!sameAmount) return 'replace';
  return stripeActive ? 'none' : 'activate';
}

// An entry that is off sale keeps its Stripe price, so a new amount of it waits until it is on sale again.
function retired({
  base,
  crm,
  stripe,
}: {
  base: PriceBase | null;
  crm: PriceTerms;
  stripe: PriceTerms;
}): PriceBase {
  const wasActive = base?.active ?? true;
  const retiredBy = wasActive ? (crm.active ? 'stripe' : 'salesforce') : base?.retiredBy;
  return { unitAmount: stripe.unitAmount, active: false, ...(retiredBy && { retiredBy }) };
}

/** Of Stripe's active prices of one product and currency the one that an unpaired entry takes over; else it makes one. */
export function priceToAdopt(candidates: StripePrice[], unitAmount: string): StripePrice | undefined {
  const alike = candidates.filter((price) => price.terms.unitAmount === unitAmount);
  return alike.find(({ isDefault }) => isDefault) ?? oldest(alike);
}

/**
 * The one price that Stripe means for a product and currency: the product's default, or the only one. Undefined where
 * there are several: nobody but a person can choose.
 */
export function onlyPrice(candidates: StripePrice[]): StripePrice | undefined {
  return (
    candidates.find(({ isDefault }) => isDefault) ?? (candidates.length === 1 ? candidates[0] : undefined)
  );
}

/**
 * Whether another Stripe price may take the place of an entry's archived one, as when somebody edits a price in
 * Stripe's Dashboard, which makes a new one and archives the old. Not where the org took the entry off sale, or wants
 * the archived price back.
 */
export function mayBeSucceeded(base: PriceBase | null, crm: PriceTerms, stripe: PriceTerms): boolean {
  if (stripe.active || !base) return false;
  return base.active ? crm.active : base.retiredBy === 'stripe' && !crm.active;
}

/** Whether an entry says what both sides agreed on last: then its change was our own write, or none that matters. */
export function saysNothingNew(base: PriceBase | null, terms: PriceTerms): boolean {
  return base !== null && same({ unitAmount: base.unitAmount, active: base.active }, terms);
}

/** Whether the org's amount field, of so many decimals, can hold the price. */
export function fitsDecimals(unitAmount: string, currency: string, decimals: number): boolean {
  const major = toMajorUnits(unitAmount, currency);
  return toMinorDecimal(major.toFixed(decimals), currency) === unitAmount;
}

const oldest = (prices: StripePrice[]): StripePrice | undefined =>
  prices.toSorted((a, b) => a.created - b.created || (a.id < b.id ? -1 : 1))[0];
