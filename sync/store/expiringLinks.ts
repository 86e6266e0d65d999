import type { Database } from './database.ts';
import { markAllDirty } from './syncRecords.ts';

// Stripe's addresses of an invoice hold until 30 days after it is due, and 120 days after it was finalized at the most:
// https://docs.stripe.com/invoicing/hosted-invoice-page. Whoever reads the invoice after that gets others.
const HOLDS_DAYS = 30;
const HOLDS_DAYS_AT_MOST = 120;
// What was read so lately is left alone, and what expires within this time is read.
const AHEAD_DAYS = 7;
const MOST_AT_ONCE = 500;

/** Marks open invoices whose addresses in the org have expired, or are about to. Returns how many there were. */
export async function markExpiringLinks(database: Database): Promise<number> {
  const { rows } = await database.pool.query<{ stripe_id: string }>(
    `SELECT stripe_id FROM sync_record,
       LATERAL (SELECT (crm_snapshot -> 'terms' ->> 'dueDate')::date AS due,
                       (crm_snapshot -> 'fields' ->> 'Finalized_At__c')::timestamptz AS finalized) dates
     WHERE entity = 'invoice' AND state = 'clean' AND last_synced_at < now() - make_interval(days => $1)
       AND stripe_gone_at IS NULL AND crm_gone_at IS NULL AND crm_snapshot ->> 'status' = 'open'
       AND now() > least(coalesce(due, finalized) + make_interval(days => $2), finalized + make_interval(days => $3))
                   - make_interval(days => $1)
     ORDER BY last_synced_at LIMIT $4`,
    [AHEAD_DAYS, HOLDS_DAYS, HOLDS_DAYS_AT_MOST, MOST_AT_ONCE],
  );
  await markAllDirty(database, 'invoice', { stripeIds: rows.map(({ stripe_id }) => stripe_id) });
  return rows.length;
}
