import { randomBytes } from 'node:crypto';
import { parseArgs } from 'node:util';
import { openDatabase } from '../sync/store/database.ts';
import { storeApiToken } from '../sync/store/apiTokens.ts';
import { loadDatabaseUrl } from './config.ts';

/** Registers a bearer token of the org; only its hash is stored. A second one may be valid meanwhile. */
export async function registerApiToken(
  databaseUrl: string,
  { orgId, label, token }: { orgId: string; label: string; token: string },
): Promise<void> {
  const database = await openDatabase(databaseUrl, 1);
  try {
    await storeApiToken(database, { orgId, label, token });
  } finally {
    await database.close();
  }
}

/** `npm run token -- --org 00D... --label "..."` makes a token and prints it once. */
async function main(): Promise<void> {
  const { values } = parseArgs({
    options: { org: { type: 'string' }, label: { type: 'string', default: 'org' } },
  });
  if (!values.org)
    throw new Error('Name the org: npm run token -- --org 00D... (Setup > Company Information)');
  const token = `ibt_${randomBytes(32).toString('base64url')}`;
  await registerApiToken(loadDatabaseUrl(), { orgId: values.org, label: values.label, token });
  console.log(`Put this into the org's External Credential; it is not shown again:\n${token}`);
}

if (import.meta.main) void main();
