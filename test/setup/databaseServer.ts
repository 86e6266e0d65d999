/**
 * One PostgreSQL for a whole test run, as a process of its own: it starts the server when the first test asks, and stops it
 * and removes its data when its standard input ends. That happens however Jest ends, also by Ctrl-C or kill -9.
 * It prints its address; `GET /` answers `{url}`, the connection string of a migrated database to be cloned.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type EmbeddedPostgres, startEmbeddedPostgres } from '../../server/embeddedPostgres.ts';

const directory = mkdtempSync(join(tmpdir(), 'invoicebridge-test-'));
let server: EmbeddedPostgres | undefined;
let template: Promise<string> | undefined;

async function startTemplate(): Promise<string> {
  server = await startEmbeddedPostgres({
    dataDir: join(directory, 'postgres'),
    database: 'template_migrated',
    // The data lives as long as the tests, so nothing needs to survive a crash.
    settings: { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off', max_connections: '300' },
  });
  // Loaded here, so that a fault in it stops only the tests that need a database.
  const { migrate } = await import('../../server/migrate.ts');
  await migrate(server.url);
  return server.url;
}

async function stop(): Promise<void> {
  http.close();
  http.closeAllConnections();
  await template?.catch(() => {}); // answered to the test that asked
  await server?.stop();
  rmSync(directory, { recursive: true, force: true });
}

const http = createServer((_request, response) => {
  template ??= startTemplate();
  template.then(
    (url) => response.end(JSON.stringify({ url })),
    (error: unknown) => {
      response.statusCode = 500;
      response.end(error instanceof Error ? (error.stack ?? error.message) : String(error));
    },
  );
});
http.listen(0, '127.0.0.1', () => {
  process.stdout.write(`http://127.0.0.1:${(http.address() as AddressInfo).port}\n`);
});

process.stdin.resume();
process.stdin.on('end', () => void stop());
// Ctrl-C goes to the whole terminal; Jest's end of our standard input is the one signal that counts.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => {});
