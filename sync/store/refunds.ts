import { toMinorUnits } from '../domain/money.ts';
import type { Database } from './database.ts';
import type { ClaimedRecord } from './syncRecords.ts';

/**
 * What went back to the customer of each invoice, in minor units, by Stripe's id of the invoice; Stripe's invoice does not
 * say. Those that failed or were canceled do not count, nor do those of what never counted for the invoice.
 */
export async function refundedAmounts(database: Database, stripeIds: string[]): Promise<Map<string, number>> {
  const { rows } = await database.pool.query<{ invoice: string; amount: string; currency: string }>(
    `SELECT base ->> 'invoiceId' AS invoice, base ->> 'Currency__c' AS currency,
            sum((base ->> 'Amount__c')::numeric) AS amount
     FROM sync_record
     WHERE entity = 'refund' AND base ->> 'invoiceId' = ANY($1) AND base ->> 'Status__c' IN ('Succeeded', 'Pending')
       AND base ->> 'uncounted' IS NULL
     GROUP BY 1, 2`,
    [stripeIds],
  );
  return new Map(rows.map(({ invoice, amount, currency }) => [invoice, toMinorUnits(amount, currency)]));
}

/**
 * Keeps what a refund says now and has its invoice and its payment looked at, in one commit: of a refund that fails
 * after all, no event of the payment tells.
 */
export async function noteRefund(
  database: Database,
  record: ClaimedRecord,
  { base, invoiceId, paymentId }: { base: unknown; invoiceId: string | null; paymentId?: string },
): Promise<void> {
  await database.pool.query(
    `WITH noted AS (UPDATE sync_record SET base = $2 WHERE id = $1)
     SELECT mark_dirty(entity, stripe_id, NULL, 'stripe')
     FROM (VALUES ('invoice', $3::text), ('payment', $4)) AS concerned (entity, stripe_id) WHERE stripe_id IS NOT NULL`,
    [record.id, JSON.stringify(base), invoiceId, paymentId ?? null],
  );
}

/** Whether a refund has failed or was canceled, as far as we know. */
export async function isRefundUndone(database: Database, stripeId: string): Promise<boolean> {
  const { rowCount } = await database.pool.query(
    `SELECT FROM sync_record
     WHERE entity = 'refund' AND stripe_id = $1 AND base ->> 'Status__c' IN ('Failed', 'Canceled')`,
    [stripeId],
  );
  return rowCount === 1;
}
