import { saysNothingNew } from '../domain/price.ts';
import type { Engine } from '../engine.ts';
import type { DeletedAnswer } from '../salesforce/getDeleted.ts';
import { pagesOf, type QueryPage } from '../salesforce/queryTogether.ts';
import {
  changedEntries,
  crmPrice,
  readPriceBook,
  type CrmPrice,
  type EntryRow,
} from '../salesforce/readPrices.ts';
import { queryPath, requestTogether, type TogetherAnswer } from '../salesforce/requestTogether.ts';
import { moveCursor, readCursor } from '../store/cursors.ts';
import { settledPrices } from '../store/priceRecords.ts';
import { receiveEvent } from '../store/receiveEvent.ts';
import { eventIdOf, OVERLAP_MS } from './modstamp.ts';
import { deletedLook } from './sweepDeleted.ts';

const CHANGED = 'crm-sweep-PricebookEntry';

/**
 * Asks the org which entries of the price book have changed or were deleted since the last sweep. The first run takes in
 * every entry whose Product is in a pair. Both are asked for in one call. Price book entries have no place among the five objects of the change stream,
 * so this is how their changes are found. Returns how many changes were new.
 */
export async function sweepPrices(engine: Engine): Promise<number> {
  if (engine.settings.priceBook === 'off') return 0;
  const { priceBook, defaultCurrency: currency } = engine.settings;
  const book = await readPriceBook(engine.org, priceBook);
  const cursor = `${CHANGED}-${book.id}`;
  const from = await readCursor(engine.database, cursor);
  const since = from ? new Date(Date.parse(from) - OVERLAP_MS) : null;
  const gone = await deletedLook(engine, 'PricebookEntry');
  const [changed, deleted] = (await requestTogether(engine.org, [
    queryPath(changedEntries(book, since)),
    gone.path,
  ])) as [TogetherAnswer<QueryPage<EntryRow>>, TogetherAnswer<DeletedAnswer>];
  const entries: CrmPrice[] = [];
  for await (const rows of pagesOf(engine.org, changed))
    entries.push(...rows.map((row) => crmPrice(row, currency)));
  const isNew = await receiveChanged(engine, entries);
  const newest = entries.at(-1)?.changedAt.toISOString() ?? from ?? engine.now().toISOString();
  await moveCursor(engine.database, cursor, from && from > newest ? from : newest);
  return isNew + (await gone.takeIn(deleted));
}

async function receiveChanged(engine: Engine, entries: CrmPrice[]): Promise<number> {
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
  return isNew.filter(Boolean).length;
}
