import { saysNothingNew } from '../domain/price.ts';
import type { Engine } from '../engine.ts';
import { readChangedEntries, readPriceBook } from '../salesforce/readPrices.ts';
import { moveCursor, readCursor } from '../store/cursors.ts';
import { pairsOfEntries, settledPrices } from '../store/priceRecords.ts';
import { receiveEvent } from '../store/receiveEvent.ts';
import { eventIdOf, OVERLAP_MS } from './sweepCrm.ts';

const CHANGED = 'crm-sweep-PricebookEntry';
const DELETED = 'crm-deleted-PricebookEntry';
// The platform knows of deletions for 15 days; a day is left for clocks and for a sweep that takes long.
const OLDEST_DELETION_MS = 14 * 86_400_000;

/**
 * Asks the org which entries of the price book have changed or were deleted since the last sweep. The first run takes in
 * every entry whose Product is in a pair. Price book entries have no place among the five objects of the change stream,
 * so this is how their changes are found. Returns how many changes were new.
 */
export async function sweepPrices(engine: Engine): Promise<number> {
  if (engine.settings.priceBook === 'off') return 0;
  return (await sweepChanged(engine)) + (await sweepDeleted(engine));
}

async function sweepChanged(engine: Engine): Promise<number> {
  const book = await readPriceBook(engine.org, engine.settings.priceBook);
  const cursor = `${CHANGED}-${book.id}`;
  const from = await readCursor(engine.database, cursor);
  const entries = await readChangedEntries(engine.org, {
    book,
    currency: engine.settings.defaultCurrency,
    since: from ? new Date(Date.parse(from) - OVERLAP_MS) : null,
  });
  const settled = await settledPrices(
    engine.database,
    entries.map(({ id }) => id),
  );
  const isNew = await Promise.all(
    entries
      .filter(({ id, otherId, terms }) => {
        const pair = settled.get(id);
        return !(pair && pair.priceId === otherId && saysNothingNew(pair.base, terms));
      })
      .map(({ id, changedAt }) =>
        receiveEvent(engine.database, {
          source: 'salesforce',
          eventId: eventIdOf(
            'PricebookEntry',
            { Id: id, SystemModstamp: changedAt.toISOString() },
            engine.now(),
          ),
          type: 'PricebookEntry changed',
          subject: { entity: 'price', crmId: id },
          occurredAt: changedAt,
          payload: { Id: id, SystemModstamp: changedAt.toISOString() },
        }),
      ),
  );
  const newest = entries.at(-1)?.changedAt.toISOString() ?? from ?? engine.now().toISOString();
  await moveCursor(engine.database, cursor, from && from > newest ? from : newest);
  return isNew.filter(Boolean).length;
}

async function sweepDeleted(engine: Engine): Promise<number> {
  const now = engine.now();
  const from = await readCursor(engine.database, DELETED);
  const oldest = now.getTime() - OLDEST_DELETION_MS;
  const start = new Date(Math.max(from ? Date.parse(from) - OVERLAP_MS : now.getTime() - OVERLAP_MS, oldest));
  // The span must be a minute at least, and an end that lies ahead is taken as now.
  const end = new Date(now.getTime() + 60_000);
  const answer = await engine.org.request<{ deletedRecords: { id: string; deletedDate: string }[] }>(
    'GET',
    `/sobjects/PricebookEntry/deleted/?start=${encodeURIComponent(start.toISOString())}&end=${encodeURIComponent(end.toISOString())}`,
  );
  const known = await pairsOfEntries(
    engine.database,
    answer.deletedRecords.map(({ id }) => id),
  );
  let received = 0;
  for (const { id, deletedDate } of answer.deletedRecords.filter((one) => known.has(one.id))) {
    const isNew = await receiveEvent(engine.database, {
      source: 'salesforce',
      eventId: `PricebookEntry/${id}/deleted/${deletedDate}`,
      type: 'PricebookEntry deleted',
      subject: { entity: 'price', crmId: id },
      occurredAt: timeOf(deletedDate),
      payload: { id, deletedDate },
    });
    if (isNew) received += 1;
  }
  await moveCursor(engine.database, DELETED, now.toISOString());
  return received;
}

const timeOf = (time: string) => new Date(time.replace(/\+0000$/, 'Z'));
