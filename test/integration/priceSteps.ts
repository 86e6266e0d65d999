import type Stripe from 'stripe';
import type { OrgRecord } from './orgUser.ts';
import { eventually, type World } from './world.ts';

export interface CataloguePair {
  productId: string;
  stripeProductId: string;
  entryId: string;
  priceId: string;
}

/** What tests do with prices on both sides. */
export interface PriceSteps {
  /** A new Product with an entry in the standard price book, synced with Stripe. */
  pair(unitPrice: number): Promise<CataloguePair>;
  /** A Stripe product with these prices and a Product without an entry that is linked with it. */
  linkedProduct(
    prices: Omit<Stripe.PriceCreateParams, 'product'>[],
  ): Promise<{ productId: string; stripeProductId: string; priceIds: string[] }>;
  entry(entryId: string): Promise<OrgRecord>;
  entriesOf(productId: string): Promise<OrgRecord[]>;
  /** All prices of a Stripe product, active or not. */
  prices(stripeProductId: string): Promise<Stripe.Price[]>;
  /** What the history says about a Stripe price that stands for no entry. */
  reason(priceId: string): Promise<string | undefined>;
}

let made = 0;

export function priceSteps(world: World): PriceSteps {
  const { admin, stripe } = world;
  const steps: PriceSteps = {
    async pair(unitPrice) {
      const { stripeProductId, productId } = await steps.linkedProduct([]);
      const [book] = await admin.query('SELECT Id FROM Pricebook2 WHERE IsStandard = true');
      const entryId = await admin.create('PricebookEntry', {
        Pricebook2Id: book!.Id,
        Product2Id: productId,
        UnitPrice: unitPrice,
        IsActive: true,
      });
      const { Stripe_Price_Id__c: priceId } = await eventually(async () => {
        const entry = await steps.entry(entryId);
        return entry.Stripe_Price_Id__c && entry.Sync_Status__c === 'Synced' ? entry : undefined;
      }, `the entry ${entryId} has a price`);
      return { productId, stripeProductId, entryId, priceId: String(priceId) };
    },
    async linkedProduct(prices) {
      const name = `Catalogue item ${++made}`;
      const { id: stripeProductId } = await stripe.products.create({ name });
      const priceIds: string[] = [];
      for (const price of prices)
        priceIds.push((await stripe.prices.create({ ...price, product: stripeProductId })).id);
      const productId = await admin.create('Product2', {
        Name: name,
        IsActive: true,
        Stripe_Product_Id__c: stripeProductId,
      });
      // The Product is in no pair yet, so it is Stripe that has to mention it.
      await stripe.products.update(stripeProductId, { metadata: { seen: '1' } });
      await eventually(async () => {
        const [row] = await admin.query(`SELECT Sync_Status__c FROM Product2 WHERE Id = '${productId}'`);
        return row!.Sync_Status__c === 'Synced';
      }, `${name} is in a pair`);
      return { productId, stripeProductId, priceIds };
    },
    entry: async (entryId) => (await admin.query(`${ENTRY} WHERE Id = '${entryId}'`))[0]!,
    entriesOf: (productId) => admin.query(`${ENTRY} WHERE Product2Id = '${productId}'`),
    prices: async (product) => {
      const both = await Promise.all(
        [true, false].map((active) => stripe.prices.list({ product, active, limit: 100 })),
      );
      return both.flatMap(({ data }) => data);
    },
    async reason(priceId) {
      const { rows } = await world.database.pool.query<{ to_value: string }>(
        `SELECT to_value FROM change JOIN sync_record ON sync_record.id = record_id
         WHERE stripe_id = $1 AND field = 'not taken over' ORDER BY change.id DESC LIMIT 1`,
        [priceId],
      );
      return rows[0]?.to_value;
    },
  };
  return steps;
}

const ENTRY =
  'SELECT Id, UnitPrice, IsActive, Stripe_Price_Id__c, Sync_Status__c, Sync_Error__c FROM PricebookEntry';
