import { toLongId } from '../domain/salesforceId.ts';
import { valuesToKeep } from '../domain/overwritten.ts';
import { changesOtherFields, tellsNews, type ToldRecord } from '../domain/tellsNews.ts';
import { TRACKED_FIELDS, type TrackedObject } from '../domain/trackedFields.ts';
import type { Engine } from '../engine.ts';
import { PermanentFailure } from '../failure.ts';
import type { CrmChange } from '../salesforce/changeStream/decodeChange.ts';
import { CLIENT } from '../salesforce/connection.ts';
import { readParents } from '../salesforce/readParents.ts';
import { comparable } from '../salesforce/values.ts';
import { invoicesOfLines, readKnownRecords, type KnownRecord } from '../store/readSnapshots.ts';
import type { ChangedRecord } from '../store/receiveChange.ts';
import { accountsOfContacts, concernsCustomers } from './billingContacts.ts';
import { SWEPT, type Swept } from './swept.ts';

/** A record in the event, and the one that it stands for: a line stands for its invoice. */
interface Subject {
  crmId: string;
  recordId: string | null;
}

/**
 * The records that an event of the change stream names; none for entities that are not kept. Those of which it tells
 * only what is known, because our own write comes back, are marked as such.
 */
export async function changedRecords(engine: Engine, change: CrmChange): Promise<ChangedRecord[]> {
  const followed = SWEPT.find(({ object }) => object === change.entityName);
  const ids = change.recordIds
    .filter((id) => /[1-9a-z]/i.test(id.slice(0, 15)))
    .map((id) => toLongId(id) ?? id);
  if (change.entityName === 'Contact') return customersOf(engine, change, ids);
  if (!followed || ids.length === 0) return [];
  const { entity, linkField } = followed;
  const takesInNew = followed.takesInNew || (linkField !== undefined && isText(change.fields[linkField]));
  const subjects = await subjectsOf(engine, { followed, change, ids });
  const told = toldOf(change);
  const known = told ? await knownOf(engine, followed, { subjects, told }) : [];
  const news = new Map<string, { isNews: boolean; kept: KeptValues }>();
  for (const { crmId, recordId } of subjects) {
    const record =
      known.find((one) => one.crmId === crmId) ??
      known.find((one) => one.crmId === null && one.stripeId === told?.stripeId);
    const kept = told && recordId && record ? keptOf(record, { change, told, id: recordId }) : {};
    const isNews =
      !told ||
      recordId === null ||
      isNewsOf(record, { ...told, id: recordId }) ||
      Object.keys(kept).length > 0;
    const before = news.get(crmId);
    news.set(crmId, { isNews: isNews || (before?.isNews ?? false), kept: { ...before?.kept, ...kept } });
  }
  return [...news].map(([crmId, { isNews, kept }]) => ({
    entity,
    crmId,
    takesInNew,
    isNews,
    ...(Object.keys(kept).length > 0 && { told: kept }),
  }));
}

const isText = (value: unknown) => typeof value === 'string' && value !== '';

type KeptValues = NonNullable<ChangedRecord['told']>;

/** What people have written may have been overwritten by us; whether it was is known when the event of our write is here. */
function keptOf(
  known: KnownRecord,
  { change, told, id }: { change: CrmChange; told: Omit<ToldRecord, 'id'>; id: string },
): KeptValues {
  if (change.changeType !== 'UPDATE') return {};
  const { object, fields } = told;
  return valuesToKeep(
    known,
    {
      object,
      id,
      fields,
      isOurs: isOurs(change),
      committedAt: new Date(change.commitTimestamp).toISOString(),
    },
    (field) => tellsNews(known.snapshot, { object, id, fields: { [field]: fields[field] } }),
  );
}

/** The event may still tell of what the org's own automation changed with our write; whether it is an echo, values say. */
const isOurs = ({ changeOrigin }: CrmChange) => changeOrigin.endsWith(`;client=${CLIENT}`);

/** Of a parked record every change counts that we have not made: whatever keeps it from being synced may be mended. */
export function isNewsOf(known: KnownRecord | undefined, told: ToldRecord): boolean {
  if (!known || tellsNews(known.snapshot, told)) return true;
  return known.isParked && changesOtherFields(told);
}

