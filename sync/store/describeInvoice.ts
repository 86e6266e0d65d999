import type { InvoiceSnapshot } from '../domain/crmSnapshot.ts';
import { knownActions } from '../domain/knownActions.ts';
import { isPaidThroughLink } from '../domain/paymentLink.ts';
import type { Database } from './database.ts';
import { linkPaymentsOf } from './paymentLinks.ts';
import { firstSentAt } from './sentInvoices.ts';
import { findRecord } from './syncRecords.ts';

/** What the engine knows of an invoice: its pair, its state in words, what can be done with it, what was written and who asked. */
export async function describeInvoice(database: Database, crmId: string): Promise<object | undefined> {
  const record = await findRecord(database, 'invoice', crmId);
  if (!record) return undefined;
  const { rows: changes } = await database.pool.query(
    `SELECT side, object, object_id AS "objectId", field, from_value AS "from", to_value AS "to", at,
            command_id AS "commandId"
     FROM change WHERE record_id = $1 ORDER BY id DESC LIMIT 50`,
    [record.id],
  );
  const { rows: conflicts } = await database.pool.query(
    `SELECT field, stripe_value AS "stripe", crm_value AS "salesforce", winner, at
     FROM conflict WHERE record_id = $1 ORDER BY id DESC LIMIT 50`,
    [record.id],
  );
  const { rows: commands } = await database.pool.query(
    `SELECT id, kind, status, stage, acting_user AS "actingUser", created_at AS "createdAt",
            finished_at AS "finishedAt", error
     FROM command WHERE crm_id = $1 OR ids && ARRAY[$1] ORDER BY created_at DESC LIMIT 20`,
    [crmId],
  );
  const sentAt = record.sent_at ?? (await sentAtOf(database, record.stripe_id));
  const snapshot = record.crm_snapshot as InvoiceSnapshot | null;
  const linkPayments = await linkPaymentsOf(database, record.stripe_id ? [record.stripe_id] : []);
  return {
    id: crmId,
    stripeId: record.stripe_id,
    syncState: record.state,
    lastSyncedAt: record.last_synced_at,
    sentAt,
    // Of a record that was never synced, nothing is known.
    actions: snapshot?.status
      ? knownActions(snapshot, {
          sentAt: sentAt?.toISOString() ?? null,
          isPaidThroughLink: isPaidThroughLink(linkPayments),
        })
      : null,
    error: record.error_code && {
      code: record.error_code,
      stage: record.error_stage,
      message: record.error_message,
      attempts: record.attempts,
      nextAttemptAt: record.state === 'dirty' ? record.next_attempt_at : null,
    },
    changes,
    conflicts,
    commands,
  };
}

async function sentAtOf(database: Database, stripeId: string | null): Promise<Date | null> {
  return (stripeId && (await firstSentAt(database, [stripeId])).get(stripeId)) || null;
}
