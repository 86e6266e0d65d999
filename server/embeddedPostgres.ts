import { mkdirSync, rmSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { Client, DatabaseError } from 'pg';
import { checkMajorVersion, initialisePostgres } from './local/initialisePostgres.ts';
import { findPostgresBinaries } from './local/postgresBinaries.ts';
import { chooseIdentity, USER } from './local/postgresIdentity.ts';
import { isRunning, readPostmaster, stopPostmaster } from './local/postmaster.ts';
import { chooseSocketDir, connectionTo, runningSocketDir, startPostgres } from './local/startPostgres.ts';

export interface EmbeddedPostgresOptions {
  /** Made if it does not exist. Holds the data, the log (server.log) and, if the path is short enough, the socket. */
  dataDir: string;
  /** Made if it does not exist. */
  database?: string;
  /** Server settings, for example `{ fsync: 'off' }`; without effect on a server that is adopted. */
  settings?: Record<string, string>;
}

export interface EmbeddedPostgres {
  /** A connection string; the server listens only on a socket that no other user can reach. */
  url: string;
  /** True where a server left by a killed parent was still running. */
  adopted: boolean;
  /** True where the data directory is new. */
  initialised: boolean;
  isRunning(): boolean;
  /** Stops the server, also an adopted one. */
  stop(): Promise<void>;
}

/**
 * Starts the PostgreSQL of the npm package in its own session, so that Ctrl-C in the terminal does not reach it and a
 * killed parent does not take it along: the next start finds it by its postmaster.pid and goes on with it.
 */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const dataDir = resolve(options.dataDir);
  const binaries = findPostgresBinaries();
  mkdirSync(dirname(dataDir), { recursive: true });
  const identity = chooseIdentity({ program: binaries.postgres, dataDir });
  const initialised = await initialisePostgres(dataDir, binaries, identity);
  checkMajorVersion(dataDir, binaries);

  const socketDir = chooseSocketDir(dataDir, identity);
  const server = { dataDir, socketDir, binaries, identity, settings: options.settings ?? {} };
  const running = await runningSocketDir(server);
  const adopted = running !== undefined;
  const host = running ?? (await startPostgres(server));

  async function stop(): Promise<void> {
    const postmaster = readPostmaster(dataDir);
    if (postmaster) await stopPostmaster(postmaster);
    if (socketDir !== dataDir) rmSync(socketDir, { recursive: true, force: true });
  }

  const database = options.database ?? 'invoicebridge';
  try {
    await createDatabase(host, database);
  } catch (error) {
    if (!adopted) await stop();
    throw error;
  }
  return {
    // "localhost" is there for parsers that demand a host; the parameter wins in pg and in libpq.
    url: `postgres://${USER}@localhost:5432/${encodeURIComponent(database)}?host=${encodeURIComponent(host)}&sslmode=disable`,
    adopted,
    initialised,
    isRunning() {
      const postmaster = readPostmaster(dataDir);
      return postmaster !== undefined && isRunning(postmaster);
    },
    stop,
  };
}

async function createDatabase(host: string, database: string): Promise<void> {
  const client = new Client({ ...connectionTo(host), database: 'postgres' });
  client.on('error', () => {}); // A server that is stopped meanwhile ends the connection; the query then rejects as well.
  await client.connect();
  try {
    const { rowCount } = await client.query('SELECT FROM pg_database WHERE datname = $1', [database]);
    if (rowCount === 0) await client.query(`CREATE DATABASE ${client.escapeIdentifier(database)}`);
  } catch (error) {
    // Another process made it just now: 42P04 is duplicate_database, 23505 the same seen a moment earlier.
    if (!(error instanceof DatabaseError && ['42P04', '23505'].includes(error.code ?? ''))) throw error;
  } finally {
    await client.end();
  }
}
