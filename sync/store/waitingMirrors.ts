import type { Database } from './database.ts';

/** The base of a payment, refund or credit note that has no record in the org while its invoice is deleted there. */
export const waitsFor = (stripeInvoiceId: string) => ({ waitsForInvoice: stripeInvoiceId });

/** Marks what waits for an invoice that is in the org again. */
export async function retryWaitingFor(database: Database, stripeInvoiceId: string): Promise<void> {
  await database.pool.query(
    `SELECT mark_dirty(entity, stripe_id, crm_id, 'stripe') FROM sync_record
     WHERE base ->> 'waitsForInvoice' = $1`,
    [stripeInvoiceId],
  );
}
