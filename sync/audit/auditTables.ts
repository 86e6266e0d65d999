import type pg from 'pg';
import type { SyncEntity } from '../domain/entity.ts';
import type { AuditedKind, AuditLine, AuditRow } from './auditRow.ts';

export type DifferenceKind =
  | 'differs'
  | 'not_linked'
  | 'missing_in_stripe'
  | 'missing_in_salesforce'
  | 'duplicate_in_stripe'
  | 'duplicate_in_salesforce'
  /** No difference: the match queue has its customer. */
  | 'undecided'
  /** No difference: a person wants it so, or it is a product that the org has not taken up. */
  | 'left_alone';

const NO_DIFFERENCE: readonly DifferenceKind[] = ['undecided', 'left_alone'];
export const isDifference = (kind: DifferenceKind): boolean => !NO_DIFFERENCE.includes(kind);

export interface FoundPair {
  id: number;
  kind: DifferenceKind;
  stripeId: string | null;
  crmId: string | null;
  stripe: Record<string, unknown> | null;
  crm: Record<string, unknown> | null;
}

export interface CurrencySums {
  currency: string;
  side: 'stripe' | 'salesforce';
  count: number;
  /** Decimals of the currency's major unit, added up by the database. */
  total: string;
  amountPaid: string;
  amountRemaining: string;
}

const PAGE = 200;

/**
 * Both sides of one kind of record in temporary tables, which are never logged and end with the connection: however
 * many records there are, this process holds one page of them.
 */
export class AuditTables {
  private readonly client: pg.ClientBase;

  constructor(client: pg.ClientBase) {
    this.client = client;
  }

  /** Begins anew, with empty tables. */
  async reset(): Promise<void> {
    await this.drop();
    await this.client.query(`
      CREATE TEMP TABLE audit_stripe (id text COLLATE "C" PRIMARY KEY, other_id text COLLATE "C", currency text, fields jsonb, optional boolean, customer_id text);
      CREATE TEMP TABLE audit_crm (LIKE audit_stripe INCLUDING INDEXES);
      CREATE TEMP TABLE audit_crm_line (invoice_id text COLLATE "C", line_id text, terms jsonb);
      CREATE TEMP TABLE audit_difference (id int GENERATED ALWAYS AS IDENTITY, kind text, stripe_id text COLLATE "C", crm_id text COLLATE "C");
      CREATE INDEX ON audit_stripe (other_id);
      CREATE INDEX ON audit_crm (other_id);
      CREATE INDEX ON audit_crm_line (invoice_id);
    `);
  }

  async drop(): Promise<void> {
    await this.client.query('DROP TABLE IF EXISTS audit_stripe, audit_crm, audit_crm_line, audit_difference');
  }

  /** A record that moved between two pages while they were read comes twice: the later reading counts. */
  async add(side: 'stripe' | 'crm', rows: AuditRow[]): Promise<void> {
    await this.client.query(
      `INSERT INTO audit_${side} (id, other_id, currency, fields, optional, customer_id)
       SELECT DISTINCT ON (id) id, "otherId", currency, fields, coalesce(optional, false), "customerId"
       FROM jsonb_to_recordset($1)
         AS row (id text, "otherId" text, currency text, fields jsonb, optional boolean, "customerId" text)
       ON CONFLICT (id) DO UPDATE SET other_id = excluded.other_id, currency = excluded.currency, fields = excluded.fields,
         optional = excluded.optional, customer_id = excluded.customer_id`,
      [JSON.stringify(rows)],
    );
  }

  async addLines(lines: AuditLine[]): Promise<void> {
    await this.client.query(
      `INSERT INTO audit_crm_line SELECT "invoiceId", "lineId", terms
       FROM jsonb_to_recordset($1) AS row ("invoiceId" text, "lineId" text, terms jsonb)`,
      [JSON.stringify(lines)],
    );
  }

  async remove({ stripeIds, crmIds }: { stripeIds: string[]; crmIds: string[] }): Promise<void> {
    await this.client.query('DELETE FROM audit_stripe WHERE id = ANY($1)', [stripeIds]);
    await this.client.query('DELETE FROM audit_crm WHERE id = ANY($1) OR other_id = ANY($2)', [
      crmIds,
      stripeIds,
    ]);
    await this.client.query('DELETE FROM audit_crm_line WHERE invoice_id = ANY($1)', [crmIds]);
  }

  /** Joins both sides and keeps what differs, and what waits or is left alone. Returns how much it found. */
  async compare({ entity, withLines }: { entity: SyncEntity; withLines: boolean }): Promise<number> {
    if (withLines) {
      await this.client.query(`
        UPDATE audit_crm SET fields = fields || jsonb_build_object('lines', line.count, 'linesAmount', line.amount, 'lineTerms', line.terms)
        FROM (SELECT audit_crm.id, count(invoice_id) AS count, coalesce(sum((terms ->> 'amount')::numeric), 0) AS amount,
                     coalesce(jsonb_object_agg(line_id, terms) FILTER (WHERE line_id IS NOT NULL), '{}') AS terms
              FROM audit_crm LEFT JOIN audit_crm_line ON invoice_id = audit_crm.id GROUP BY audit_crm.id) line
        WHERE line.id = audit_crm.id`);
    }
    await this.client.query('TRUNCATE audit_difference; ANALYZE audit_stripe; ANALYZE audit_crm');
    const { rowCount } = await this.client.query(COMPARE, [entity]);
    return rowCount ?? 0;
  }

