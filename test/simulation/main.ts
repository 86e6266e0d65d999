/**
 * `npm run simulate -- --runs 1000 --seed 7`: random histories against the whole product, as many as wanted.
 * `npm run simulate -- --lives 10000 --seed 7`: random lives of invoices, without faults.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { live } from './lives/live.ts';
import { simulate } from './simulate.ts';

const { values } = parseArgs({
  options: {
    runs: { type: 'string', default: '1000' },
    lives: { type: 'string' },
    life: { type: 'string' },
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
const seconds = () => Math.round((Date.now() - startedAt) / 1000);
try {
  await (values.lives ? livesOfSeed(Number(values.lives)) : histories());
} catch (error) {
  console.error(error);
  process.exitCode = 1;
} finally {
  server.stdin.end();
  await once(server, 'exit');
}
process.exit();

async function livesOfSeed(lives: number): Promise<void> {
  console.log(`${lives} lives, seed ${seed}`);
  const told = await live({
    lives,
    seed,
    ...(values.life ? { life: Number(values.life) } : {}),
    onWorld: (done) => console.log(`${done} lives, ${seconds()} s`),
  });
  console.table(Object.fromEntries([...told].sort()));
  console.log(`Both sides said the same of all ${lives} lives, after ${seconds()} s.`);
}

async function histories(): Promise<void> {
  console.log(`${runs} runs, seed ${seed}`);
  const done = await simulate({
    runs,
    seed,
    ...(values.round ? { round: Number(values.round) } : {}),
    ...(values.histories ? { histories: values.histories.split(',').map(Number) } : {}),
    onRound: ({ runs: done }) => console.log(`${done} runs, ${seconds()} s`),
  });
  console.log(`All ${done} runs ended right, in ${seconds()} s.`);
}
