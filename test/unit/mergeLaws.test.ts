import fc from 'fast-check';
import type { Side } from '../../sync/domain/change.ts';
import { differingFields, mergeFields, same } from '../../sync/domain/merge.ts';
import { planPair } from '../../sync/domain/planPair.ts';
import { planPrice, type PriceBase, type PriceTerms } from '../../sync/domain/price.ts';

interface Terms {
  name: string;
  email: string | null;
  address: { city: string | null; zip: string | null } | null;
}

const OWNERS: Record<keyof Terms, Side> = { name: 'salesforce', email: 'stripe', address: 'salesforce' };
const swapped: Record<keyof Terms, Side> = { name: 'stripe', email: 'salesforce', address: 'stripe' };

// Few values, so that the sides often agree.
const text = fc.constantFrom('a', 'b', 'c');
const optional = fc.option(text, { nil: null });
const terms: fc.Arbitrary<Terms> = fc.record({
  name: text,
  email: optional,
  address: fc.option(fc.record({ city: optional, zip: optional }), { nil: null }),
});
const states = fc.record({ base: fc.option(terms, { nil: undefined }), stripe: terms, crm: terms });
const fields = Object.keys(OWNERS) as (keyof Terms)[];

describe('the three-way merge', () => {
  test('what both sides say stands; merged once more, nothing changes and nothing is a conflict', () => {
    fc.assert(
      fc.property(states, ({ base, stripe, crm }) => {
        const { value } = mergeFields({ base, stripe, crm }, OWNERS);
        for (const field of fields)
          if (same(stripe[field], crm[field])) expect(same(value[field], crm[field])).toBe(true);
        for (const before of [value, base])
          expect(mergeFields({ base: before, stripe: value, crm: value }, OWNERS)).toEqual({
            value,
            conflicts: [],
          });
      }),
    );
  });

  test('it takes the sides for the same, up to who owns what', () => {
    fc.assert(
      fc.property(states, ({ base, stripe, crm }) => {
        const one = mergeFields({ base, stripe, crm }, OWNERS);
        const other = mergeFields({ base, stripe: crm, crm: stripe }, swapped);
        expect(other.value).toEqual(one.value);
        expect(
          other.conflicts.map(({ field, stripe: left, crm: right }) => ({ field, stripe: right, crm: left })),
        ).toEqual(
          one.conflicts.map(({ field, stripe: left, crm: right }) => ({ field, stripe: left, crm: right })),
        );
      }),
    );
  });

  test('a change is there afterwards, or a conflict keeps it, and names the owner as the winner', () => {
    fc.assert(
      fc.property(terms, terms, terms, (base, stripe, crm) => {
        const { value, conflicts } = mergeFields({ base, stripe, crm }, OWNERS);
        for (const field of fields) {
          const conflict = conflicts.find((one) => one.field === field);
          const [changedInStripe, changedInOrg] = [stripe, crm].map(
            (side) => !same(side[field], base[field]),
          );
          const isContested = changedInStripe && changedInOrg && !same(stripe[field], crm[field]);
          expect(conflict).toEqual(
            isContested
              ? { field, stripe: stripe[field], crm: crm[field], winner: OWNERS[field] }
              : undefined,
          );
          if (changedInStripe && !changedInOrg) expect(value[field]).toEqual(stripe[field]);
          if (changedInOrg && !changedInStripe) expect(value[field]).toEqual(crm[field]);
        }
      }),
    );
  });

  test('whether values are the same does not depend on the order of keys or on which comes first', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), (left, right) => {
        const reversed = JSON.parse(JSON.stringify(left), (_key, value: unknown) =>
          value && typeof value === 'object' && !Array.isArray(value)
            ? Object.fromEntries(Object.entries(value).reverse())
            : value,
        ) as unknown;
        expect(same(JSON.parse(JSON.stringify(left)), reversed)).toBe(true);
        expect(same(left, right)).toBe(same(right, left));
      }),
    );
  });
});

