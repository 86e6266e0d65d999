import type { FieldChange, FieldConflict } from '../domain/change.ts';
import { toMajorUnits } from '../domain/money.ts';
import { stillOpen, type OpenConflict } from '../domain/openConflict.ts';
import {
  fitsDecimals,
  mayBeSucceeded,
  onlyPrice,
  planPrice,
  priceToAdopt,
  type PriceBase,
  type PricePlan,
  type PriceTerms,
  type StripePrice,
} from '../domain/price.ts';
import { agreedLast } from '../domain/past.ts';
import type { Engine } from '../engine.ts';
import { isSyncFailure, PermanentFailure } from '../failure.ts';
import type { CrmPrice, PriceBook } from '../salesforce/readPrices.ts';
import { crmIdsOf } from '../store/knownInOrg.ts';
import { keepConflicts } from '../store/openConflicts.ts';
import { replacePriceId } from '../store/priceRecords.ts';
import { dropIntent, linkRecord, startNewVersion, type ClaimedRecord } from '../store/syncRecords.ts';
import { unlinkStripe } from '../store/tombstones.ts';
import { noteWriting } from '../store/writings.ts';
import {
  createPrice,
  readActivePrices,
  readStripePrice,
  setDefaultPrice,
  setPriceActive,
  type NewPrice,
} from '../stripe/prices.ts';
import { createOnce } from './writeOnce.ts';

export interface MergedPrice {
  record: ClaimedRecord;
  entry: CrmPrice;
  price: StripePrice;
  plan: PricePlan;
  conflicts: FieldConflict[];
  openConflicts: OpenConflict[];
  /** In Stripe. */
  changes: FieldChange[];
}

/** One claimed row whose price book entry is there. */
export interface EntryToMerge {
  record: ClaimedRecord;
  entry: CrmPrice;
  book: PriceBook;
  /** By a person, who sees what comes of it. */
  asked: boolean;
}

/** Merges an entry with its Stripe price and writes Stripe's side; null for an entry that nothing is to be done for. */
export async function mergePrice(engine: Engine, work: EntryToMerge): Promise<MergedPrice | null> {
  const { record, entry } = work;
  const begun = await finishBegun(engine, record);
  const before = (await pairedPrice(engine, work)) ?? (await newPair(engine, work));
  if (!before) return null;
  const changes = [...begun, ...before.changes];
  const conflicts: FieldConflict[] = [];
  let { price, base } = before;
  for (;;) {
    const plan = planPrice(base, { crm: entry.terms, stripe: price.terms });
    conflicts.push(...plan.conflicts.map((conflict) => inMajorUnits(conflict, entry)));
    // Before anything is written: after a kill the sides would look as if nobody had changed both.
    await keepConflicts(engine.database, record, conflicts);
    if (plan.action === 'replace') {
      const made = await makePrice(engine, work, price);
      changes.push(changeOf(made, 'unitAmount', { from: price.terms.unitAmount, to: made.terms.unitAmount }));
      await retireReplaced(engine, record);
      const asPlanned = made.terms.unitAmount === plan.base.unitAmount;
      // A request that was noted by an earlier try may have had an older amount.
      [price, base] = [made, made.terms];
      if (!asPlanned) continue;
    } else if (plan.action !== 'none') {
      const active = plan.action === 'activate';
      changes.push(changeOf(price, 'active', { from: price.terms.active, to: active }));
      await noteWriting(engine.database, record, { active });
      if (active) await setPriceActive(engine.stripe, { id: price.id, active });
      else await archivePrice(engine, price);
    }
    const { unitAmount, active } = { ...entry.terms, ...plan.crmChange };
    const values: Record<string, unknown> = { listPrice: toMajorUnits(unitAmount, entry.currency), active };
    const openConflicts = stillOpen(record.openConflicts, {
      valueOf: (field) => values[field],
      acknowledged: work.asked,
    });
    return { record, entry, price, plan, conflicts, openConflicts, changes };
  }
}

/** As people know it: the amount of List Price. */
function inMajorUnits(conflict: FieldConflict, { currency }: CrmPrice): FieldConflict {
  if (conflict.field !== 'unitAmount') return conflict;
  const [stripe, crm] = [conflict.stripe, conflict.crm].map((amount) =>
    toMajorUnits(String(amount), currency),
  );
  return { ...conflict, field: 'listPrice', stripe, crm };
}

