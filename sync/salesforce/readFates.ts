import { toLongId } from '../domain/salesforceId.ts';
import { soqlList, type SalesforceOrg } from './connection.ts';
import { idPages } from './idPages.ts';

/** What has become of a record that a query does not find. */
export interface Fate {
  deleted: boolean;
  /** Of an Account that was merged: the id of the one that stayed. */
  masterId: string | null;
}

/** Looks for records in the Recycle Bin too. One that is absent was purged, or may not be seen by the integration user. */
export async function readFates(
  org: SalesforceOrg,
  object: string,
  ids: string[],
): Promise<Map<string, Fate>> {
  const fates = new Map<string, Fate>();
  const columns = object === 'Account' ? 'Id, IsDeleted, MasterRecordId' : 'Id, IsDeleted';
  for (const page of idPages(ids)) {
    const rows = await queryAll<FateRow>(
      org,
      `SELECT ${columns} FROM ${object} WHERE Id IN ${soqlList(page)}`,
    );
    for (const { Id, IsDeleted, MasterRecordId } of rows)
      fates.set(Id, { deleted: IsDeleted, masterId: MasterRecordId ?? null });
  }
  return fates;
}

/** Accounts that were merged into these, directly or by another merge before, each with the one it ended in. */
export async function readMergedInto(
  org: SalesforceOrg,
  masterIds: string[],
): Promise<{ id: string; stripeId: string | null; masterId: string }[]> {
  const merged: { id: string; stripeId: string | null; masterId: string }[] = [];
  const endsIn = new Map(masterIds.map((id) => [id, id]));
  for (let level = masterIds; level.length > 0;) {
    const rows = await queryAll<FateRow & { Stripe_Customer_Id__c: string | null }>(
      org,
      'SELECT Id, MasterRecordId, Stripe_Customer_Id__c FROM Account ' +
        `WHERE IsDeleted = true AND MasterRecordId IN ${soqlList(level)}`,
    );
    const fresh = rows.filter(({ Id }) => !endsIn.has(Id));
    for (const { Id, MasterRecordId, Stripe_Customer_Id__c: stripeId } of fresh) {
      const masterId = endsIn.get(MasterRecordId!)!;
      endsIn.set(Id, masterId);
      merged.push({ id: Id, stripeId, masterId });
    }
    level = fresh.map(({ Id }) => Id);
  }
  return merged;
}

interface FateRow {
  Id: string;
  IsDeleted: boolean;
  MasterRecordId?: string | null;
}

async function queryAll<T extends object>(org: SalesforceOrg, soql: string): Promise<T[]> {
  type Page = { records: T[]; done: boolean; nextRecordsUrl?: string };
  const rows: T[] = [];
  let page = await org.request<Page>('GET', `/queryAll?q=${encodeURIComponent(soql)}`);
  rows.push(...page.records);
  while (!page.done && page.nextRecordsUrl) {
    page = await org.request<Page>('GET', page.nextRecordsUrl.replace(/^\/services\/data\/v[\d.]+/, ''));
    rows.push(...page.records);
  }
  return rows;
}

/** Where a merged Account ended, over all merges after it; null where the last one was deleted or is not to be seen. */
export async function followMasters(org: SalesforceOrg, masterId: string): Promise<string | null> {
  const seen = new Set<string>();
  let id = toLongId(masterId) ?? masterId;
  while (!seen.has(id)) {
    seen.add(id);
    const fate = (await readFates(org, 'Account', [id])).get(id);
    if (!fate) return null;
    if (!fate.deleted) return id;
    if (!fate.masterId) return null;
    id = fate.masterId;
  }
  return null;
}