describe('a pair', () => {
  test('says the same on both sides once its plan is carried out, and then nothing is left to do', () => {
    fc.assert(
      fc.property(states, ({ base, stripe, crm }) => {
        const plan = planPair(base ?? null, { crm, stripe }, OWNERS);
        expect({ ...stripe, ...plan.stripeChange }).toEqual(plan.value);
        expect({ ...crm, ...plan.crmChange }).toEqual(plan.value);
        const sides = { crm: plan.value, stripe: plan.value };
        for (const known of [plan.value, base ?? null])
          expect(planPair(known, sides, OWNERS)).toEqual({
            value: plan.value,
            stripeChange: {},
            crmChange: {},
            conflicts: [],
          });
      }),
    );
  });

  test('is told only what it does not say yet', () => {
    fc.assert(
      fc.property(states, ({ base, stripe, crm }) => {
        const plan = planPair(base ?? null, { crm, stripe }, OWNERS);
        expect(Object.keys(plan.stripeChange)).toEqual(differingFields(stripe, plan.value));
        expect(Object.keys(plan.crmChange)).toEqual(differingFields(crm, plan.value));
      }),
    );
  });

  test('before its first sync no blank wipes out what the other side knows', () => {
    fc.assert(
      fc.property(terms, terms, (stripe, crm) => {
        const { value } = planPair(null, { crm, stripe }, OWNERS);
        for (const field of fields)
          if (stripe[field] !== null || crm[field] !== null) expect(value[field]).not.toBeNull();
      }),
    );
  });
});

const amount = fc.constantFrom('100', '250', '0.5');
const priceTerms: fc.Arbitrary<PriceTerms> = fc.record({ unitAmount: amount, active: fc.boolean() });
const priceBase: fc.Arbitrary<PriceBase | null> = fc.option(
  fc
    .record({ terms: priceTerms, retiredBy: fc.constantFrom<Side>('stripe', 'salesforce') })
    .map(({ terms: one, retiredBy }) => (one.active ? one : { ...one, retiredBy })),
  { nil: null },
);

/** What Stripe's price of the entry is once the plan is carried out: another one, or this one. */
function carriedOut(stripe: PriceTerms, { action, base }: ReturnType<typeof planPrice>): PriceTerms {
  if (action === 'replace') return { unitAmount: base.unitAmount, active: true };
  return action === 'none' ? stripe : { ...stripe, active: action === 'activate' };
}

describe('a price', () => {
  test('is on sale on both sides or on neither, for the same amount, and then nothing is left to do', () => {
    fc.assert(
      fc.property(priceBase, priceTerms, priceTerms, (base, crm, stripe) => {
        const plan = planPrice(base, { crm, stripe });
        const after = { crm: { ...crm, ...plan.crmChange }, stripe: carriedOut(stripe, plan) };
        expect(after.crm.active).toBe(after.stripe.active);
        if (after.crm.active) expect(after.crm.unitAmount).toBe(after.stripe.unitAmount);
        expect(planPrice(plan.base, after)).toEqual({
          base: plan.base,
          action: 'none',
          crmChange: {},
          conflicts: [],
        });
      }),
    );
  });

  test('keeps an amount that loses', () => {
    fc.assert(
      fc.property(priceTerms, priceTerms, priceTerms, (base, crm, stripe) => {
        const plan = planPrice(base, { crm, stripe });
        const contested = new Set([base.unitAmount, crm.unitAmount, stripe.unitAmount]).size === 3;
        const conflict = plan.conflicts.find(({ field }) => field === 'unitAmount');
        expect(conflict).toEqual(
          contested
            ? {
                field: 'unitAmount',
                stripe: stripe.unitAmount,
                crm: crm.unitAmount,
                winner: 'salesforce',
              }
            : undefined,
        );
      }),
    );
  });
});