interface PairedPrice {
  price: StripePrice;
  base: PriceBase | null;
  changes: FieldChange[];
}

/** The Stripe price that the entry stands for; undefined while there is none. */
async function pairedPrice(engine: Engine, work: EntryToMerge): Promise<PairedPrice | undefined> {
  const { record, entry } = work;
  const priceId = record.stripeId ?? entry.otherId;
  if (!priceId) return undefined;
  const price = await readStripePrice(engine.stripe, priceId);
  if (!price) {
    if (entry.otherId === priceId) throw gone(priceId);
    // Somebody has cleared the id in the org, which asks for a new price, or has put another one there.
    await unlinkStripe(engine.database, record);
    return pairedPrice(engine, work);
  }
  refuseStrange(price, entry);
  if (record.stripeId !== price.id) await linkRecord(engine.database, record, { stripeId: price.id });
  const base = agreedOnPrice(record, price.terms);
  if (!mayBeSucceeded(base, entry.terms, price.terms)) return { price, base, changes: [] };
  const successor = onlyPrice(await freePrices(engine, work));
  if (!successor) return { price, base, changes: [] };
  await replacePriceId(engine.database, record, { priceId: successor.id, retire: null });
  return { price: successor, base, changes: [] };
}

/** A Stripe price for an entry on sale that has none: one that is there with the same amount, or a new one. */
async function newPair(engine: Engine, work: EntryToMerge): Promise<PairedPrice | undefined> {
  const { record, entry } = work;
  if (!entry.terms.active || !entry.stripeProductId) return undefined;
  const adopted = priceToAdopt(await freePrices(engine, work), entry.terms.unitAmount);
  if (adopted) {
    await linkRecord(engine.database, record, { stripeId: adopted.id, first: adopted.terms });
    return { price: adopted, base: adopted.terms, changes: [] };
  }
  const made = await makePrice(engine, work, null);
  return { price: made, base: made.terms, changes: [changeOf(made, 'price', { from: null, to: made.id })] };
}

/** Stripe's active prices that could stand for the entry and stand for no other. */
export async function freePrices(
  engine: Pick<Engine, 'stripe' | 'database'>,
  { entry, book }: Pick<EntryToMerge, 'entry' | 'book'>,
): Promise<StripePrice[]> {
  if (!entry.stripeProductId) return [];
  const prices = (await readActivePrices(engine.stripe, entry.stripeProductId)).filter(
    ({ unlike, currency, terms }) =>
      !unlike && currency === entry.currency && fitsDecimals(terms.unitAmount, currency, book.decimals),
  );
  const paired = await crmIdsOf(
    engine.database,
    'price',
    prices.map(({ id }) => id),
  );
  return prices.filter(({ id }) => !paired.has(id));
}

/**
 * Brings to its end what a worker had begun that was killed over it: a price that was asked for may have been made, and
 * nothing but its row knows whose it is; the one that it took the place of is archived. Whatever both sides say by now
 * comes afterwards. Left out is what was to replace another price than the row has now: that is made with the next one.
 */
export async function finishBegun(engine: Engine, record: ClaimedRecord): Promise<FieldChange[]> {
  const params = record.intents.create?.params as NewPrice | undefined;
  const changes: FieldChange[] = [];
  if (params && (params.replaces === record.stripeId || params.replaces === null)) {
    const made = await createOnce<NewPrice, StripePrice>(engine, record, {
      params,
      send: (noted, key) => createPrice(engine.stripe, noted, key),
    }).catch((error: unknown) => {
      // Refused for good: it is not to be made any more.
      if (!isSyncFailure(error) || record.intents.create) throw error;
      return null;
    });
    if (made && made.id !== record.stripeId) {
      const { replaces: retire } = params;
      await replacePriceId(engine.database, record, { priceId: made.id, retire, base: made.terms });
      changes.push(changeOf(made, 'price', { from: retire, to: made.id }));
    } else if (made) {
      // An event brought the price that was made, and so the row has it already.
      await dropIntent(engine.database, record, 'create');
      await startNewVersion(engine.database, record);
      record.intents.first ??= made.terms;
    }
  }
  await retireReplaced(engine, record);
  return changes;
}

