import type { InvoiceBase } from '../domain/invoice.ts';
import { RetryableFailure } from '../failure.ts';
import type { Database } from './database.ts';
import type { ClaimedRecord } from './syncRecords.ts';

/**
 * Notes which fields are about to be written to Stripe, until the sync is settled: a worker that is killed in between leaves
 * both sides different, and only the note tells whose value is the newer one. Something else than the last time is other
 * work, whose key has to be another one.
 */
export async function noteWriting(
  database: Database,
  record: ClaimedRecord,
  fields: Record<string, unknown>,
): Promise<void> {
  const { rows } = await database.pool.query<{ version: string }>(
    `UPDATE sync_record SET intents = intents || jsonb_build_object('writing', $3::jsonb),
       version = version + CASE WHEN coalesce(intents -> 'writing', $3::jsonb) = $3::jsonb THEN 0 ELSE 1 END
     WHERE id = $1 AND lease_owner = $2 RETURNING version`,
    [record.id, record.leaseOwner, JSON.stringify(fields)],
  );
  if (!rows[0]) throw leaseLost();
  record.version = rows[0].version;
  record.intents.writing = fields;
}

/**
 * Notes what both sides say as soon as they do, before the sync is settled: an edit that is made meanwhile then shows as
 * one. `first` is for a row that has no base yet; `lines`, by the org's ids, take the place of what it says of them.
 * Returns whether the row is still ours.
 */
export async function noteInBase(
  database: Database,
  record: ClaimedRecord,
  { first, lines, sent }: { first: InvoiceBase } & Pick<InvoiceBase, 'lines' | 'sent'>,
): Promise<boolean> {
  const { rowCount } = await database.pool.query(
    `UPDATE sync_record SET
       base = jsonb_set(coalesce(base, $3), '{lines}', (coalesce(base, $3) -> 'lines') || $4) || $5
     WHERE id = $1 AND lease_owner = $2`,
    [record.id, record.leaseOwner, JSON.stringify(first), JSON.stringify(lines), JSON.stringify({ sent })],
  );
  return rowCount === 1;
}

export const leaseLost = () =>
  new RetryableFailure({
    code: 'busy',
    stage: 'store',
    message: 'It took so long that somebody else has taken it over. It is tried again by itself.',
  });
