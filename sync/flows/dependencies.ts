import type { Engine } from '../engine.ts';
import { PermanentFailure, type SyncFailure } from '../failure.ts';
import { soqlList } from '../salesforce/connection.ts';
import { idPages } from '../salesforce/idPages.ts';
import type { InvoiceBase, StripeInvoice } from '../domain/invoice.ts';
import { same } from '../domain/merge.ts';
import { readAccounts, type CrmAccount } from '../salesforce/readAccounts.ts';
import { basesOf, livingPairs } from '../store/knownRecords.ts';
import type { ClaimedRecord } from '../store/syncRecords.ts';
import { goneInOrg } from '../store/tombstones.ts';
import type { SyncEntity } from '../domain/entity.ts';
import type { InvoicePair } from './convergeInvoices.ts';
import { claimWhenFree } from './claimWhenFree.ts';
import { convergePairs } from './convergePairs.ts';
import { convergeProducts } from './convergeProducts.ts';
import { customerKind } from './customerKind.ts';
import { settleAll } from './settle.ts';

/** Stripe's customer of each Account, or why there is none; absent while somebody else is making it. */
export type AccountCustomers = Map<string, { stripeId: string } | { failure: SyncFailure }>;

/**
 * The Stripe customers of Accounts. Those that are missing are made, and those whose Account was changed since
 * the last sync are brought up to date first: somebody who corrects an e-mail address and presses Send at once
 * expects the mail at the new one.
 */
export async function stripeIdsOfAccounts(engine: Engine, accountIds: string[]): Promise<AccountCustomers> {
  const wanted = [...new Set(accountIds)];
  const accounts = await readAccounts(engine.org, { crmIds: wanted, stripeIds: [] });
  const bases = await basesOf(engine.database, 'customer', wanted);
  const isCurrent = ({ id, otherId, terms }: CrmAccount) => otherId !== null && same(bases.get(id), terms);

  const found: AccountCustomers = new Map(
    accounts.filter(isCurrent).map(({ id, otherId }) => [id, { stripeId: otherId! }]),
  );
  const claimed = await claimAll(
    engine,
    'customer',
    wanted.filter((id) => !found.has(id)),
  );
  const convergences = await convergePairs(engine, customerKind, { records: claimed });
  await settleAll(engine, convergences);
  for (const convergence of convergences) {
    const { crmId, stripeId } = convergence.record;
    if (convergence.kind === 'failed') found.set(crmId!, { failure: convergence.failure });
    else if (stripeId && !convergence.gone) found.set(crmId!, { stripeId });
  }
  return found;
}

/** Has products made in Stripe that invoices need, and returns why some could not be. */
export async function ensureProducts(
  engine: Engine,
  productIds: string[],
): Promise<Map<string, SyncFailure>> {
  const claimed = await claimAll(engine, 'product', productIds);
  const convergences = await convergeProducts(engine, { records: claimed });
  await settleAll(engine, convergences);
  return new Map(
    convergences.flatMap((one) => (one.kind === 'failed' ? [[one.record.crmId!, one.failure] as const] : [])),
  );
}

/**
 * The org's product of each Stripe product that invoices name; absent for products the org does not have. The org is asked
 * only about those that neither its lines nor a pair name, once: a line on which both sides agreed to have none keeps none.
 */
export async function orgProducts(engine: Engine, pairs: InvoicePair[]): Promise<Map<string, string>> {
  const products = new Map(
    pairs.flatMap(({ crm }) =>
      (crm?.lines ?? []).flatMap(({ terms, fields }) =>
        terms.product ? [[terms.product, String(fields.Product__c)] as const] : [],
      ),
    ),
  );
  const named = pairs.flatMap(({ base, stripe }) => {
    const without = linesWithoutProduct(base);
    return (stripe?.lines ?? []).flatMap(({ id, terms }) =>
      terms.product ? [{ product: terms.product, isNew: !without.has(id) }] : [],
    );
  });
  const paired = await livingPairs(engine.database, 'product', [
    ...new Set(named.map(({ product }) => product).filter((id) => !products.has(id))),
  ]);
  for (const [stripeId, crmId] of paired) products.set(stripeId, crmId);
  const unknown = [...new Set(named.flatMap(({ product, isNew }) => (isNew ? product : [])))].filter(
    (id) => !products.has(id),
  );
  for (const ids of idPages(unknown)) {
    const rows = await engine.org.query<{ Id: string; Stripe_Product_Id__c: string }>(
      `SELECT Id, Stripe_Product_Id__c FROM Product2 WHERE Stripe_Product_Id__c IN ${soqlList(ids)}`,
    );
    for (const row of rows) products.set(row.Stripe_Product_Id__c, row.Id);
  }
  return products;
}

/** Stripe's lines that both sides agreed to have no product: Stripe makes one behind each line of an amount. */
const linesWithoutProduct = (base: InvoiceBase | null): Set<string> =>
  new Set(
    Object.values(base?.lines ?? {}).flatMap(({ product, stripeId }) => (product === null ? stripeId : [])),
  );

/**
 * The Accounts of Stripe customers, for invoices that were made in Stripe. A customer whose Account was merged into
 * one with a customer of its own stands for the Account that stayed.
 */
export async function accountsOfCustomers(engine: Engine, stripeIds: string[]): Promise<Map<string, string>> {
  if (stripeIds.length === 0) return new Map();
  const rows = await engine.org.query<{ Id: string; Stripe_Customer_Id__c: string }>(
    `SELECT Id, Stripe_Customer_Id__c FROM Account WHERE Stripe_Customer_Id__c IN ${soqlList(stripeIds)}`,
  );
  const accounts = new Map(rows.map((row) => [row.Stripe_Customer_Id__c, row.Id]));
  const others = stripeIds.filter((id) => !accounts.has(id));
  for (const [stripeId, accountId] of await mergedAccountsOf(engine, others))
    accounts.set(stripeId, accountId);
  return accounts;
}

async function mergedAccountsOf(engine: Engine, stripeIds: string[]): Promise<[string, string][]> {
  const merged = [...(await goneInOrg(engine.database, 'customer', stripeIds))].flatMap(
    ([stripeId, { mergedInto }]): [string, string][] => (mergedInto ? [[stripeId, mergedInto]] : []),
  );
  if (merged.length === 0) return [];
  const rows = await engine.org.query<{ Id: string }>(
    `SELECT Id FROM Account WHERE Id IN ${soqlList(merged.map(([, accountId]) => accountId))}`,
  );
  return merged.filter(([, accountId]) => rows.some(({ Id }) => Id === accountId));
}

// Another invoice of the same Account makes the customer meanwhile: that takes a second at most.
const PATIENCE_MS = 3_000;

async function claimAll(engine: Engine, entity: SyncEntity, crmIds: string[]): Promise<ClaimedRecord[]> {
  const claims = crmIds.map((crmId) => claimWhenFree(engine, entity, { crmId, patienceMs: PATIENCE_MS }));
  return (await Promise.all(claims)).filter((record) => record !== undefined);
}

/** What an invoice waits for whose customer is nobody's. */
export const unlinkedCustomer = (stripe: StripeInvoice) =>
  new PermanentFailure({
    code: 'unlinked_customer',
    stage: 'decide',
    message: `${stripe.number ?? stripe.id} belongs to the Stripe customer ${stripe.customerId ?? '(none)'}, which no Account is linked to. Put this id into the Stripe Customer Id of the right Account.`,
  });
