/**
 * `npm run simulate -- --runs 1000 --seed 7`: random histories against the whole product, as many as wanted.
 * `npm run simulate -- --lives 10000 --seed 7`: random lives of invoices, two worlds of them at a time (`--worlds`).
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { liveInProcess } from './lives/inProcess.ts';
import { live } from './lives/live.ts';
import { simulate } from './simulate.ts';

const { values } = parseArgs({
  options: {
    runs: { type: 'string', default: '1000' },
    lives: { type: 'string' },
    life: { type: 'string' },
    worlds: { type: 'string', default: '2' },
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
    ...(values.life
      ? { life: Number(values.life) }
      : {
          worlds: Number(values.worlds),
          inWorld: (_plans: unknown, first: number) => liveInProcess({ lives, seed, first }),
        }),
    onWorld: (done, problems) =>
      console.log([`${done} lives, ${seconds()} s`, ...problems.map((one) => one.slice(0, 4000))].join('\n')),
  });
  console.table(told.table);
  if (told.missing.length > 0) console.log(`Never made: ${told.missing.join(', ')}.`);
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
