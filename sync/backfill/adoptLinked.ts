import { queryPages } from '../audit/auditRow.ts';
import { orgObjects, type SyncEntity } from '../domain/entity.ts';
import { joinPairs } from '../store/importedRecords.ts';
import { note, type BackfillContext } from './context.ts';

const FIELDS: Record<string, string> = {
  product: 'Stripe_Product_Id__c',
  price: 'Stripe_Price_Id__c',
  tax_rate: 'Stripe_Tax_Rate_Id__c',
  invoice: 'Stripe_Invoice_Id__c',
  payment: 'Stripe_Payment_Id__c',
  refund: 'Stripe_Payment_Id__c',
  credit_note: 'Stripe_Credit_Note_Id__c',
};

// A payment's record and a refund's are of one object; Stripe's ids tell them apart.
const PREFIX: Partial<Record<SyncEntity, string>> = { payment: 'pi_', refund: 're_' };

/**
 * Makes pairs of the org's records that carry an id of Stripe and are not known: of an installation before this one,
 * or of a backfill that was killed between writing and storing. The engine merges them; nothing overwrites them.
 */
export async function adoptLinked(context: BackfillContext, entity: SyncEntity): Promise<void> {
  const field = FIELDS[entity]!;
  const prefix = PREFIX[entity];
  const { engine, dry } = context;
  const soql = `SELECT Id, ${field} FROM ${orgObjects[entity]} WHERE ${field} != null`;
  for await (const rows of queryPages<{ Id: string } & Record<string, string>>(engine.org, soql)) {
    const pairs = rows
      .map((row) => ({ crmId: row.Id, stripeId: row[field]! }))
      .filter(({ stripeId }) => !prefix || stripeId.startsWith(prefix));
    if (dry) await dry.notePairs(entity, pairs);
    if (dry || pairs.length === 0) continue;
    const joined = await joinPairs(engine.database, entity, pairs);
    for (const { crmId, stripeId } of pairs) {
      if (!joined.has(crmId)) continue;
      note(context, { entity, outcome: 'update', stripeId, crmId, fields: [], note: 'left to the engine' });
    }
  }
}
