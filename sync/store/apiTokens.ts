import { createHash } from 'node:crypto';
import type { Database } from './database.ts';
import { ApiTokenSchema } from './entities.ts';

const hash = (token: string) => createHash('sha256').update(token).digest();

/** Stores the SHA-256 of a bearer token; storing the same token again renews its label and org. */
export async function storeApiToken(
  database: Database,
  { orgId, label, token }: { orgId: string; label: string; token: string },
): Promise<void> {
  await database.dataSource
    .getRepository(ApiTokenSchema)
    .upsert({ token_hash: hash(token), org_id: orgId, label, expires_at: null }, ['token_hash']);
}

/** The org a bearer token speaks for, or undefined for a token that is unknown or has expired. */
export async function orgOfToken(database: Database, token: string): Promise<string | undefined> {
  const { rows } = await database.pool.query<{ org_id: string }>(
    'SELECT org_id FROM api_token WHERE token_hash = $1 AND (expires_at IS NULL OR expires_at > now())',
    [hash(token)],
  );
  return rows[0]?.org_id;
}
