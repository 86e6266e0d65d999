import type Stripe from 'stripe';
import { toLongId } from '../domain/salesforceId.ts';
import type { ProductTerms } from '../domain/product.ts';
import { newRecord } from '../flows/convergePairs.ts';
import { productKind } from '../flows/productKind.ts';
import { soqlList } from '../salesforce/connection.ts';
import { crmIdsOf } from '../store/knownInOrg.ts';
import { productSnapshot } from '../stripe/products.ts';
import { adoptLinked } from './adoptLinked.ts';
import { checkpoint, countsOf, note, type BackfillContext } from './context.ts';
import { importRows, KNOWN, type ImportItem } from './importRows.ts';
import { pairAndConverge, type FoundPair } from './pairing.ts';
import { pagesFrom, type StripePosition } from './stripePages.ts';

/** Pairs Stripe's products with the org's by id; others are made only when that was asked for: the org keeps the catalogue. */
export async function productsFromStripe(context: BackfillContext): Promise<void> {
  const { engine, run, signal } = context;
  await adoptLinked(context, 'product');
  const list = (params: Stripe.ProductListParams) => engine.stripe.products.list(params);
  for await (const { data, position } of pagesFrom(list, run.position as StripePosition | null)) {
    countsOf(context, 'product').read += data.length;
    await takeIn(context, { data, position });
    if (signal.aborted) return;
  }
}

async function takeIn(
  context: BackfillContext,
  { data, position }: { data: Stripe.Product[]; position: StripePosition },
): Promise<void> {
  const known = await crmIdsOf(
    context.engine.database,
    'product',
    data.map(({ id }) => id),
  );
  const named = await linkable(context, data);
  const pairs: FoundPair<ProductTerms>[] = [];
  const items: ImportItem[] = [];
  for (const product of data) {
    const { id: stripeId, terms } = productSnapshot(product);
    const crmId = named.get(stripeId);
    const entity = 'product' as const;
    if (known.has(stripeId)) {
      note(context, {
        entity,
        outcome: 'skip',
        stripeId,
        crmId: known.get(stripeId)!,
        fields: [],
        note: KNOWN,
      });
    } else if (crmId) pairs.push({ stripeId, crmId, terms, because: 'matched by id' });
    else if (context.run.options.unmatched === 'create') items.push(newProduct(context, stripeId, terms));
    else {
      const words = 'No Product has its id. Lines that name it come over without a product.';
      note(context, { entity, outcome: 'skip', stripeId, crmId: null, fields: [], note: words });
    }
  }
  await pairAndConverge(context, productKind, pairs);
  if (items.length === 0) return checkpoint(context, position);
  await importRows(context, { entity: 'product', externalId: 'Stripe_Product_Id__c' }, { items, position });
}

/** The org's product of each Stripe product: one that has its id, or that its metadata names and that has none. */
async function linkable({ engine }: BackfillContext, data: Stripe.Product[]): Promise<Map<string, string>> {
  const byName = new Map(
    data.flatMap(({ id, metadata }) => {
      const crmId = metadata.salesforce_id && toLongId(metadata.salesforce_id);
      return crmId ? [[crmId, id] as const] : [];
    }),
  );
  const stripeIds = data.map(({ id }) => id);
  const rows = await engine.org.query<{ Id: string; Stripe_Product_Id__c: string | null }>(
    `SELECT Id, Stripe_Product_Id__c FROM Product2 WHERE Stripe_Product_Id__c IN ${soqlList(stripeIds)}` +
      (byName.size > 0 ? ` OR Id IN ${soqlList([...byName.keys()])}` : ''),
  );
  return new Map(
    rows.flatMap(({ Id, Stripe_Product_Id__c: linked }) => {
      const stripeId = linked ?? byName.get(Id);
      return stripeId ? [[stripeId, Id] as const] : [];
    }),
  );
}

const newProduct = ({ engine }: BackfillContext, stripeId: string, terms: ProductTerms): ImportItem => ({
  stripeId,
  fields: {
    ...productKind.crmFields(terms, newRecord(terms)),
    Stripe_Product_Id__c: stripeId,
    Sync_Status__c: 'Synced',
    Last_Synced_At__c: engine.now().toISOString(),
  },
  base: () => terms,
});
