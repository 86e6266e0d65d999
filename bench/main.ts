/** `npm run bench -- webhooks`: one row of docs/performance.md, measured here and now and printed as a table. */
import { availableParallelism, cpus, loadavg, totalmem } from 'node:os';

const benches: Record<string, () => Promise<() => Promise<void>>> = {
  webhooks: async () => (await import('./webhooks.ts')).webhooks,
  'crm-calls': async () => (await import('./crmCalls.ts')).crmCalls,
  burst: async () => (await import('./burst.ts')).burst,
  latency: async () => (await import('./latency.ts')).latency,
  send: async () => (await import('./send.ts')).send,
  backfill: async () => (await import('./backfill.ts')).backfill,
  audit: async () => (await import('./audit.ts')).audit,
  workers: async () => (await import('./workers.ts')).workers,
};

const names = process.argv.slice(2);
const unknown = names.filter((name) => !benches[name]);
if (names.length === 0 || unknown.length > 0) {
  console.error(`Name one or more of: ${Object.keys(benches).join(', ')}`);
  process.exit(1);
}
const load = loadavg().map((value) => value.toFixed(1));
console.log(
  `${availableParallelism()} cores of ${cpus()[0]?.model ?? 'an unknown model'}, ${Math.round(totalmem() / 2 ** 30)} GB, ` +
    `Node ${process.version}, load before ${load.join(' ')}`,
);
for (const name of names) {
  const bench = await benches[name]!();
  await bench();
}
process.exit();
