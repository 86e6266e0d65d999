import { syncEntities, orgObjects, type SyncEntity } from '../domain/entity.ts';
import type { Engine } from '../engine.ts';
import { soqlList } from '../salesforce/connection.ts';
import {
  deletedPath,
  readDeleted,
  type DeletedAnswer,
  type DeletedRecord,
  type Span,
} from '../salesforce/getDeleted.ts';
import { idPages, IDS_A_QUERY } from '../salesforce/idPages.ts';
import { readParents } from '../salesforce/readParents.ts';
import { requestTogether, type TogetherAnswer } from '../salesforce/requestTogether.ts';
import { moveCursor, readCursor } from '../store/cursors.ts';
import { invoicesWithLines, knownAlive, pagesOfKnown } from '../store/knownInOrg.ts';
import { receiveEvent } from '../store/receiveEvent.ts';
import { markAllDirty } from '../store/syncRecords.ts';
import { accountsOfContacts } from './billingContacts.ts';
import { OVERLAP_MS } from './modstamp.ts';

/** How far back the org tells of deletions. */
const KEPT_MS = 15 * 24 * 60 * 60_000;
const MINUTE_MS = 60_000;

interface FollowedObject {
  object: string;
  entities: readonly SyncEntity[];
  /** Which known records deletions of this object concern; without it the deleted ones themselves. */
  concerned?: (engine: Engine, deleted: DeletedRecord[]) => Promise<Concerned[]>;
}

interface Concerned {
  deleted: DeletedRecord;
  entity: SyncEntity;
  crmId: string;
}

/** Payments and refunds share an object, so that an object may stand for several entities. */
const followedAs = (object: string): FollowedObject => ({
  object,
  entities: syncEntities.filter((entity) => orgObjects[entity] === object),
});

/** All but the entries of the price book, of which `sweepPrices` asks more often, and not without a price book. */
const FOLLOWED: readonly FollowedObject[] = [
  ...[...new Set(Object.values(orgObjects))].filter((object) => object !== orgObjects.price).map(followedAs),
  { object: 'Invoice_Line__c', entities: [], concerned: invoicesOfLines },
  { object: 'Contact', entities: [], concerned: customersOfContacts },
];

/**
 * Asks the org what was deleted since the last time, all objects in one call, for what no event told; then whether anything
 * that is noted as deleted was restored. Returns how much of it was new. An object that the org refuses to tell of does not
 * keep the others from being looked at.
 */
export async function sweepDeleted(engine: Engine): Promise<number> {
  const looks = await Promise.all(FOLLOWED.map((followed) => lookFor(engine, followed)));
  const answers = await requestTogether<DeletedAnswer>(
    engine.org,
    looks.map(({ path }) => path),
  );
  let found = 0;
  const refusals: unknown[] = [];
  for (const [index, look] of looks.entries()) {
    try {
      found += await takeIn(engine, look, answers[index]!);
    } catch (error) {
      refusals.push(error);
    }
  }
  if (refusals.length > 0) throw refusals[0];
  return found;
}

/** A look for deleted records of one object: what the org is asked for, and what to do with its answer. */
export interface DeletedLook {
  path: string;
  takeIn(answer: TogetherAnswer<DeletedAnswer>): Promise<number>;
}

/** The same for one object whose records are synced themselves, to be asked for together with something else. */
export async function deletedLook(engine: Engine, object: string): Promise<DeletedLook> {
  const look = await lookFor(engine, followedAs(object));
  return { path: look.path, takeIn: (answer) => takeIn(engine, look, answer) };
}

interface Look {
  followed: FollowedObject;
  cursor: string | null;
  now: number;
  span: Span;
  path: string;
}

const cursorName = ({ object }: FollowedObject) => `crm-deleted-${object}`;

async function lookFor(engine: Engine, followed: FollowedObject): Promise<Look> {
  const now = engine.now().getTime();
  const cursor = await readCursor(engine.database, cursorName(followed));
  const wanted = (cursor === null ? now : Date.parse(cursor)) - OVERLAP_MS;
  const span = {
    // A minute less than the org keeps: the call itself takes time.
    start: new Date(Math.max(wanted, now - KEPT_MS + MINUTE_MS)),
    // Whole minutes count, and the one that is under way is asked for too.
    end: new Date(now + MINUTE_MS),
  };
  return { followed, cursor, now, span, path: deletedPath(followed.object, span) };
}

