import fc from 'fast-check';
import type { CustomerField, ProductField, Side } from './history.ts';

/** Where an Account's e-mail is: on itself, on its billing contact, or on the person that it is. */
export type AccountKind = 'business' | 'contact' | 'person';
export type Decision = 'account' | 'create' | 'ignore';

/** What those do who keep the customers. `account` and `customer` are taken modulo what is there. */
export type CustomerStep =
  | { do: 'keepCustomers'; accounts: { kind: AccountKind; synced: boolean }[] }
  | { do: 'syncAccount'; account: number; wait: boolean }
  | { do: 'editAccount'; side: Side; account: number; field: CustomerField; value: number }
  | { do: 'mergeAccounts'; account: number; into: number }
  | { do: 'deleteAccount' | 'restoreAccount'; account: number }
  | { do: 'billAccount'; side: Side; account: number; cents: number }
  | { do: 'customerInStripe'; billed: boolean }
  | { do: 'decide'; customer: number; decision: Decision; account: number }
  | { do: 'pause'; ms: number };

/** What those do who keep the products and their prices. */
export type CatalogueStep =
  | { do: 'keepCatalogue'; products: { cents: number | null; synced: boolean }[] }
  | { do: 'syncProduct'; product: number; wait: boolean }
  | { do: 'editProduct'; side: Side; product: number; field: ProductField; value: number }
  | { do: 'sellProduct'; side: Side; product: number; active: boolean }
  | { do: 'deleteProduct' | 'restoreProduct'; product: number }
  | { do: 'listPrice'; product: number; cents: number }
  | { do: 'sellEntry'; product: number; active: boolean }
  | { do: 'priceInStripe'; product: number; cents: number; isDefault: boolean }
  | { do: 'archivePrice'; product: number; price: number }
  | { do: 'defaultPrice'; product: number; price: number | null }
  | { do: 'editPriceInDashboard'; product: number; cents: number }
  | { do: 'pause'; ms: number };

export type KeeperStep = CustomerStep | CatalogueStep;

const is = <T extends string>(what: T) => fc.constant(what);
const oneOf = <T extends string>(...values: T[]) => fc.constantFrom(...values);
const index = fc.nat({ max: 5 });
const side = oneOf<Side>('stripe', 'salesforce');
const cents = fc.integer({ min: 1, max: 900 });
const value = fc.nat({ max: 400 });
const weighted = <T>(...choices: [number, fc.Arbitrary<T>][]) =>
  fc.oneof(...choices.map(([weight, arbitrary]) => ({ weight, arbitrary })));
const pause = fc.record({ do: is('pause'), ms: fc.nat({ max: 80 }) });

const keepCustomers = fc.record({
  do: is('keepCustomers'),
  accounts: fc.array(
    fc.record({
      kind: oneOf<AccountKind>('business', 'business', 'contact', 'person'),
      synced: weighted([3, fc.constant(true)], [1, fc.constant(false)]),
    }),
    { minLength: 2, maxLength: 4 },
  ),
});

const customerStep = weighted<CustomerStep>(
  [2, fc.record({ do: is('syncAccount'), account: index, wait: fc.boolean() })],
  [
    5,
    fc.record({
      do: is('editAccount'),
      side,
      account: index,
      field: oneOf<CustomerField>('name', 'email', 'email', 'phone'),
      value,
    }),
  ],
  [3, fc.record({ do: is('mergeAccounts'), account: index, into: index })],
  [1, fc.record({ do: is('deleteAccount'), account: index })],
  [2, fc.record({ do: is('restoreAccount'), account: index })],
  [3, fc.record({ do: is('billAccount'), side, account: index, cents })],
  [2, fc.record({ do: is('customerInStripe'), billed: fc.boolean() })],
  [
    4,
    fc.record({
      do: is('decide'),
      customer: index,
      decision: oneOf<Decision>('account', 'account', 'create', 'ignore'),
      account: index,
    }),
  ],
  [2, pause],
);

const keepCatalogue = fc.record({
  do: is('keepCatalogue'),
  products: fc.array(
    fc.record({
      cents: fc.option(cents, { freq: 4 }),
      synced: weighted([4, fc.constant(true)], [1, fc.constant(false)]),
    }),
    { minLength: 1, maxLength: 3 },
  ),
});

const catalogueStep = weighted<CatalogueStep>(
  [2, fc.record({ do: is('syncProduct'), product: index, wait: fc.boolean() })],
  [
    2,
    fc.record({
      do: is('editProduct'),
      side,
      product: index,
      field: oneOf<ProductField>('name', 'description'),
      value,
    }),
  ],
  [2, fc.record({ do: is('sellProduct'), side, product: index, active: fc.boolean() })],
  [1, fc.record({ do: oneOf('deleteProduct', 'restoreProduct', 'restoreProduct'), product: index })],
  [5, fc.record({ do: is('listPrice'), product: index, cents })],
  [3, fc.record({ do: is('sellEntry'), product: index, active: fc.boolean() })],
  [2, fc.record({ do: is('priceInStripe'), product: index, cents, isDefault: fc.boolean() })],
  [2, fc.record({ do: is('archivePrice'), product: index, price: index })],
  [1, fc.record({ do: is('defaultPrice'), product: index, price: fc.option(index, { nil: null }) })],
  [2, fc.record({ do: is('editPriceInDashboard'), product: index, cents })],
  [2, pause],
);

const told = <T>(first: fc.Arbitrary<T>, step: fc.Arbitrary<T>) =>
  fc
    .tuple(first, fc.array(step, { minLength: 3, maxLength: 13 }))
    .map(([begin, rest]): T[] => [begin, ...rest]);

/** Histories that happen beside those of the invoices in each round of a seed: half of customers, half of the catalogue. */
export function keepersOf(seed: number, { rounds, keepers }: { rounds: number; keepers: number }) {
  const half = { minLength: keepers / 2, maxLength: keepers / 2 };
  const round = fc.tuple(
    fc.array(told<CustomerStep>(keepCustomers, customerStep), half),
    fc.array(told<CatalogueStep>(keepCatalogue, catalogueStep), half),
  );
  return fc
    .sample(round, { seed, numRuns: rounds })
    .map(([customers, catalogues]): KeeperStep[][] => [...customers, ...catalogues]);
}