  /** What was found in the order of Stripe's ids, a page at a time; `unsettled`: without what is no difference. */
  async *found({ unsettled = false } = {}): AsyncGenerator<FoundPair[]> {
    let after = 0;
    for (;;) {
      const { rows } = await this.client.query<FoundPair>(
        `SELECT found.id, kind, stripe_id AS "stripeId", crm_id AS "crmId", s.fields AS stripe, c.fields AS crm
         FROM audit_difference found
         LEFT JOIN audit_stripe s ON s.id = stripe_id LEFT JOIN audit_crm c ON c.id = crm_id
         WHERE found.id > $1 AND kind <> ALL($3) ORDER BY found.id LIMIT $2`,
        [after, PAGE, unsettled ? NO_DIFFERENCE : []],
      );
      if (rows.length > 0) yield rows;
      if (rows.length < PAGE) return;
      after = rows.at(-1)!.id;
    }
  }

  async counts(): Promise<{ stripe: number; salesforce: number }> {
    const { rows } = await this.client.query<{ stripe: number; salesforce: number }>(
      'SELECT (SELECT count(*)::int FROM audit_stripe) AS stripe, (SELECT count(*)::int FROM audit_crm) AS salesforce',
    );
    return rows[0]!;
  }

  async sums(): Promise<CurrencySums[]> {
    const of = (side: string, table: string) =>
      `SELECT currency, '${side}' AS side, count(*)::int AS count, ${sum('total')} AS total,
              ${sum('amountPaid')} AS "amountPaid", ${sum('amountRemaining')} AS "amountRemaining"
       FROM ${table} WHERE currency IS NOT NULL GROUP BY currency`;
    const { rows } = await this.client.query<CurrencySums>(
      `${of('stripe', 'audit_stripe')} UNION ALL ${of('salesforce', 'audit_crm')} ORDER BY currency, side DESC`,
    );
    return rows;
  }

  /** Marks what differs dirty: all of it, or only what is in a known pair. Returns how many records. */
  async heal({ entity, takesInNew }: Pick<AuditedKind, 'entity' | 'takesInNew'>): Promise<number> {
    const { rowCount } = await this.client.query(
      `SELECT mark_dirty($1, stripe_id, crm_id, 'salesforce') FROM audit_difference
       WHERE kind <> ALL($3) AND ($2
         OR EXISTS (SELECT FROM sync_record r WHERE r.entity = $1 AND r.stripe_id = audit_difference.stripe_id)
         OR EXISTS (SELECT FROM sync_record r WHERE r.entity = $1 AND r.crm_id = audit_difference.crm_id))`,
      [entity, takesInNew, NO_DIFFERENCE],
    );
    return rowCount ?? 0;
  }
}

const sum = (field: string) => `coalesce(sum((fields ->> '${field}')::numeric), 0)::text`;

// An org's record without Stripe's id belongs to the Stripe object that carries its id, if there is one: a link that
// was lost. A second Stripe object with the id of a record that is linked with another one is a duplicate.
const COMPARE = `
  WITH pair AS (
    SELECT id AS crm_id, other_id, fields,
           coalesce(other_id, (SELECT min(s.id) FROM audit_stripe s WHERE s.other_id = audit_crm.id)) AS stripe_id
    FROM audit_crm
  ), found AS (
    SELECT CASE
        WHEN EXISTS (SELECT FROM audit_crm twin WHERE twin.other_id = pair.other_id AND twin.id < pair.crm_id)
          THEN 'duplicate_in_salesforce'
        WHEN s.id IS NULL THEN 'missing_in_stripe'
        WHEN pair.other_id IS NULL THEN 'not_linked'
        -- The amount of an entry that is off sale comes to Stripe when it is on sale again.
        WHEN $1 = 'price' AND NOT ((s.fields -> 'active')::boolean OR (pair.fields -> 'active')::boolean)
          AND s.fields - 'unitPrice' = pair.fields - 'unitPrice' THEN NULL
        WHEN s.fields IS DISTINCT FROM pair.fields THEN 'differs'
      END AS kind, pair.stripe_id, pair.crm_id
    FROM pair LEFT JOIN audit_stripe s ON s.id = pair.stripe_id
    UNION ALL
    SELECT CASE
        WHEN EXISTS (SELECT FROM audit_crm c WHERE c.id = s.other_id) THEN 'duplicate_in_stripe'
        WHEN customer.state = 'ignored' THEN 'left_alone'
        WHEN customer.state IN ('open', 'resolving') THEN 'undecided'
        -- The org keeps the catalogue: lines that name such a product come over without one.
        WHEN $1 = 'product' AND NOT EXISTS (SELECT FROM sync_record r WHERE r.entity = $1 AND r.stripe_id = s.id
                                              AND r.crm_id IS NOT NULL) THEN 'left_alone'
        ELSE 'missing_in_salesforce'
      END, s.id, NULL
    FROM audit_stripe s LEFT JOIN match_case customer ON customer.stripe_id = s.customer_id
    WHERE NOT s.optional AND NOT EXISTS (SELECT FROM pair WHERE pair.stripe_id = s.id)
      -- Deleted in the org by a person, or merged, and that was followed: it is not made there again. Nor is what
      -- belongs to a deleted invoice.
      AND NOT EXISTS (SELECT FROM sync_record r WHERE r.entity = $1 AND r.stripe_id = s.id
                        AND (r.crm_gone_at IS NOT NULL OR r.base ? 'waitsForInvoice') AND r.state <> 'parked')
  )
  INSERT INTO audit_difference (kind, stripe_id, crm_id)
  SELECT kind, stripe_id, crm_id FROM found WHERE kind IS NOT NULL ORDER BY stripe_id, crm_id`;
