import { eventually, type World } from '../integration/world.ts';
import type { Planted } from './plant.ts';

export interface PricePair {
  productId: string;
  stripeProductId: string;
  entryId: string;
  priceId: string;
}

const tell = (world: World, entryId: string) =>
  world.database.pool.query(`SELECT mark_dirty('price', NULL, $1, 'salesforce')`, [entryId]);

const newEntry = async (world: World, { productId, unitPrice }: { productId: string; unitPrice: number }) => {
  const [book] = await world.admin.query('SELECT Id FROM Pricebook2 WHERE IsStandard = true');
  return world.admin.create('PricebookEntry', {
    Pricebook2Id: book!.Id,
    Product2Id: productId,
    UnitPrice: unitPrice,
    IsActive: true,
  });
};

let made = 0;

/** A product that is linked with Stripe and has no price on either side. */
export async function linkedProduct(world: World): Promise<{ productId: string; stripeProductId: string }> {
  const name = `Priced item ${++made}`;
  const { id: stripeProductId } = await world.stripe.products.create({ name });
  const productId = await world.admin.create('Product2', {
    Name: name,
    IsActive: true,
    Stripe_Product_Id__c: stripeProductId,
  });
  await world.database.pool.query(`SELECT mark_dirty('product', $1, $2, 'salesforce')`, [
    stripeProductId,
    productId,
  ]);
  await eventually(async () => {
    // Settled, so that what is done to its prices from now on does not come over with it.
    const { rowCount } = await world.database.pool.query(
      `SELECT FROM sync_record
       WHERE crm_id = $1 AND state = 'clean' AND last_synced_at IS NOT NULL AND lease_owner IS NULL`,
      [productId],
    );
    return rowCount === 1;
  }, `${name} is in a pair`);
  return { productId, stripeProductId };
}

/** A linked product whose entry has a price in Stripe. */
export async function pricePair(world: World, unitPrice: number): Promise<PricePair> {
  const product = await linkedProduct(world);
  const entryId = await newEntry(world, { productId: product.productId, unitPrice });
  await tell(world, entryId);
  const priceId = await eventually(async () => {
    const [entry] = await world.admin.query(
      `SELECT Stripe_Price_Id__c FROM PricebookEntry WHERE Id = '${entryId}'`,
    );
    return entry!.Stripe_Price_Id__c;
  }, 'the entry has a price');
  return { ...product, entryId, priceId: String(priceId) };
}

/** Pairs that differences are planted in, and prices that belong to no entry or may differ: all of it is in order. */
export async function pairPrices(world: World): Promise<PricePair[]> {
  const pairs: PricePair[] = [];
  for (const unitPrice of [10, 20, 30, 40, 50]) pairs.push(await pricePair(world, unitPrice));

  const offSale = await pricePair(world, 60);
  await world.admin.update('PricebookEntry', offSale.entryId, { IsActive: false, UnitPrice: 61 });
  await tell(world, offSale.entryId);
  await eventually(
    async () => !(await world.stripe.prices.retrieve(offSale.priceId)).active,
    'the price of the entry that is off sale is archived',
  );

  const { stripeProductId: product } = await linkedProduct(world);
  const usd = { product, currency: 'usd' };
  await world.stripe.prices.create({ ...usd, unit_amount: 500, recurring: { interval: 'month' } });
  await world.stripe.prices.create({ product, currency: 'eur', unit_amount: 500 });
  // Which of two a person means nobody can know.
  await world.control('stripe', 'POST', '/deliveries/mode', { mode: 'drop' });
  for (const unit_amount of [600, 700]) await world.stripe.prices.create({ ...usd, unit_amount });
  await world.control('stripe', 'POST', '/deliveries/mode', { mode: 'normal' });
  await world.stripe.prices.create({ ...usd, product: pairs[0]!.stripeProductId, unit_amount: 9_900 });
  return pairs;
}

/** Differences that no event tells of. */
export async function plantPrices(world: World, pairs: PricePair[]): Promise<Planted[]> {
  const [amount, taken, archived, unlinked, deleted] = pairs as [
    PricePair,
    PricePair,
    PricePair,
    PricePair,
    PricePair,
  ];
  const entity = 'price';
  const ids = ({ entryId, priceId }: PricePair) => ({ crmId: entryId, stripeId: priceId });
  await world.admin.update('PricebookEntry', amount.entryId, { UnitPrice: 10.5 });
  await world.admin.update('PricebookEntry', taken.entryId, { IsActive: false });
  await world.stripe.prices.update(archived.priceId, { active: false });
  await world.admin.update('PricebookEntry', unlinked.entryId, { Stripe_Price_Id__c: null });
  await world.admin.delete('PricebookEntry', deleted.entryId);
  const inOrg = await linkedProduct(world);
  const inStripe = await linkedProduct(world);
  const price = await world.stripe.prices.create({
    product: inStripe.stripeProductId,
    currency: 'usd',
    unit_amount: 800,
  });
  return [
    { entity, kind: 'differs', ...ids(amount), fields: ['unitPrice'] },
    { entity, kind: 'differs', ...ids(taken), fields: ['active'] },
    { entity, kind: 'differs', ...ids(archived), fields: ['active'] },
    { entity, kind: 'not_linked', ...ids(unlinked) },
    { entity, kind: 'missing_in_salesforce', stripeId: deleted.priceId },
    {
      entity,
      kind: 'missing_in_stripe',
      crmId: await newEntry(world, { productId: inOrg.productId, unitPrice: 70 }),
    },
    { entity, kind: 'missing_in_salesforce', stripeId: price.id },
  ];
}
