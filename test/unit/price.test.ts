import {
  fitsDecimals,
  mayBeSucceeded,
  onlyPrice,
  planPrice,
  priceToAdopt,
  type PriceTerms,
  type StripePrice,
} from '../../sync/domain/price.ts';

const terms = (unitAmount: string, active = true): PriceTerms => ({ unitAmount, active });
const price = (id: string, unitAmount: string, more: Partial<StripePrice> = {}): StripePrice => ({
  id,
  productId: 'prod_1',
  crmId: null,
  currency: 'usd',
  terms: terms(unitAmount),
  unlike: null,
  isDefault: false,
  created: 1,
  ...more,
});

test.each([
  ['nothing differs', terms('100'), terms('100'), terms('100'), 'none', {}],
  ['the org has another amount', terms('100'), terms('120'), terms('100'), 'replace', {}],
  ['an amount below the cent', terms('100'), terms('0.5'), terms('100'), 'replace', {}],
  ['Stripe has another amount', terms('100'), terms('100'), terms('120'), 'none', { unitAmount: '120' }],
  ['the org takes it off sale', terms('100'), terms('100', false), terms('100'), 'archive', {}],
  ['Stripe archives it', terms('100'), terms('100'), terms('100', false), 'none', { active: false }],
  ['the org puts it on sale again', terms('100', false), terms('100'), terms('100', false), 'activate', {}],
  ['with another amount as well', terms('100', false), terms('120'), terms('100', false), 'replace', {}],
  [
    'a new amount of what is off sale waits',
    terms('100', false),
    terms('120', false),
    terms('100', false),
    'none',
    {},
  ],
] as const)('%s', (_, base, crm, stripe, action, crmChange) => {
  expect(planPrice(base, { crm, stripe })).toMatchObject({ action, crmChange, conflicts: [] });
});

test('what is agreed on of an entry off sale is the amount of its Stripe price, and who took it off sale', () => {
  const { base } = planPrice(terms('100'), { crm: terms('120', false), stripe: terms('100') });
  expect(base).toEqual({ unitAmount: '100', active: false, retiredBy: 'salesforce' });
  const later = planPrice(base, { crm: terms('130', false), stripe: terms('100', false) });
  expect(later.base).toEqual(base);
  expect(planPrice(terms('100'), { crm: terms('100'), stripe: terms('100', false) }).base.retiredBy).toBe(
    'stripe',
  );
});

test('another price follows an archived one only where Stripe archived it', () => {
  const archived = terms('100', false);
  expect(mayBeSucceeded(terms('100'), terms('100'), archived)).toBe(true);
  expect(mayBeSucceeded({ ...archived, retiredBy: 'stripe' }, archived, archived)).toBe(true);
  expect(mayBeSucceeded({ ...archived, retiredBy: 'stripe' }, terms('100'), archived)).toBe(false);
  expect(mayBeSucceeded({ ...archived, retiredBy: 'salesforce' }, archived, archived)).toBe(false);
  expect(mayBeSucceeded(terms('100'), terms('100'), terms('100'))).toBe(false);
});

test('an entry takes over a price of its own amount, the default before the oldest', () => {
  const older = price('price_a', '100');
  const newer = price('price_b', '100', { created: 2 });
  expect(priceToAdopt([newer, older, price('price_c', '90')], '100')).toBe(older);
  expect(priceToAdopt([older, { ...newer, isDefault: true }], '100')?.id).toBe('price_b');
  expect(priceToAdopt([older], '101')).toBeUndefined();
});

test('Stripe means the default price, or the only one', () => {
  const [a, b] = [price('price_a', '100'), price('price_b', '200')];
  expect(onlyPrice([a])).toBe(a);
  expect(onlyPrice([a, b])).toBeUndefined();
  expect(onlyPrice([a, { ...b, isDefault: true }])?.id).toBe('price_b');
});

test('the decimals of List Price can hold an amount or not', () => {
  expect(fitsDecimals('999', 'usd', 2)).toBe(true);
  expect(fitsDecimals('0.5', 'usd', 2)).toBe(false);
  expect(fitsDecimals('0.5', 'usd', 4)).toBe(true);
  expect(fitsDecimals('1500', 'jpy', 2)).toBe(true);
  expect(fitsDecimals('1234', 'kwd', 2)).toBe(false);
});
