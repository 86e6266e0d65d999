import type { Database } from './database.ts';

export type DocumentKind = 'pdf' | 'receipt';

export interface WantedDocument {
  kind: DocumentKind;
  /** Of the invoice, or of the payment. */
  stripeId: string;
  /** The org's record that the file belongs to. */
  crmId: string;
  /** What the document shows; another text asks for a new version of the file. */
  wanted: string;
}

export interface DueDocument extends WantedDocument {
  /** Which version of the file this is: with it a repeated upload is known for one. */
  version: number;
  /** The file (ContentDocument) that the org has of it already. */
  fileId: string | null;
  attempts: number;
}

// For as long as a download and an upload may take.
const LEASE_SECONDS = 180;
// With growing pauses that is about a day; a newer version begins anew.
const MOST_ATTEMPTS = 30;

/** Notes what the org shall hold; what it holds already, or is noted, changes nothing. */
export async function wantDocuments(database: Database, documents: WantedDocument[]): Promise<void> {
  if (documents.length === 0) return;
  await database.pool.query(
    `INSERT INTO document (kind, stripe_id, crm_id, wanted)
     SELECT kind, "stripeId", "crmId", wanted
     FROM jsonb_to_recordset($1) AS row (kind text, "stripeId" text, "crmId" text, wanted text)
     ORDER BY 1, 2
     ON CONFLICT (kind, stripe_id) DO UPDATE SET
       wanted = excluded.wanted, crm_id = excluded.crm_id, version = document.version + 1, attempts = 0,
       next_attempt_at = now(), error = NULL
     WHERE document.wanted <> excluded.wanted`,
    [JSON.stringify(documents)],
  );
}

/** Takes the documents that have waited longest, under a lease. */
export async function claimDocuments(database: Database, limit: number): Promise<DueDocument[]> {
  const { rows } = await database.pool.query<DueDocument>(
    `UPDATE document SET lease_until = now() + make_interval(secs => $2)
     WHERE (kind, stripe_id) IN (
       SELECT kind, stripe_id FROM document
       WHERE stored IS DISTINCT FROM wanted AND next_attempt_at <= now() AND attempts < $3
         AND (lease_until IS NULL OR lease_until < now())
       ORDER BY next_attempt_at LIMIT $1 FOR UPDATE SKIP LOCKED)
     RETURNING kind, stripe_id AS "stripeId", crm_id AS "crmId", wanted, version, file_id AS "fileId", attempts`,
    [limit, LEASE_SECONDS, MOST_ATTEMPTS],
  );
  return rows;
}

/** The org holds it; what became wanted meanwhile is still due. */
export async function noteStored(
  database: Database,
  { kind, stripeId, wanted }: DueDocument,
  fileId: string,
): Promise<void> {
  await database.pool.query(
    `UPDATE document SET stored = $3, file_id = $4, lease_until = NULL, error = NULL WHERE kind = $1 AND stripe_id = $2`,
    [kind, stripeId, wanted, fileId],
  );
}

/** Puts it back for a later try; given up, it waits until the document changes. */
export async function noteNotStored(
  database: Database,
  { kind, stripeId }: DueDocument,
  {
    error,
    delayMs,
    giveUp,
    forgetFile,
  }: { error: string; delayMs: number; giveUp: boolean; forgetFile: boolean },
): Promise<void> {
  await database.pool.query(
    `UPDATE document SET attempts = CASE WHEN $6 THEN $7 ELSE attempts + 1 END, error = $3, lease_until = NULL,
       next_attempt_at = now() + make_interval(secs => $4::float8 / 1000),
       file_id = CASE WHEN $5 THEN NULL ELSE file_id END
     WHERE kind = $1 AND stripe_id = $2`,
    [kind, stripeId, error, delayMs, forgetFile, giveUp, MOST_ATTEMPTS],
  );
}

/** A document that the org does not have yet although it was tried, and why. */
export interface MissingDocument {
  document: DocumentKind;
  stripeId: string;
  crmId: string;
  error: string;
  /** Whether it is tried again by itself. */
  triedAgain: boolean;
}

const MOST_SHOWN = 20;

/** Those that were given up first. */
export async function missingDocuments(database: Database): Promise<MissingDocument[]> {
  const { rows } = await database.pool.query<MissingDocument>(
    `SELECT kind AS document, stripe_id AS "stripeId", crm_id AS "crmId", error, attempts < $1 AS "triedAgain"
     FROM document WHERE stored IS DISTINCT FROM wanted AND error IS NOT NULL
     ORDER BY attempts < $1, stripe_id, kind LIMIT $2`,
    [MOST_ATTEMPTS, MOST_SHOWN],
  );
  return rows;
}
