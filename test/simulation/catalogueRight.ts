import type Stripe from 'stripe';
import type { OrgRecord } from '../integration/orgUser.ts';
import type { CatalogueKeeper, KeptProduct } from './catalogueKeeper.ts';
import { pairedId } from './edits.ts';
import { history, pairEndsRight, statusRight, type Ending } from './endsRight.ts';
import { newJournal } from './journal.ts';

/** Everything that is wrong with the products and prices of a history in the end, in words. */
export async function catalogueEndsRight(ending: Ending, keeper: CatalogueKeeper): Promise<string[]> {
  const problems: string[] = [];
  for (const product of keeper.products) {
    await pairedId(ending.simulated, product.journal);
    const found = product.deleted
      ? await deletedEndsRight(ending, product)
      : await productEndsRight(ending, product);
    problems.push(
      ...found.map((one) => `product ${product.journal.crmId}, ${product.journal.stripeId}: ${one}`),
    );
  }
  return problems;
}

/** Archived in Stripe, with all prices that its entry had. */
async function deletedEndsRight(ending: Ending, { journal, entryId }: KeptProduct): Promise<string[]> {
  const { admin } = ending.simulated.world;
  const left = await admin.query(`SELECT Id FROM Product2 WHERE Id = '${journal.crmId}'`);
  if (left.length > 0) return ['was deleted and is in the org'];
  const stripeId = ending.made.get(journal.crmId!)?.[0];
  if (!stripeId) return [];
  const active = (await pricesOf(ending, stripeId)).filter(
    (price) => price.active && price.metadata.salesforce_id === entryId,
  );
  return active.map(({ id }) => `the price ${id} of its deleted entry is active`);
}

async function productEndsRight(ending: Ending, product: KeptProduct): Promise<string[]> {
  const { journal } = product;
  const problems = await pairEndsRight(ending, journal);
  const { admin } = ending.simulated.world;
  const [record] = await admin.query(`SELECT Id, IsActive FROM Product2 WHERE Id = '${journal.crmId}'`);
  const entries = await admin.query(
    'SELECT Id, UnitPrice, IsActive, Stripe_Price_Id__c, Sync_Status__c, Sync_Error__c FROM PricebookEntry ' +
      `WHERE Product2Id = '${journal.crmId}'`,
  );
  const stripe = journal.stripeId && ending.products.get(journal.stripeId);
  if (!stripe) return problems;
  if (record!.IsActive !== stripe.active)
    problems.push(`is ${stripe.active ? '' : 'not '}on sale in Stripe alone`);
  const prices = await pricesOf(ending, stripe.id);
  if (entries.length > 1) return [...problems, `has ${entries.length} entries`];
  const [entry] = entries;
  if (!entry) return [...problems, ...withoutEntry(stripe, prices)];
  const found = await entryEndsRight(ending, { product, entry, prices });
  return [...problems, ...found.map((one) => `entry ${entry.Id}: ${one}`)];
}

/** Where Stripe means one price, the org has an entry for it. */
function withoutEntry({ default_price: byDefault }: Stripe.Product, prices: Stripe.Price[]): string[] {
  const active = prices.filter((price) => price.active);
  const meant = active.find(({ id }) => id === byDefault) ?? (active.length === 1 ? active[0] : undefined);
  return meant ? [`Stripe means ${meant.id}, and there is no entry`] : [];
}

interface Entry {
  product: KeptProduct;
  entry: OrgRecord;
  prices: Stripe.Price[];
}

