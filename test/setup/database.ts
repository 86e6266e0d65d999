import { randomUUID } from 'node:crypto';
import { Client } from 'pg';

export interface TestDatabase {
  url: string;
  /** Also ends connections that were left open. */
  drop(): Promise<void>;
}

/** A migrated, empty database for one test file. The first call of a run starts PostgreSQL. */
export async function createDatabase(): Promise<TestDatabase> {
  const template = new URL(await templateUrl());
  const name = `test_${randomUUID().replaceAll('-', '')}`;
  const administration = at(template, 'postgres');
  await execute(
    administration,
    `CREATE DATABASE ${name} TEMPLATE ${template.pathname.slice(1)} STRATEGY wal_log`,
  );
  return {
    url: at(template, name),
    drop: () => execute(administration, `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`),
  };
}

async function templateUrl(): Promise<string> {
  const server = process.env['TEST_DATABASE_SERVER'];
  if (!server) throw new Error('No database server: this test is not in a Jest project that has one.');
  const response = await fetch(server);
  const answer = await response.text();
  if (!response.ok) throw new Error(`The tests' database did not start: ${answer}`);
  return (JSON.parse(answer) as { url: string }).url;
}

function at(server: URL, database: string): string {
  const url = new URL(server);
  url.pathname = `/${database}`;
  return url.href;
}

async function execute(url: string, sql: string): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}
