import type Stripe from 'stripe';
import type { FieldChange } from '../domain/change.ts';
import { orgObjects, type SyncEntity } from '../domain/entity.ts';
import { same } from '../domain/merge.ts';
import { canShow, emptyAmountsWords, inItsCurrency, type OrgCurrencies } from '../domain/recordCurrency.ts';
import { CURRENCY_FIELD } from '../domain/trackedFields.ts';
import { wantReceipts } from '../documents/wantedDocuments.ts';
import type { Convergence, Engine } from '../engine.ts';
import { isSyncFailure, type SyncFailure } from '../failure.ts';
import { soqlList } from '../salesforce/connection.ts';
import { orgCurrencies } from '../salesforce/orgCurrencies.ts';
import { isoTime } from '../salesforce/values.ts';
import { updateRecords, upsertRecords, type WriteResult } from '../salesforce/writeRecords.ts';
import { linkRecord, markDirty, type ClaimedRecord } from '../store/syncRecords.ts';
import { noteRefund } from '../store/refunds.ts';
import { noteCrmBack } from '../store/tombstones.ts';
import { waitsFor } from '../store/waitingMirrors.ts';
import { asFailure } from './asFailure.ts';
import { mapConcurrently } from './concurrency.ts';
import { STRIPE_CONCURRENCY } from './convergePairs.ts';
import { deletedMirror, deletedMirrors, parentsOf, type MirrorParents } from './goneMirrors.ts';

/** What is made in Stripe and shown in the org: a payment, a refund, a credit note, a tax rate. */
export interface MirrorKind {
  entity: SyncEntity;
  externalId: string;
  /** As Stripe has it now; null for what has no place in the org, e.g. a payment without an invoice. */
  read(stripe: Stripe, id: string): Promise<Mirrored | null>;
}

export interface Mirrored {
  /** Null for what belongs to none: a tax rate. */
  invoiceId: string | null;
  customerId: string | null;
  /** Of the org's record; the same fields for every record of a kind. */
  fields: Record<string, unknown>;
  /** Whether a record is made where the org has none: a payment that failed is not worth one. */
  makesRecord: boolean;
  /** A payment that nobody has tried to make: it never had a record either. */
  untried?: boolean;
  /** A payment through a payment link: its invoice sees to it that it counts. */
  throughLink?: boolean;
  /** Of a refund, the payment that it gives back. */
  paymentId?: string;
  /** A refund of what never counted for the invoice. */
  uncounted?: boolean;
}

/** What a row keeps of it: what the org's record says, and whose it is. */
export const mirrorBase = ({ fields, invoiceId, uncounted }: Mirrored) => ({
  ...fields,
  invoiceId,
  ...(uncounted && { uncounted }),
});

type OrgRow = { Id: string; [field: string]: unknown };

interface Writing {
  record: ClaimedRecord;
  mirrored: Mirrored | null;
  row: OrgRow | undefined;
  fields: Record<string, unknown>;
  /** Its invoice is deleted in the org: no record is made before somebody restores it. */
  waits: boolean;
}

/** Converges records that only Stripe may change: reads them there, writes what differs to the org in bulk. */
export async function convergeMirrors(
  engine: Engine,
  kind: MirrorKind,
  records: ClaimedRecord[],
): Promise<Convergence[]> {
  const read = await mapConcurrently(records, STRIPE_CONCURRENCY, (record) =>
    asFailure(() => kind.read(engine.stripe, record.stripeId!)),
  );
  const mirrored = read.filter((one): one is Mirrored => one !== null && !isSyncFailure(one));
  // Of what was never written there is nothing to read: the external id keeps an upsert from making two. What makes no record
  // now may have made one by a worker that was killed before it noted that.
  const makesNone = (one: Mirrored | SyncFailure | null) =>
    one !== null && !isSyncFailure(one) && !one.makesRecord && !one.untried;
  const written = records.filter(
    ({ crmId, attempts }, index) => crmId !== null || attempts > 0 || makesNone(read[index]!),
  );
  const rows = mirrored[0]
    ? await orgRows(engine, kind, { records: written, fields: Object.keys(mirrored[0].fields) })
    : [];
  const rowOf = ({ crmId, stripeId }: ClaimedRecord) =>
    rows.find(({ Id }) => Id === crmId) ?? rows.find((row) => row[kind.externalId] === stripeId);
  const deleted = await deletedMirrors(engine, kind, {
    records: records.filter((record) => record.crmId && !rowOf(record)),
    anyRead: mirrored.length > 0,
  });
  const parents = await parentsOf(engine, mirrored);
  const currencies = await currenciesFor(engine, mirrored);
  const writings = records.map((record, index): Writing | SyncFailure => {
    const mirrored = read[index]!;
    if (isSyncFailure(mirrored)) return mirrored;
    const row = rowOf(record);
    const waits = !row && mirrored !== null && parents.invoiceIsGone(mirrored);
    const fields =
      waits || deleted.has(record)
        ? {}
        : fieldsToWrite(engine, mirrored, { row, parents: parents.of, currencies });
    return { record, mirrored, row, fields, waits };
  });
  const toWrite = writings.filter(
    (one): one is Writing => !isSyncFailure(one) && Object.keys(one.fields).length > 0,
  );
  const answers = await write(engine, kind, toWrite);
  return Promise.all(
    writings.map((one, index) => {
      if (isSyncFailure(one)) return { record: records[index]!, kind: 'failed' as const, failure: one };
      if (deleted.has(one.record)) return deletedMirror(one.record);
      return settled(engine, kind, { ...one, answer: answers.get(one) });
    }),
  );
}

