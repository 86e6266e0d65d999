import type Stripe from 'stripe';
import type { FieldChange } from '../domain/change.ts';
import { orgObjects, type SyncEntity } from '../domain/entity.ts';
import { same } from '../domain/merge.ts';
import type { Convergence, Engine } from '../engine.ts';
import { isSyncFailure, type SyncFailure } from '../failure.ts';
import { soqlList } from '../salesforce/connection.ts';
import { isoTime } from '../salesforce/values.ts';
import { upsertRecords, type WriteResult } from '../salesforce/writeRecords.ts';
import { linkRecord, type ClaimedRecord } from '../store/syncRecords.ts';
import { mapConcurrently } from './concurrency.ts';
import { STRIPE_CONCURRENCY } from './convergePairs.ts';

/** What is made in Stripe and shown in the org: a payment, a refund, a credit note. */
export interface MirrorKind {
  entity: SyncEntity;
  externalId: string;
  /** As Stripe has it now; null for what has no place in the org, e.g. a payment without an invoice. */
  read(stripe: Stripe, id: string): Promise<Mirrored | null>;
}

export interface Mirrored {
  invoiceId: string;
  customerId: string | null;
  /** Of the org's record; the same fields for every record of a kind. */
  fields: Record<string, unknown>;
  /** Whether a record is made where the org has none: a payment that failed is not worth one. */
  makesRecord: boolean;
}

type OrgRow = { Id: string; [field: string]: unknown };

interface Writing {
  record: ClaimedRecord;
  mirrored: Mirrored | null;
  row: OrgRow | undefined;
  fields: Record<string, unknown>;
}

/** Converges records that only Stripe may change: reads them there, writes what differs to the org in bulk. */
export async function convergeMirrors(
  engine: Engine,
  kind: MirrorKind,
  records: ClaimedRecord[],
): Promise<Convergence[]> {
  const read = await mapConcurrently(records, STRIPE_CONCURRENCY, (record) =>
    kind.read(engine.stripe, record.stripeId!).catch((error: unknown): SyncFailure => {
      if (isSyncFailure(error)) return error;
      throw error;
    }),
  );
  const mirrored = read.filter((one): one is Mirrored => one !== null && !isSyncFailure(one));
  const rows = mirrored[0]
    ? await orgRows(engine, kind, { records, fields: Object.keys(mirrored[0].fields) })
    : new Map<string, OrgRow>();
  const writings = records.map((record, index): Writing | SyncFailure => {
    const mirrored = read[index]!;
    if (isSyncFailure(mirrored)) return mirrored;
    const row = rows.get(record.stripeId!);
    return { record, mirrored, row, fields: fieldsToWrite(engine, mirrored, row) };
  });
  const toWrite = writings.filter(
    (one): one is Writing => !isSyncFailure(one) && Object.keys(one.fields).length > 0,
  );
  const answers = await upsertRecords(
    engine.org,
    { object: orgObjects[kind.entity], externalId: kind.externalId },
    toWrite.map(({ record, fields }) => ({ fields: { ...fields, [kind.externalId]: record.stripeId } })),
  );
  return Promise.all(
    writings.map((one, index) => {
      if (isSyncFailure(one)) return { record: records[index]!, kind: 'failed' as const, failure: one };
      return settled(engine, kind, { ...one, answer: answers[toWrite.indexOf(one)] });
    }),
  );
}

async function orgRows(
  engine: Engine,
  kind: MirrorKind,
  { records, fields }: { records: ClaimedRecord[]; fields: string[] },
): Promise<Map<string, OrgRow>> {
  const columns = ['Id', kind.externalId, 'Sync_Status__c', 'Sync_Error__c', ...fields];
  const rows = await engine.org.query<OrgRow>(
    `SELECT ${columns.join(', ')} FROM ${orgObjects[kind.entity]} ` +
      `WHERE ${kind.externalId} IN ${soqlList(records.flatMap(({ stripeId }) => stripeId ?? []))}`,
  );
  return new Map(rows.map((row) => [String(row[kind.externalId]), row]));
}

function fieldsToWrite(
  engine: Engine,
  mirrored: Mirrored | null,
  row: OrgRow | undefined,
): Record<string, unknown> {
  if (!mirrored || (!row && !mirrored.makesRecord)) return {};
  const wanted: Record<string, unknown> = {
    ...mirrored.fields,
    Sync_Status__c: 'Synced',
    Sync_Error__c: null,
  };
  const differing = Object.entries(wanted).filter(
    ([field, value]) =>
      !same(field.endsWith('_At__c') ? isoTime(row?.[field]) : (row?.[field] ?? null), value),
  );
  if (differing.length === 0) return {};
  return {
    ...Object.fromEntries(differing),
    Last_Synced_At__c: engine.now().toISOString(),
    // Parents by their own external ids: no need to know the org's ids, and no call to find them out.
    ...(row ? {} : parents(mirrored)),
  };
}

const parents = ({ invoiceId, customerId }: Mirrored) => ({
  Invoice__r: { Stripe_Invoice_Id__c: invoiceId },
  ...(customerId ? { Account__r: { Stripe_Customer_Id__c: customerId } } : {}),
});

async function settled(
  engine: Engine,
  kind: MirrorKind,
  { record, row, fields, mirrored, answer }: Writing & { answer: WriteResult | undefined },
): Promise<Convergence> {
  if (answer && 'failure' in answer) return { record, kind: 'failed', failure: answer.failure };
  if (answer && record.crmId !== answer.id) await linkRecord(engine.database, record, { crmId: answer.id });
  const changes = Object.keys(mirrored?.fields ?? {})
    .filter((field) => field in fields)
    .map((field): FieldChange => ({
      side: 'salesforce',
      object: orgObjects[kind.entity],
      objectId: record.crmId,
      field,
      from: row?.[field] ?? null,
      to: fields[field],
    }));
  return { record, kind: 'synced', base: mirrored?.fields ?? null, changes, conflicts: [] };
}
