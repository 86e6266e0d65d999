/** `npm run simulate -- --runs 1000 --seed 7`: random histories against the whole product, as many as wanted. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { simulate } from './simulate.ts';

const { values } = parseArgs({
  options: {
    runs: { type: 'string', default: '1000' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000_000) },
    round: { type: 'string' },
    histories: { type: 'string' },
  },
});
const [runs, seed] = [Number(values.runs), Number(values.seed)];

const server = spawn(process.execPath, [join(import.meta.dirname, '../setup/databaseServer.ts')], {
  stdio: ['pipe', 'pipe', 'inherit'],
});
const [address] = (await once(server.stdout.setEncoding('utf8'), 'data')) as [string];
process.env.TEST_DATABASE_SERVER = address.trim();

const startedAt = Date.now();
try {
  console.log(`${runs} runs, seed ${seed}`);
  const done = await simulate({
    runs,
    seed,
    ...(values.round ? { round: Number(values.round) } : {}),
    ...(values.histories ? { histories: values.histories.split(',').map(Number) } : {}),
    onRound: ({ runs: done }) =>
      console.log(`${done} runs, ${Math.round((Date.now() - startedAt) / 1000)} s`),
  });
  console.log(`All ${done} runs ended right, in ${Math.round((Date.now() - startedAt) / 1000)} s.`);
} catch (error) {
  console.error(error);
  process.exitCode = 1;
} finally {
  server.stdin.end();
  await once(server, 'exit');
}
process.exit();