async function entryEndsRight(ending: Ending, { product, entry, prices }: Entry): Promise<string[]> {
  const linked = prices.find(({ id }) => id === entry.Stripe_Price_Id__c);
  const ours = prices.filter(({ metadata }) => metadata.salesforce_id === entry.Id);
  const problems = twice(ours).map((amount) => `two prices of ${amount} were made`);
  if (entry.Stripe_Price_Id__c && !linked)
    return [...problems, `its price ${String(entry.Stripe_Price_Id__c)} is not the product's`];
  const cents = Math.round(Number(entry.UnitPrice) * 100);
  if (entry.IsActive) {
    if (!linked?.active) problems.push(`is on sale, and its price ${linked?.id ?? ''} is not`);
    if (linked && linked.unit_amount !== cents)
      problems.push(`costs ${cents}, in Stripe ${linked.unit_amount}`);
  } else if (linked?.active) problems.push(`is off sale, and its price ${linked.id} is not`);
  const left = ours.filter((price) => price.active && price !== linked);
  problems.push(...left.map(({ id }) => `the replaced price ${id} is still active`));
  const noted = await history(ending, newJournal('price', entry.Id));
  if (linked) problems.push(...statusRight(entry, { value: () => null, isDraft: true, ...noted }));
  return [...problems, ...amountsKept({ product, entry, prices }, { cents, noted })];
}

function twice(prices: Stripe.Price[]): (number | null)[] {
  const amounts = prices.map(({ unit_amount }) => unit_amount);
  return amounts.filter((amount, index) => amounts.indexOf(amount) !== index);
}

// A call takes milliseconds; on a machine that is busy with other things, seconds.
const UNDER_WAY_MS = 15_000;

/** No amount is lost that somebody set on either side: it stands, or the other side had it and replaced it, or it is kept in a conflict. */
function amountsKept(
  { product, entry, prices }: Entry,
  { cents, noted }: { cents: number; noted: Awaited<ReturnType<typeof history>> },
): string[] {
  const { listed, madeInStripe, archivedInStripe, touchedInStripe } = product;
  const told = `listed ${JSON.stringify(listed)}, made in Stripe ${JSON.stringify([...madeInStripe])}, conflicts ${JSON.stringify(noted.conflicts)}`;
  const last = listed.at(-1);
  const problems: string[] = [];
  if (!touchedInStripe && last && (cents !== last.cents || entry.IsActive !== product.onSale))
    problems.push(
      `is ${cents}, ${entry.IsActive ? 'on' : 'off'} sale, though nobody touched it in Stripe; ${told}`,
    );
  const known = [...listed.map((one) => one.cents), ...madeInStripe.values()];
  if (!known.includes(cents)) problems.push(`costs ${cents}, which nobody wrote; ${told}`);
  const inConflict = (side: 'crm_value' | 'stripe_value', amount: number) =>
    noted.conflicts.some(
      (row) => Number(row[side]) * 100 === amount || Math.round(Number(row[side]) * 100) === amount,
    );
  if (last && last.cents !== cents) {
    const delivered = prices.some(({ unit_amount }) => unit_amount === last.cents);
    const overtaken = noted.delivered.some(
      ({ side, field, at }) =>
        side === 'salesforce' &&
        field === 'UnitPrice' &&
        at.getTime() >= last.at &&
        at.getTime() - last.at < UNDER_WAY_MS,
    );
    if (overtaken) noted.onOvertaken({ side: 'salesforce', isLine: false, isGone: false });
    if (!delivered && !overtaken && !inConflict('crm_value', last.cents))
      problems.push(`the List Price ${last.cents} is lost; ${told}`);
  }
  for (const [id, amount] of madeInStripe) {
    const price = prices.find((one) => one.id === id);
    if (amount === cents || price?.active || archivedInStripe.has(id)) continue;
    const cameOver = noted.delivered.some(
      ({ side, to_value }) => side === 'salesforce' && Math.round(Number(to_value) * 100) === amount,
    );
    const wasReplaced = listed.some(({ before }) => before === amount);
    if (!cameOver && !wasReplaced && !inConflict('stripe_value', amount))
      problems.push(`${id}, made in Stripe for ${amount}, was archived by nobody; ${told}`);
  }
  return problems;
}

async function pricesOf({ simulated }: Ending, product: string): Promise<Stripe.Price[]> {
  const { stripe } = simulated.world;
  const both = await Promise.all(
    [true, false].map((active) => stripe.prices.list({ product, active, limit: 100 })),
  );
  return both.flatMap(({ data }) => data);
}
