import type { Engine } from '../engine.ts';
import { moveCursor, readCursor } from '../store/cursors.ts';
import { knownAlive } from '../store/knownInOrg.ts';
import { receiveEvent } from '../store/receiveEvent.ts';
import { soqlList } from '../salesforce/connection.ts';
import type { CrmChange } from '../salesforce/changeStream/decodeChange.ts';
import { idPages } from '../salesforce/idPages.ts';
import { readParents } from '../salesforce/readParents.ts';
import { orgTime } from '../salesforce/values.ts';
import { eventIdOf, OVERLAP_MS } from './modstamp.ts';

// What of a Contact decides where invoices go.
const FOLLOWED_FIELDS = ['Email', 'AccountId'];

/** Whether a change of a Contact may concern a customer. A gap event does not say what has changed. */
export function concernsCustomers({ changeType, changedFields, fields }: CrmChange): boolean {
  if (changeType === 'UPDATE') return changedFields.some((field) => FOLLOWED_FIELDS.includes(field));
  return changeType !== 'CREATE' || typeof fields.Email === 'string';
}

/** The Accounts whose invoices may go to these Contacts: their own, and those that name one as billing contact. */
export async function accountsOfContacts(engine: Engine, contactIds: string[]): Promise<string[]> {
  if (contactIds.length === 0) return [];
  const accounts = await readParents(engine.org, {
    object: 'Contact',
    idField: 'AccountId',
    ids: contactIds,
  });
  const naming = await accountsNaming(engine, contactIds);
  return [...new Set([...accounts, ...[...naming.values()].flat()])];
}

/** The Accounts that name a Contact as their billing contact, by Contact. */
async function accountsNaming(engine: Engine, contactIds: string[]): Promise<Map<string, string[]>> {
  const naming = new Map<string, string[]>();
  for (const page of idPages(contactIds)) {
    const rows = await engine.org.query<{ Id: string; Billing_Contact__c: string }>(
      `SELECT Id, Billing_Contact__c FROM Account WHERE Billing_Contact__c IN ${soqlList(page)}`,
    );
    for (const { Id, Billing_Contact__c: contact } of rows)
      naming.set(contact, [...(naming.get(contact) ?? []), Id]);
  }
  return naming;
}

const CURSOR = 'crm-sweep-Contact';

interface ContactRow {
  Id: string;
  AccountId: string | null;
  SystemModstamp: string;
  /** Accounts that name it as their billing contact. */
  Invoiced_Accounts__r: { done: boolean; records: { Id: string }[] } | null;
}

/** Looks for Contacts that changed since the last time, for what no event told. Returns how many customers are marked. */
export async function sweepContacts(engine: Engine): Promise<number> {
  const from = (await readCursor(engine.database, CURSOR)) ?? engine.now().toISOString();
  const since = new Date(Date.parse(from) - OVERLAP_MS).toISOString();
  const rows = await engine.org.query<ContactRow>(
    'SELECT Id, AccountId, SystemModstamp, (SELECT Id FROM Invoiced_Accounts__r) FROM Contact ' +
      `WHERE SystemModstamp >= ${since} ORDER BY SystemModstamp, Id`,
  );
  // A nested list may be too long for one answer.
  const cut = rows.filter(({ Invoiced_Accounts__r: those }) => those?.done === false).map(({ Id }) => Id);
  const naming = await accountsNaming(engine, cut);
  let marked = 0;
  for (const row of rows) {
    const those = naming.get(row.Id) ?? row.Invoiced_Accounts__r?.records.map(({ Id }) => Id) ?? [];
    const accounts = [...(row.AccountId ? [row.AccountId] : []), ...those];
    for (const { entity, crmId } of await knownAlive(engine.database, ['customer'], accounts)) {
      const isNew = await receiveEvent(engine.database, {
        source: 'salesforce',
        eventId: `${eventIdOf('Contact', row, engine.now())}/${crmId}`,
        type: 'Contact changed',
        subject: { entity, crmId },
        occurredAt: orgTime(row.SystemModstamp),
        payload: { Id: row.Id, AccountId: row.AccountId, SystemModstamp: row.SystemModstamp },
      });
      if (isNew) marked += 1;
    }
  }
  const newest = rows.length > 0 ? orgTime(rows.at(-1)!.SystemModstamp).toISOString() : from;
  await moveCursor(engine.database, CURSOR, newest > from ? newest : from);
  return marked;
}
