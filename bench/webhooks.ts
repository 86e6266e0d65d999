import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import autocannon from 'autocannon';
import pg from 'pg';
import { median, printTable, round } from './table.ts';
import { signedEvents } from './webhooks/bodies.ts';
import { withOwnPostgres } from './ownPostgres.ts';
import { freePort } from '../test/setup/freePort.ts';

const ROUNDS = 3;
const CONNECTIONS = 32;
const EVENTS = 9_600;
const WARM_UP = 3_200;
const SECRET = 'whsec_bench0123456789';

const servers = {
  bare: { script: 'bench/webhooks/bareServer.ts', what: 'Express + signature + one INSERT' },
  ours: { script: 'server/web.ts', what: 'Invoicebridge' },
  peer: { script: 'bench/webhooks/peerServer.ts', what: '@supabase/stripe-sync-engine 0.48.5' },
};
type Name = keyof typeof servers;

/** Answers a second, durable: our web process beside the bare limit and the peer, in turns on one PostgreSQL. */
export async function webhooks(): Promise<void> {
  await withOwnPostgres(async (url) => {
    const pool = new pg.Pool({ connectionString: url, max: 1 });
    // The peer's migrations grant rights to this role.
    await pool.query('CREATE ROLE postgres SUPERUSER');
    const rates: Record<Name, number[]> = { bare: [], ours: [], peer: [] };
    const size = signedEvents(1, SECRET)[0]!.body.length;
    for (let turn = 0; turn < ROUNDS; turn++) {
      for (const name of ['bare', 'ours', 'peer'] as const) {
        const rate = await measure(name, url);
        rates[name].push(rate);
        console.log(`round ${turn + 1}: ${name} ${Math.round(rate)}/s`);
        await empty(pool);
      }
    }
    await pool.end();
    const ours = median(rates.ours);
    printTable(
      `Webhook answers per second: ${CONNECTIONS} connections, ${size} bytes, ${ROUNDS} rounds of ${EVENTS} events in turns, medians`,
      (Object.keys(servers) as Name[]).map((name) => ({
        server: servers[name].what,
        'answers/s': Math.round(median(rates[name])),
        'all rounds': rates[name].map((rate) => Math.round(rate)).join(' '),
        'ours is': name === 'ours' ? '' : `${round(ours / median(rates[name]))} times as many`,
      })),
    );
  });
}

async function measure(name: Name, url: string): Promise<number> {
  const port = await freePort();
  const server = spawn(process.execPath, [join(import.meta.dirname, '..', servers[name].script)], {
    env: { PATH: process.env.PATH, ...environment(url, port) },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const end = () => server.kill('SIGKILL');
  process.once('exit', end);
  try {
    await ready(server, port);
    await load(port, WARM_UP);
    return await load(port, EVENTS);
  } finally {
    process.off('exit', end);
    const gone = once(server, 'exit');
    end();
    await gone;
  }
}

function environment(url: string, port: number): Record<string, string> {
  return {
    DATABASE_URL: url,
    PORT: String(port),
    WEBHOOK_SECRET: SECRET,
    LOG_LEVEL: 'warn',
    STRIPE_SECRET_KEY: 'sk_test_bench',
    STRIPE_WEBHOOK_SECRETS: SECRET,
    SALESFORCE_CLIENT_ID: 'bench',
    SALESFORCE_CLIENT_SECRET: 'bench',
  };
}

/** Every connection sends its own events, so no event and no invoice comes twice. */
async function load(port: number, amount: number): Promise<number> {
  const events = signedEvents(amount, SECRET);
  const each = amount / CONNECTIONS;
  let next = 0;
  const startedAt = performance.now();
  let answeredAt = startedAt;
  const result = await new Promise<autocannon.Result>((resolve, reject) => {
    const run = autocannon(
      {
        url: `http://127.0.0.1:${port}/webhooks/stripe`,
        connections: CONNECTIONS,
        amount,
        method: 'POST',
        setupClient: (client) => {
          const own = events.slice(next, (next += each));
          client.setRequests(
            own.map(({ body, signature }) => ({
              method: 'POST',
              path: '/webhooks/stripe',
              body,
              headers: { 'content-type': 'application/json', 'stripe-signature': signature },
            })),
          );
        },
      },
      (error, answers) => (error ? reject(error as Error) : resolve(answers)),
    );
    // The run itself ends with a whole second of its own clock, up to one second after the last answer.
    run.on('response', () => (answeredAt = performance.now()));
  });
  if (result['2xx'] !== amount)
    throw new Error(`${result['2xx']} of ${amount} events were answered with 200.`);
  return amount / ((answeredAt - startedAt) / 1000);
}

async function ready(server: ChildProcess, port: number): Promise<void> {
  for (let tries = 0; tries < 300; tries++) {
    if (server.exitCode !== null) throw new Error(`The server ended with ${server.exitCode}.`);
    const answer = await fetch(`http://127.0.0.1:${port}/ready`).catch(() => undefined);
    if (answer?.ok) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error('The server did not get ready within 30 s.');
}

/** Tables that grow from round to round would make later rounds slower. */
async function empty(pool: pg.Pool): Promise<void> {
  const { rows } = await pool.query<{ name: string }>(
    `SELECT format('%I.%I', schemaname, tablename) AS name FROM pg_tables
     WHERE (schemaname = 'stripe' AND tablename <> 'migrations')
        OR (schemaname = 'public' AND tablename IN ('bare_event', 'inbox_event', 'sync_record'))`,
  );
  await pool.query(`TRUNCATE ${rows.map(({ name }) => name).join(', ')} CASCADE`);
  await pool.query('CHECKPOINT');
}