function knownOf(
  engine: Engine,
  { object, entity }: Swept,
  { subjects, told }: { subjects: Subject[]; told: Omit<ToldRecord, 'id'> },
): Promise<KnownRecord[]> {
  return readKnownRecords(engine.database, entity, {
    crmIds: [...new Set(subjects.map(({ crmId }) => crmId))],
    stripeIds: object === 'Invoice__c' && told.stripeId ? [told.stripeId] : [],
  });
}

/** What the event says of each of its records; undefined when it does not say it, or not whole. */
function toldOf(change: CrmChange): Omit<ToldRecord, 'id'> | undefined {
  const { entityName: object, changeType, fields, changedFields, diffFields } = change;
  const tracked: readonly string[] | undefined = TRACKED_FIELDS[object as TrackedObject];
  if (!tracked || diffFields.some((field) => tracked.includes(field))) return undefined;
  const value = (field: string) => [field, comparable(field, fields[field])] as const;
  if (changeType === 'UPDATE')
    return { object, fields: Object.fromEntries(changedFields.flatMap((name) => parts(name, change))) };
  // What we make in the org carries Stripe's id from the beginning; what people make does not.
  const stripeId = fields.Stripe_Invoice_Id__c ?? fields.Stripe_Line_Id__c;
  if (changeType !== 'CREATE' || typeof stripeId !== 'string') return undefined;
  return { object, stripeId, fields: Object.fromEntries(tracked.map(value)) };
}

/** A part of a compound field is a field of its own elsewhere: City in BillingAddress is BillingCity. */
function parts(name: string, { fields }: CrmChange): (readonly [string, unknown])[] {
  const [compound, part] = name.split('.') as [string, string?];
  if (part === undefined) return [[name, comparable(name, fields[name])]];
  const field = compound.endsWith('Address') ? compound.slice(0, -'Address'.length) + part : part;
  const within = fields[compound] as Record<string, unknown> | undefined;
  return [[field, comparable(field, within?.[part])]];
}

async function subjectsOf(
  engine: Engine,
  { followed, change, ids }: { followed: Swept; change: CrmChange; ids: string[] },
): Promise<Subject[]> {
  const { object, idField } = followed;
  if (idField === 'Id') return ids.map((id) => ({ crmId: id, recordId: id }));
  const named = change.fields[idField];
  if (typeof named === 'string') {
    return ids.map((id) => ({ crmId: toLongId(named) ?? named, recordId: id }));
  }
  const known = object === 'Invoice_Line__c' ? await invoicesOfLines(engine.database, ids) : [];
  const unknown = ids.filter((id) => known.every(({ lineId }) => lineId !== id));
  // That a line which we have deleted is deleted is no news.
  const told = known.filter(({ isDeleted }) => !isDeleted || change.changeType !== 'DELETE');
  const parents = unknown.length > 0 ? await parentsOf(engine, { object, idField, ids: unknown }) : [];
  return [
    ...told.map(({ lineId, crmId }): Subject => ({ crmId, recordId: lineId })),
    ...parents.map((crmId): Subject => ({ crmId, recordId: null })),
  ];
}

/** A Contact stands for the customers whose invoices may go to it. */
async function customersOf(engine: Engine, change: CrmChange, ids: string[]): Promise<ChangedRecord[]> {
  if (ids.length === 0 || !concernsCustomers(change)) return [];
  const accounts = await unlessRefused(engine, change.entityName, () => accountsOfContacts(engine, ids));
  return accounts.map((crmId) => ({ entity: 'customer', crmId, takesInNew: false, isNews: true }));
}

/** Of a line its invoice. */
const parentsOf = (
  engine: Engine,
  children: { object: string; idField: string; ids: string[] },
): Promise<string[]> => unlessRefused(engine, children.object, () => readParents(engine.org, children));

/** What the integration user may not read must not hold up the events behind it. */
async function unlessRefused(
  engine: Engine,
  object: string,
  read: () => Promise<string[]>,
): Promise<string[]> {
  try {
    return await read();
  } catch (error) {
    if (!(error instanceof PermanentFailure)) throw error;
    engine.log.error({ error, object }, 'Whose records have changed cannot be read.');
    return [];
  }
}