/** What both sides agreed on last; null for a pair of which that is not known. */
function agreedOnPrice({ base, intents }: ClaimedRecord, terms: PriceTerms): PriceBase | null {
  // The row of a price that stood for no entry until now holds the reason in its place.
  const settled = base !== null && 'unitAmount' in (base as object) ? (base as PriceBase) : null;
  const writing = intents.writing as Partial<PriceTerms> | undefined;
  const agreed = agreedLast<PriceBase>(
    { base: settled, first: intents.first as PriceBase | undefined, writing },
    terms,
  );
  // What is written there is what the org says, so that it was the org who took it off sale.
  return agreed && settled?.active && !agreed.active ? { ...agreed, retiredBy: 'salesforce' } : agreed;
}

/** Makes a price once, also over a lost answer or a killed worker, and gives it to the row. */
async function makePrice(
  engine: Engine,
  work: EntryToMerge,
  replaced: StripePrice | null,
): Promise<StripePrice> {
  const { record, entry } = work;
  const replaces = replaced?.id ?? null;
  // What an earlier try noted goes out as it was noted, also when another price has taken the replaced one's place since:
  // it may have been made.
  const made = await createOnce<NewPrice, StripePrice>(engine, record, {
    params: {
      productId: replaced?.productId ?? entry.stripeProductId!,
      currency: entry.currency,
      unitAmount: entry.terms.unitAmount,
      crmId: entry.id,
      orgId: engine.org.orgId ?? '',
      replaces,
    },
    send: (params, key) => createPrice(engine.stripe, params, key),
  });
  if (made.id === replaces) {
    // That try had come to its end: an event brought the price that it made.
    await dropIntent(engine.database, record, 'create');
    await startNewVersion(engine.database, record);
    return makePrice(engine, work, replaced);
  }
  await replacePriceId(engine.database, record, { priceId: made.id, retire: replaces, base: made.terms });
  return made;
}

/** Archives the price that another one has taken the place of; the product's default follows. */
async function retireReplaced(engine: Engine, record: ClaimedRecord): Promise<void> {
  const { retire } = record.intents;
  if (!retire) return;
  const old = await readStripePrice(engine.stripe, retire.priceId);
  if (old?.terms.active) {
    if (old.isDefault)
      await setDefaultPrice(engine.stripe, { productId: old.productId, priceId: record.stripeId });
    await setPriceActive(engine.stripe, { id: old.id, active: false });
  }
  await dropIntent(engine.database, record, 'retire');
}

/** Takes a price off sale. Stripe refuses that for the default price of a product, which then has none. */
export async function archivePrice(engine: Engine, price: StripePrice): Promise<void> {
  if (price.isDefault) await setDefaultPrice(engine.stripe, { productId: price.productId, priceId: null });
  await setPriceActive(engine.stripe, { id: price.id, active: false });
}

export const changeOf = (
  price: StripePrice,
  field: string,
  { from, to }: { from: unknown; to: unknown },
): FieldChange => ({ side: 'stripe', object: 'price', objectId: price.id, field, from, to });

function refuseStrange(price: StripePrice, entry: CrmPrice): void {
  const reason = price.unlike
    ? `${price.unlike}, and a price book entry holds one fixed amount`
    : price.currency !== entry.currency
      ? `is in ${price.currency.toUpperCase()}, and the entry in ${entry.currency.toUpperCase()}`
      : entry.stripeProductId && price.productId !== entry.stripeProductId
        ? `belongs to the Stripe product ${price.productId}, and the entry's Product to ${entry.stripeProductId}`
        : null;
  if (reason) {
    throw new PermanentFailure({
      code: 'strange_price',
      stage: 'decide',
      message: `The Stripe price ${price.id} ${reason}. Put the id of another price into Stripe Price Id.`,
    });
  }
}

const gone = (priceId: string) =>
  new PermanentFailure({
    code: 'stripe_record_gone',
    stage: 'read-stripe',
    message: `${priceId} is no longer in Stripe. Clear Stripe Price Id on the price book entry to have a new one made.`,
  });