/** Known records by their ids, so that one whose external id somebody cleared is not made twice; new ones by it. */
async function write(
  engine: Engine,
  kind: MirrorKind,
  writings: Writing[],
): Promise<Map<Writing, WriteResult>> {
  const object = orgObjects[kind.entity];
  const withKey = ({ record, fields }: Writing) => ({ ...fields, [kind.externalId]: record.stripeId });
  const known = writings.filter(({ row }) => row);
  const made = writings.filter(({ row }) => !row);
  const updated = await updateRecords(
    engine.org,
    known.map((one) => ({ object, id: one.row!.Id, fields: withKey(one) })),
  );
  const inserted = await upsertRecords(
    engine.org,
    { object, externalId: kind.externalId },
    made.map((one) => ({ fields: withKey(one) })),
  );
  return new Map([
    ...known.map((one, index) => [one, updated[index]!] as const),
    ...made.map((one, index) => [one, inserted[index]!] as const),
  ]);
}

async function orgRows(
  engine: Engine,
  kind: MirrorKind,
  { records, fields }: { records: ClaimedRecord[]; fields: string[] },
): Promise<OrgRow[]> {
  if (records.length === 0) return [];
  const withCurrency = fields.includes('Currency__c') && (await orgCurrencies(engine.org)) !== null;
  const columns = ['Id', kind.externalId, 'Sync_Status__c', 'Sync_Error__c', ...fields];
  if (withCurrency) columns.push(CURRENCY_FIELD);
  const known = records.flatMap(({ crmId }) => crmId ?? []);
  return engine.org.query<OrgRow>(
    `SELECT ${columns.join(', ')} FROM ${orgObjects[kind.entity]} ` +
      `WHERE ${kind.externalId} IN ${soqlList(records.flatMap(({ stripeId }) => stripeId ?? []))}` +
      (known.length > 0 ? ` OR Id IN ${soqlList(known)}` : ''),
  );
}

/** Money is on its way, or no more: Stripe tells of that by the payment alone, and the invoice shows it. */
const turnsPending = (before: unknown, after: unknown) => isPending(before) !== isPending(after);

const isPending = (base: unknown) => (base as { Status__c?: unknown } | null)?.Status__c === 'Pending';

/** What differs from the org's record, or all of a new one; empty when nothing has to be written. */
export function fieldsToWrite(
  engine: Pick<Engine, 'now'>,
  mirrored: Mirrored | null,
  {
    row,
    parents,
    currencies,
  }: { row: OrgRow | undefined; parents: MirrorParents['of']; currencies: OrgCurrencies },
): Record<string, unknown> {
  if (!mirrored || (!row && !mirrored.makesRecord)) return {};
  const currency = mirrored.fields.Currency__c as string | undefined;
  const shown = currency === undefined || canShow(row, currency, currencies);
  const wanted: Record<string, unknown> = {
    ...(currency === undefined
      ? mirrored.fields
      : inItsCurrency(mirrored.fields, { before: row, currency, currencies })),
    Sync_Status__c: shown ? 'Synced' : 'Error',
    Sync_Error__c: shown ? null : emptyAmountsWords(currency),
  };
  const differing = Object.entries(wanted).filter(
    ([field, value]) =>
      !same(field.endsWith('_At__c') ? isoTime(row?.[field]) : (row?.[field] ?? null), value),
  );
  if (differing.length === 0) return {};
  return {
    ...Object.fromEntries(differing),
    Last_Synced_At__c: engine.now().toISOString(),
    ...(row ? {} : parents(mirrored)),
  };
}

/** The org's currencies, where any of these has one. */
export async function currenciesFor(
  { org }: Pick<Engine, 'org'>,
  mirrored: Mirrored[],
): Promise<OrgCurrencies> {
  const needed = [
    ...new Set(mirrored.flatMap(({ fields }) => (fields.Currency__c as string | undefined) ?? [])),
  ];
  return needed.length === 0 ? null : orgCurrencies(org, needed);
}

async function settled(
  engine: Engine,
  kind: MirrorKind,
  { record, row, fields, mirrored, waits, answer }: Writing & { answer: WriteResult | undefined },
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
  if (row && record.crmGoneAt) await noteCrmBack(engine.database, record);
  if (kind.entity === 'payment' && mirrored && record.crmId)
    await wantReceipts(engine, [
      {
        stripeId: record.stripeId!,
        crmId: record.crmId,
        status: mirrored.fields.Status__c,
        receiptUrl: mirrored.fields.Receipt_Url__c,
      },
    ]);
  const base = waits && mirrored?.invoiceId ? waitsFor(mirrored.invoiceId) : mirrored && mirrorBase(mirrored);
  if (kind.entity === 'refund' && mirrored?.invoiceId && !waits && !same(record.base, base))
    await noteRefund(engine.database, record, { base, ...mirrored });
  if (
    mirrored?.invoiceId &&
    (mirrored.throughLink ? !same(record.base, base) : turnsPending(record.base, base))
  )
    await markDirty(engine.database, 'invoice', { stripeId: mirrored.invoiceId, side: 'stripe' });
  return { record, kind: 'synced', base, changes, conflicts: [] };
}
