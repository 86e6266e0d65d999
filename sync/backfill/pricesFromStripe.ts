import type { Convergence } from '../engine.ts';
import type { StripePrice } from '../domain/price.ts';
import { convergePrices } from '../flows/convergePrices.ts';
import { readCatalogue } from '../flows/pricesWithoutEntry.ts';
import { readPriceBook, type PriceBook } from '../salesforce/readPrices.ts';
import type { MarkedState } from '../store/markedRecords.ts';
import { listedActivePrices } from '../stripe/prices.ts';
import { adoptLinked } from './adoptLinked.ts';
import { checkpoint, countsOf, note, pairedIds, type BackfillContext } from './context.ts';
import { convergeChunk } from './convergeChunk.ts';
import { KNOWN } from './importRows.ts';
import { pagesFrom, type StripePosition } from './stripePages.ts';
import { tellPrices } from './tellPrices.ts';

/**
 * Brings together the prices of products that are in a pair: first the entries on sale find their price, or get one, then
 * an entry is made where the book has none. The engine does it, as when a product is synced for the first time.
 */
export async function pricesFromStripe(context: BackfillContext): Promise<void> {
  const { engine, run, signal } = context;
  if (engine.settings.priceBook === 'off') return;
  await adoptLinked(context, 'price');
  const book = await readPriceBook(engine.org, engine.settings.priceBook);
  const list = (params: { limit: number }) => listedActivePrices(engine.stripe, params);
  for await (const { data, position } of pagesFrom(list, run.position as StripePosition | null)) {
    countsOf(context, 'price').read += data.length;
    const prices = await possible(context, data);
    if (context.dry) await tellPrices(context, book, prices);
    else await bringTogether(context, book, prices);
    await checkpoint(context, position);
    if (signal.aborted) return;
  }
}

/** Those that may come to stand for an entry; the others are told of. */
async function possible(context: BackfillContext, prices: StripePrice[]): Promise<StripePrice[]> {
  const known = await pairedIds(context, 'price', idsOf(prices));
  const productIds = prices.map(({ productId }) => productId);
  const products = await pairedIds(context, 'product', productIds);
  return prices.filter(({ id, productId, unlike }) => {
    const words = known.has(id)
      ? KNOWN
      : unlike
        ? `It ${unlike}, and a price book entry holds one fixed amount.`
        : !products.has(productId)
          ? `The Stripe product ${productId} is linked to no Product of the org.`
          : undefined;
    if (words) skip(context, { stripeId: id, crmId: known.get(id) ?? null }, words);
    return !words;
  });
}

async function bringTogether(
  context: BackfillContext,
  book: PriceBook,
  prices: StripePrice[],
): Promise<void> {
  const { engine } = context;
  if (prices.length === 0) return;
  const { entries, pairs } = await readCatalogue(engine, book, prices);
  const waiting = entries.filter(({ id, terms }) => terms.active && !pairs.has(id));
  const ofEntries = await convergeChunk(engine, {
    entity: 'price',
    ids: { crmIds: waiting.map(({ id }) => id) },
    converge: (_, records) => convergePrices(engine, { records }),
  });
  for (const state of ofEntries.states) tell(context, state, convergenceOf(ofEntries.convergences, state));

  const paired = await pairedIds(context, 'price', idsOf(prices));
  const left = prices.filter(({ id }) => !paired.has(id));
  const ofPrices = await convergeChunk(engine, {
    entity: 'price',
    ids: { stripeIds: idsOf(left) },
    converge: (_, records) => convergePrices(engine, { records }),
  });
  for (const state of ofPrices.states) tell(context, state, convergenceOf(ofPrices.convergences, state));
}

const convergenceOf = (convergences: Convergence[], { crmId, stripeId }: MarkedState) =>
  convergences.find(
    ({ record }) =>
      (stripeId !== null && record.stripeId === stripeId) || (crmId !== null && record.crmId === crmId),
  );

function tell(
  context: BackfillContext,
  { stripeId, crmId, state, message, base }: MarkedState,
  convergence: Convergence | undefined,
): void {
  const ids = { stripeId, crmId };
  if (convergence?.kind === 'failed' || state === 'parked') {
    const words = message ?? undefined;
    note(context, { entity: 'price', outcome: 'failed', ...ids, fields: [], ...(words && { note: words }) });
  } else if (!stripeId || !crmId) {
    skip(context, ids, (base as { ignored?: string } | null)?.ignored ?? 'left to the engine');
  } else {
    const fields = (convergence?.changes ?? []).map(({ side, field, from, to }) => ({
      side,
      field,
      from,
      to,
    }));
    const isMade = fields.some(({ field, from }) => ['price', 'UnitPrice'].includes(field) && from === null);
    note(context, { entity: 'price', outcome: isMade ? 'create' : 'update', ...ids, fields });
  }
}

function skip(
  context: BackfillContext,
  ids: { stripeId: string | null; crmId: string | null },
  words: string,
): void {
  note(context, { entity: 'price', outcome: 'skip', ...ids, fields: [], note: words });
}

const idsOf = (prices: StripePrice[]) => prices.map(({ id }) => id);
