import {
  CURRENCY_FIELD,
  PERSON_FIELDS,
  TRACKED_FIELDS,
  type TrackedObject,
} from '../domain/trackedFields.ts';
import type { Engine } from '../engine.ts';
import { orgCurrencies } from '../salesforce/orgCurrencies.ts';
import { personFields } from '../salesforce/personFields.ts';
import { queryTogether } from '../salesforce/queryTogether.ts';
import { comparable } from '../salesforce/values.ts';
import { moveCursor, readCursor } from '../store/cursors.ts';
import { databaseTime, readKnownRecords, type KnownRecord } from '../store/readSnapshots.ts';
import { receiveEvent } from '../store/receiveEvent.ts';
import { isNewsOf } from './changedRecords.ts';
import { eventIdOf, isoOf, OVERLAP_MS } from './modstamp.ts';
import { SWEPT, type Swept } from './swept.ts';

interface SweptRow {
  Id: string;
  SystemModstamp: string;
  [field: string]: unknown;
}

/**
 * Asks the org what has changed since the last sweep, all objects in one call, and takes in what differs from what is
 * known: each such change once, as an event named by the record and its SystemModstamp. Returns how many were new. The
 * first run looks back over the overlap; `from` begins at a time before what the last sweep read, `object` sweeps only
 * that one. An object that the org refuses to show does not keep the others from being swept.
 */
export async function sweepCrm(
  engine: Engine,
  { from, object }: { from?: Date; object?: string } = {},
): Promise<number> {
  const chosen = SWEPT.filter((swept) => object === undefined || swept.object === object);
  if (chosen.length === 0) return 0;
  const startedAt = await databaseTime(engine.database);
  const cursors = await Promise.all(chosen.map((swept) => cursorOf(engine, swept)));
  const special: readonly string[] = [...PERSON_FIELDS, CURRENCY_FIELD];
  const there = await fieldsOfFeatures(engine);
  const isThere = (field: string) => !special.includes(field) || there.includes(field);
  const results = await queryTogether<SweptRow>(
    engine.org,
    chosen.map((swept, index) =>
      query({ ...swept, fields: trackedFields(swept.object).filter(isThere) }, cursors[index]!, from),
    ),
  );
  let received = 0;
  const refusals: unknown[] = [];
  for (const [index, swept] of chosen.entries()) {
    try {
      received += await takeIn(engine, swept, {
        pages: results[index]!,
        cursor: cursors[index]!,
        startedAt,
      });
    } catch (error) {
      refusals.push(error);
    }
  }
  if (refusals.length > 0) throw refusals[0];
  return received;
}

/** Those of the fields that depend on what is switched on in the org. */
async function fieldsOfFeatures({ org }: Engine): Promise<string[]> {
  const [person, currencies] = await Promise.all([personFields(org), orgCurrencies(org)]);
  return currencies ? [...person, CURRENCY_FIELD] : person;
}

const nameOf = ({ object }: Swept) => `crm-sweep-${object}`;

const cursorOf = async (engine: Engine, swept: Swept) =>
  (await readCursor(engine.database, nameOf(swept))) ?? engine.now().toISOString();

const trackedFields = (object: string): readonly string[] => TRACKED_FIELDS[object as TrackedObject] ?? [];

function query(
  { object, idField, linkField, fields }: Swept & { fields: string[] },
  cursor: string,
  earlier?: Date,
): string {
  const begin = Math.min(Date.parse(cursor) - OVERLAP_MS, earlier?.getTime() ?? Infinity);
  const columns = [
    ...new Set(['Id', idField, 'SystemModstamp', ...(linkField ? [linkField] : []), ...fields]),
  ];
  return (
    `SELECT ${columns.join(', ')} FROM ${object} ` +
    `WHERE SystemModstamp >= ${new Date(begin).toISOString()} ORDER BY SystemModstamp, Id`
  );
}

async function takeIn(
  engine: Engine,
  swept: Swept,
  { pages, cursor, startedAt }: { pages: AsyncIterable<SweptRow[]>; cursor: string; startedAt: Date },
): Promise<number> {
  let received = 0;
  let newest = cursor;
  let undecided: string | undefined;
  for await (const rows of pages) {
    const page = await takeInPage(engine, swept, { rows, startedAt });
    received += page.received;
    undecided ??= page.undecided;
    const last = rows.at(-1) && isoOf(rows.at(-1)!);
    if (last && last > newest) newest = last;
  }
  await moveCursor(engine.database, nameOf(swept), undecided && undecided < newest ? undecided : newest);
  return received;
}

async function takeInPage(
  engine: Engine,
  swept: Swept,
  { rows, startedAt }: { rows: SweptRow[]; startedAt: Date },
): Promise<{ received: number; undecided?: string }> {
  const { object, idField, entity, takesInNew, linkField } = swept;
  const known = await knownRecords(engine, swept, rows);
  let undecided: string | undefined;
  const told = rows.filter((row) => {
    const record = known(row);
    if (!record && !takesInNew && !(linkField && row[linkField])) return false;
    // What a parked record waits for may be in any of its fields.
    if (!record || record.isParked) return true;
    const fields = Object.fromEntries(
      trackedFields(object).map((field) => [field, comparable(field, row[field])]),
    );
    if (!isNewsOf(record, { object, id: row.Id, stripeId: stripeIdOf(row), fields })) return false;
    // Written by us since the org was asked: the next sweep looks at it again.
    const isMoving = record.isHeld || (record.settledAt !== null && record.settledAt >= startedAt);
    if (isMoving) undecided ??= isoOf(row);
    return !isMoving;
  });
  const isNew = await Promise.all(
    told.map((row) =>
      receiveEvent(engine.database, {
        source: 'salesforce',
        eventId: eventIdOf(object, row, engine.now()),
        type: `${object} changed`,
        subject: { entity, crmId: String(row[idField]) },
        occurredAt: new Date(isoOf(row)),
        payload: { Id: row.Id, SystemModstamp: row.SystemModstamp, [idField]: row[idField] },
      }),
    ),
  );
  return { received: isNew.filter(Boolean).length, ...(undecided ? { undecided } : {}) };
}

/** The pair of a row: by the org's id, or by Stripe's where the org has made the invoice a moment ago. */
async function knownRecords(
  engine: Engine,
  { object, idField, entity }: Swept,
  rows: SweptRow[],
): Promise<(row: SweptRow) => KnownRecord | undefined> {
  const known = await readKnownRecords(engine.database, entity, {
    crmIds: [...new Set(rows.map((row) => String(row[idField])))],
    stripeIds: object === 'Invoice__c' ? rows.flatMap((row) => stripeIdOf(row) ?? []) : [],
  });
  const byCrmId = new Map(known.map((one) => [one.crmId, one]));
  const byStripeId = new Map(known.map((one) => [one.stripeId, one]));
  return (row) =>
    byCrmId.get(String(row[idField])) ??
    (object === 'Invoice__c' ? byStripeId.get(stripeIdOf(row)) : undefined);
}

const stripeIdOf = (row: SweptRow) =>
  (row.Stripe_Invoice_Id__c ?? row.Stripe_Line_Id__c ?? null) as string | null;
