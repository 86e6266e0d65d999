import type { SyncEntity } from '../domain/entity.ts';
import type { Engine } from '../engine.ts';
import { moveCursor, readCursor } from '../store/cursors.ts';
import { receiveEvent } from '../store/receiveEvent.ts';
import { isKnownRecord } from '../store/knownRecords.ts';

export interface Swept {
  object: string;
  /** The field with the id of the record to mark: a line's change is its invoice's. */
  idField: string;
  entity: SyncEntity;
  /** Whether a record that is in no pair yet becomes one: every invoice does, not every Account. */
  takesInNew: boolean;
}

/** What is followed in the org, by its change stream as well. */
export const SWEPT: readonly Swept[] = [
  { object: 'Account', idField: 'Id', entity: 'customer', takesInNew: false },
  { object: 'Product2', idField: 'Id', entity: 'product', takesInNew: false },
  { object: 'Invoice__c', idField: 'Id', entity: 'invoice', takesInNew: true },
  { object: 'Invoice_Line__c', idField: 'Invoice__c', entity: 'invoice', takesInNew: true },
];

// A transaction in the org may commit minutes after its SystemModstamp: look back over what was read.
const OVERLAP_MS = 5 * 60_000;

interface SweptRow {
  Id: string;
  SystemModstamp: string;
  [field: string]: string;
}

/**
 * Asks the org what has changed since the last sweep and takes each change in once, as an event named by the
 * record and its SystemModstamp. Returns how many changes were new. The first run looks back over the overlap;
 * `from` begins at a time before what the last sweep read, `object` sweeps only that one.
 */
export async function sweepCrm(
  engine: Engine,
  { from, object }: { from?: Date; object?: string } = {},
): Promise<number> {
  let received = 0;
  const chosen = SWEPT.filter((swept) => object === undefined || swept.object === object);
  for (const swept of chosen) received += await sweepObject(engine, swept, from);
  return received;
}

// Beside the second itself, what the org's clock may be behind ours.
const SETTLED_MS = 5_000;

/**
 * A SystemModstamp has whole seconds, so a second edit within the same second looks like the first. A change seen
 * while its second may still go on counts as seen for now only; it is taken in once more when that second is over.
 */
function eventIdOf(object: string, { Id, SystemModstamp }: SweptRow, now: Date): string {
  const changedAt = Date.parse(SystemModstamp.replace(/\+0000$/, 'Z'));
  const seen = `${object}/${Id}/${SystemModstamp}`;
  return now.getTime() - changedAt >= SETTLED_MS ? seen : `${seen}~`;
}

async function sweepObject(engine: Engine, swept: Swept, earlier?: Date): Promise<number> {
  const name = `crm-sweep-${swept.object}`;
  const from = (await readCursor(engine.database, name)) ?? engine.now().toISOString();
  const begin = Math.min(Date.parse(from) - OVERLAP_MS, earlier?.getTime() ?? Infinity);
  const since = new Date(begin).toISOString();
  const columns = [...new Set(['Id', swept.idField, 'SystemModstamp'])].join(', ');
  const rows = await engine.org.query<SweptRow>(
    `SELECT ${columns} FROM ${swept.object} WHERE SystemModstamp >= ${since} ORDER BY SystemModstamp, Id`,
  );
  let received = 0;
  for (const row of rows) {
    const crmId = row[swept.idField]!;
    if (!swept.takesInNew && !(await isKnownRecord(engine.database, swept.entity, crmId))) continue;
    const isNew = await receiveEvent(engine.database, {
      source: 'salesforce',
      eventId: eventIdOf(swept.object, row, engine.now()),
      type: `${swept.object} changed`,
      subject: { entity: swept.entity, crmId },
      occurredAt: new Date(row.SystemModstamp.replace(/\+0000$/, 'Z')),
      payload: row,
    });
    if (isNew) received += 1;
  }
  const newest = rows.at(-1)?.SystemModstamp.replace(/\+0000$/, 'Z') ?? from;
  await moveCursor(engine.database, name, newest > from ? newest : from);
  return received;
}
