import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startEmbeddedPostgres } from '../server/embeddedPostgres.ts';
import { migrate } from '../server/migrate.ts';

/**
 * A PostgreSQL of the bench's own, as durable as in production (fsync and synchronous_commit are on). It also answers to
 * those helpers of the tests that ask TEST_DATABASE_SERVER for a migrated database to clone.
 */
export async function withOwnPostgres(work: (url: string) => Promise<void>): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), 'invoicebridge-bench-'));
  const postgres = await startEmbeddedPostgres({
    dataDir: join(directory, 'postgres'),
    database: 'bench_template',
    settings: { max_connections: '200' },
  });
  // Ctrl-C reaches this process and not PostgreSQL, which is in a session of its own.
  const stop = async () => {
    await postgres.stop();
    rmSync(directory, { recursive: true, force: true });
  };
  const stopped = () => void stop().finally(() => process.exit(130));
  process.once('SIGINT', stopped).once('SIGTERM', stopped);
  const http = createServer((_request, response) => response.end(JSON.stringify({ url: postgres.url })));
  try {
    await migrate(postgres.url);
    await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
    process.env.TEST_DATABASE_SERVER = `http://127.0.0.1:${(http.address() as AddressInfo).port}`;
    await work(postgres.url);
  } finally {
    http.close();
    process.off('SIGINT', stopped).off('SIGTERM', stopped);
    await stop();
  }
}
