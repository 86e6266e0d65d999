import type { StripeInvoice } from '../domain/invoice.ts';
import type { Chain } from '../domain/planCrmInvoice.ts';
import type { Database } from './database.ts';

type Revision = Pick<StripeInvoice, 'id' | 'revisionOf' | 'status'>;

/** Notes which of the invoices replace another one, and whether they do so by now. */
export async function noteRevisions(database: Database, invoices: Revision[]): Promise<void> {
  const revisions = invoices.filter(({ revisionOf }) => revisionOf !== null);
  if (revisions.length === 0) return;
  await database.pool.query(
    `INSERT INTO invoice_revision AS known (stripe_id, revision_of, finalized)
     SELECT * FROM unnest($1::text[], $2::text[], $3::boolean[]) ORDER BY 1
     ON CONFLICT (stripe_id) DO UPDATE SET finalized = excluded.finalized, told = false
     WHERE known.finalized IS DISTINCT FROM excluded.finalized`,
    [
      revisions.map(({ id }) => id),
      revisions.map(({ revisionOf }) => revisionOf),
      revisions.map(({ status }) => status !== 'draft'),
    ],
  );
}

/** What each invoice replaces, and which one stands in its place now, by the org's ids as far as the org has them. */
export async function chainsOf(database: Database, stripeIds: string[]): Promise<Map<string, Chain>> {
  const { rows } = await database.pool.query<Chain & { stripeId: string }>(
    `WITH RECURSIVE later AS (
       SELECT revision_of AS first, stripe_id, finalized, 1 AS depth
       FROM invoice_revision WHERE revision_of = ANY($1)
       UNION ALL
       SELECT later.first, next.stripe_id, next.finalized, later.depth + 1
       FROM later JOIN invoice_revision next ON next.revision_of = later.stripe_id
     ), latest AS (
       SELECT DISTINCT ON (first) first, stripe_id FROM later WHERE finalized ORDER BY first, depth DESC
     )
     SELECT asked.id AS "stripeId", earlier.crm_id AS "revisionOf", newest.crm_id AS "latestRevision"
     FROM unnest($1::text[]) AS asked(id)
     LEFT JOIN invoice_revision mine ON mine.stripe_id = asked.id
     LEFT JOIN sync_record earlier
       ON earlier.entity = 'invoice' AND earlier.stripe_id = mine.revision_of AND earlier.crm_gone_at IS NULL
     LEFT JOIN latest ON latest.first = asked.id
     LEFT JOIN sync_record newest
       ON newest.entity = 'invoice' AND newest.stripe_id = latest.stripe_id AND newest.crm_gone_at IS NULL`,
    [stripeIds],
  );
  return new Map(
    rows.map(({ stripeId, revisionOf, latestRevision }) => [stripeId, { revisionOf, latestRevision }]),
  );
}

/**
 * Has the earlier ones of each chain show what the org has now, and the later ones too where an earlier one has come to
 * the org after them.
 */
export async function tellChains(
  database: Database,
  { written, firstWritten }: { written: string[]; firstWritten: string[] },
): Promise<void> {
  await database.pool.query(
    `WITH RECURSIVE told AS (
       UPDATE invoice_revision SET told = true WHERE stripe_id = ANY($1) AND NOT told RETURNING revision_of
     ), earlier AS (
       SELECT revision_of AS id FROM told
       UNION
       SELECT before.revision_of FROM earlier JOIN invoice_revision before ON before.stripe_id = earlier.id
     )
     SELECT mark_dirty('invoice', id, NULL, 'stripe') FROM (
       SELECT id FROM earlier UNION SELECT stripe_id FROM invoice_revision WHERE revision_of = ANY($2) ORDER BY 1
     ) AS chain`,
    [written, firstWritten],
  );
}

/** The revisions of an invoice that were drafts when they were last seen. */
export async function draftRevisions(database: Database, stripeId: string): Promise<string[]> {
  const { rows } = await database.pool.query<{ stripe_id: string }>(
    'SELECT stripe_id FROM invoice_revision WHERE revision_of = $1 AND NOT finalized ORDER BY 1',
    [stripeId],
  );
  return rows.map(({ stripe_id }) => stripe_id);
}
