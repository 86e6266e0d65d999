import type { Database } from './database.ts';

/** A customer whose invoices are on an Account's statement. */
export interface StatementCustomer {
  stripeId: string | null;
  /** False of one whose own Account was merged into the one that is asked for. */
  isOwn: boolean;
  mergedInto: string | null;
  crmGone: boolean;
}

/** The Account's own customer first, then those of Accounts that were merged into it. */
export async function statementCustomers(
  database: Database,
  accountId: string,
): Promise<StatementCustomer[]> {
  const { rows } = await database.pool.query<StatementCustomer>(
    `SELECT stripe_id AS "stripeId", crm_id IS NOT DISTINCT FROM $1 AS "isOwn", merged_into AS "mergedInto",
       crm_gone_at IS NOT NULL AS "crmGone"
     FROM sync_record WHERE entity = 'customer' AND (crm_id = $1 OR merged_into = $1)
     ORDER BY 2 DESC, id`,
    [accountId],
  );
  return rows;
}

/** Of payments from outside that stand for a payment through a link: that payment, by the id of the record. */
export async function paymentsBehind(database: Database, invoices: string[]): Promise<Map<string, string>> {
  if (invoices.length === 0) return new Map();
  const { rows } = await database.pool.query<{ record: string; intent: string }>(
    `SELECT payment_record AS record, payment_intent AS intent FROM link_payment
     WHERE invoice = ANY($1) AND payment_record IS NOT NULL`,
    [invoices],
  );
  return new Map(rows.map(({ record, intent }) => [record, intent]));
}