async function takeIn(
  engine: Engine,
  { followed, cursor, now, span }: Look,
  answer: TogetherAnswer<DeletedAnswer>,
): Promise<number> {
  const { object } = followed;
  const { deleted, earliest, coveredUntil } = await readDeleted(engine.org, { object, span }, answer);
  let found = 0;
  if (cursor !== null && Math.max(span.start.getTime(), earliest.getTime()) > Date.parse(cursor)) {
    engine.log.warn(
      { object, since: cursor },
      'The org does not tell any more what was deleted since the last look. All known records are looked for.',
    );
    found += await markOthers(engine, followed);
  }
  found += await receive(engine, followed, deleted);
  await moveCursor(engine.database, cursorName(followed), coveredUntil.toISOString());
  // A record that is noted as deleted may have been restored while nobody listened.
  return found + (await markOthers(engine, followed, { goneSince: new Date(now - KEPT_MS) }));
}

async function receive(engine: Engine, followed: FollowedObject, deleted: DeletedRecord[]): Promise<number> {
  let received = 0;
  for (const page of idPages(deleted)) {
    const concerned = await (followed.concerned ?? themselves(followed))(engine, page);
    for (const { deleted: one, entity, crmId } of concerned) {
      const isNew = await receiveEvent(engine.database, {
        source: 'salesforce',
        eventId: `${followed.object}/${one.id}/deleted/${one.deletedAt.toISOString()}/${entity}/${crmId}`,
        type: `${followed.object} deleted`,
        subject: { entity, crmId },
        occurredAt: one.deletedAt,
        payload: one,
      });
      if (isNew) received += 1;
    }
  }
  return received;
}

/** What is noted as deleted already, because an event told of it, is not looked at again. */
const themselves =
  ({ entities }: FollowedObject) =>
  async ({ database }: Engine, deleted: DeletedRecord[]): Promise<Concerned[]> => {
    const known = await knownAlive(
      database,
      entities,
      deleted.map(({ id }) => id),
    );
    return known.map(({ entity, crmId }) => ({
      deleted: deleted.find(({ id }) => id === crmId)!,
      entity,
      crmId,
    }));
  };

/** The org tells whose lines they were as long as they are in the Recycle Bin; after that the last sync does. */
async function invoicesOfLines(engine: Engine, deleted: DeletedRecord[]): Promise<Concerned[]> {
  const ids = deleted.map(({ id }) => id);
  const invoices = await readParents(engine.org, {
    object: 'Invoice_Line__c',
    idField: 'Invoice__c',
    ids,
  });
  const inBin = await invoicesWithLines(engine.database, ids, invoices);
  const rest = ids.filter((id) => !inBin.some(({ lineId }) => lineId === id));
  const purged =
    invoices.length === 0 && rest.length > 0 ? await invoicesWithLines(engine.database, rest) : [];
  return [...inBin, ...purged].map(({ lineId, crmId }) => ({
    deleted: deleted.find(({ id }) => id === lineId)!,
    entity: 'invoice',
    crmId,
  }));
}

async function customersOfContacts(engine: Engine, deleted: DeletedRecord[]): Promise<Concerned[]> {
  const accounts = await accountsOfContacts(
    engine,
    deleted.map(({ id }) => id),
  );
  const known = await knownAlive(engine.database, ['customer'], accounts);
  return known.map(({ entity, crmId }) => ({ deleted: deleted[0]!, entity, crmId }));
}

/**
 * Asks for all known records, a page at a time, and marks those that are not in the org; with a time, for those that are
 * noted as deleted since, and marks those that are there.
 */
async function markOthers(
  engine: Engine,
  { object, entities }: FollowedObject,
  { goneSince }: { goneSince?: Date } = {},
): Promise<number> {
  const notedAsThere = goneSince === undefined;
  let marked = 0;
  for await (const page of pagesOfKnown(engine.database, entities, { goneSince, size: IDS_A_QUERY })) {
    const there = await present(
      engine,
      object,
      page.map(({ crmId }) => crmId),
    );
    for (const entity of entities) {
      const others = page.filter((one) => one.entity === entity && there.has(one.crmId) !== notedAsThere);
      await markAllDirty(engine.database, entity, { crmIds: others.map(({ crmId }) => crmId) });
      marked += others.length;
    }
  }
  return marked;
}

async function present(engine: Engine, object: string, ids: string[]): Promise<Set<string>> {
  const rows = await engine.org.query<{ Id: string }>(
    `SELECT Id FROM ${object} WHERE Id IN ${soqlList(ids)}`,
  );
  return new Set(rows.map(({ Id }) => Id));
}
