/** A parent of the embedded PostgreSQL, for tests that kill it: starts, prints what it got, and lives until its input ends. */
import { startEmbeddedPostgres } from '../../server/embeddedPostgres.ts';

const [dataDir = ''] = process.argv.slice(2);
const { url, adopted, initialised, stop } = await startEmbeddedPostgres({ dataDir });
console.log(JSON.stringify({ url, adopted, initialised }));
process.stdin.resume();
process.stdin.on('end', () => void stop());
