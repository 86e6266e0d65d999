import type { Database } from './database.ts';

/** A reminder that a schedule asked for: kept with its command, so that it is asked for once. */
export interface ScheduledReminder {
  /** Days from the due date; before it, it is negative. */
  offset: number;
  /** The account's day on which it is due, YYYY-MM-DD. */
  day: string;
}

export interface DueInvoice {
  crmId: string;
  stripeId: string;
}

/** An open invoice of which the schedule has not asked for this reminder yet, by what the org showed last. */
export async function invoicesToRemind(
  database: Database,
  { after, until, key, limit }: { after: Date; until: Date; key: string; limit: number },
): Promise<DueInvoice[]> {
  const { rows } = await database.pool.query<DueInvoice>(
    `SELECT crm_id AS "crmId", stripe_id AS "stripeId" FROM sync_record
     WHERE entity = 'invoice' AND crm_snapshot ->> 'status' = 'open'
       AND crm_snapshot -> 'fields' ->> 'Due_At__c' > $1 AND crm_snapshot -> 'fields' ->> 'Due_At__c' <= $2
       AND crm_id IS NOT NULL AND crm_gone_at IS NULL
       AND NOT EXISTS (SELECT FROM command WHERE kind = 'remind' AND crm_id = sync_record.crm_id
                       AND idempotency_key = $3 || stripe_id)
     ORDER BY id LIMIT $4`,
    [after.toISOString(), until.toISOString(), key, limit],
  );
  return rows;
}

/** How many reminders of the schedule are still to be carried out. */
export async function remindersUnderWay(database: Database): Promise<number> {
  const { rows } = await database.pool.query<{ count: number }>(
    `SELECT count(*)::int AS count FROM command WHERE status = 'running' AND kind = 'remind' AND params ? 'reminder'`,
  );
  return rows[0]!.count;
}

export interface Reminded {
  count: number;
  /** ISO 8601. */
  lastAt: string;
}

/** The reminders that went out, by the org's id of the invoice; those with none are absent. */
export async function remindedInvoices(database: Database, crmIds: string[]): Promise<Map<string, Reminded>> {
  const { rows } = await database.pool.query<{ crm_id: string; count: number; last: string }>(
    `SELECT crm_id, count(*)::int AS count, max(state ->> 'remindedAt') AS last FROM command
     WHERE kind = 'remind' AND state ? 'remindedAt' AND crm_id = ANY($1) GROUP BY crm_id`,
    [crmIds],
  );
  return new Map(rows.map(({ crm_id, count, last }) => [crm_id, { count, lastAt: last }]));
}

/** When Stripe last mailed an invoice, whoever had it do so; null when no event told of a mail. */
export async function lastMailedAt(database: Database, stripeId: string): Promise<Date | null> {
  const { rows } = await database.pool.query<{ at: Date | null }>(
    `SELECT max(occurred_at) AS at FROM inbox_event
     WHERE source = 'stripe' AND type = 'invoice.sent' AND object_id = $1`,
    [stripeId],
  );
  return rows[0]!.at;
}
