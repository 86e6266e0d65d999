import { openEngine, openLog } from '../../server/wiring.ts';
import type { Engine } from '../../sync/engine.ts';
import { catchUpStripe } from '../../sync/inbox/catchUpStripe.ts';
import { sweepContacts } from '../../sync/inbox/billingContacts.ts';
import { sweepCrm } from '../../sync/inbox/sweepCrm.ts';
import { sweepDeleted } from '../../sync/inbox/sweepDeleted.ts';
import { sweepPrices } from '../../sync/inbox/sweepPrices.ts';
import { retryingCollisions } from '../../sync/store/collisions.ts';
import { OrgUser } from '../integration/orgUser.ts';
import { eventually, startWorld, type World } from '../integration/world.ts';
import { CrashingProcess } from './crashingProcess.ts';

// The engine looks back this far from a cursor; see the OVERLAP constants of sync/inbox.
const OVERLAP_MS = 5 * 60_000;
const SETTLED_MS = 6_000;
const QUIET_WITHIN_MS = 600_000;

/** The whole product on real HTTP and PostgreSQL, with two workers at work that can be killed. */
export interface Simulated {
  world: World;
  engine: Engine;
  /** The org's id of a product that all histories bill. */
  sharedProduct: string;
  /** How many edits came between the engine's read and its write, and were overwritten unseen; see `editsKept.ts`. */
  overtaken: Map<string, number>;
  /** How many edits were made in Stripe while the engine was about to write the same field there. */
  raced: number;
  /** How many customers of Stripe's in the match queue were decided on, by the decision. */
  decided: Map<string, number>;
  /** From now on the engine does not look back into earlier rounds. */
  forgetEarlier(): Promise<void>;
  /** What the workers' own timers would do within the hour: the org is swept, Stripe's log is read. */
  sweep(): Promise<void>;
  /** The same of Stripe alone, as the timer of five minutes does it. */
  catchUp(): Promise<void>;
  /** Minutes pass: delayed retries are due. */
  timePasses(): Promise<void>;
  /** Kills one of the workers; another one starts, and minutes later the dead one's leases run out. */
  restartWorker(index: number): Promise<void>;
  /** Every session of the org ends; people log in again. */
  endSessions(): Promise<void>;
  /** Work that goes on beside the histories; `troubleEnds` waits for it. */
  later(work: () => Promise<void>): void;
  laterDone(): Promise<void>;
  /** Nothing is dirty or held, no command runs, and nothing was marked while one looked twice. */
  quiet(): Promise<void>;
  /** The change stream has been read to its end: the org publishes a change 300 ms after its commit. */
  streamRead(): Promise<void>;
  /** What either side has got since the last time; several queries go together as one composite call. The org's queries depend on how often the workers' timers ask it. */
  calls(): Promise<{ writes: string[]; stripeReads: number }>;
  stop(): Promise<void>;
}

export interface SimulatedOptions {
  environment?: Record<string, string>;
  /** Those of a multi-currency org. */
  currencies?: string[] | undefined;
  /** Whether every exchange with Stripe is checked against the contract, which takes a part of the time. */
  recordExchanges?: boolean;
}

export async function startSimulated({
  environment = {},
  currencies,
  recordExchanges = true,
}: SimulatedOptions = {}): Promise<Simulated> {
  const world = await startWorld({
    changeStream: true,
    personAccounts: true,
    recordExchanges,
    ...(currencies && { currencies }),
    environment: {
      LEASE_SECONDS: '2',
      COMMAND_WAIT_SECONDS: '0.3',
      CRM_SWEEP_SECONDS: '1.5',
      STRIPE_CATCH_UP_SECONDS: '3600',
      ...environment,
    },
  });
  await world.stopWorker();
  const workers = ['one', 'another'].map(() => new CrashingProcess('workerProcess.ts', world.environment));
  const { engine, close } = await openEngine(world.config, openLog(world.config, 'simulation'));
  const [product] = await world.rep.apex<{ productId: string }[]>('RaiseInvoiceController', 'getProducts', {
    searchText: '',
  });
  // A sweep takes a change for settled only some seconds later; here those have passed when the round's own sweeps begin.
  const afterwards: Engine = { ...engine, now: () => new Date(Date.now() + SETTLED_MS) };
  const { pool } = world.database;
  const waiting: Promise<void>[] = [];
  let since = new Date();

  const simulated: Simulated = {
    world,
    engine,
    sharedProduct: product!.productId,
    overtaken: new Map(),
    raced: 0,
    decided: new Map(),
    async forgetEarlier() {
      since = new Date(Math.floor(Date.now() / 1000) * 1000);
      await lookBackTo(engine, since);
    },
    async sweep() {
      await lookBackTo(engine, since);
      await sweepCrm(afterwards);
      await sweepDeleted(afterwards);
      await sweepContacts(afterwards);
      await sweepPrices(afterwards);
      await catchUpStripe(afterwards);
      await lookBackTo(engine, since);
    },
    async catchUp() {
      await catchUpStripe(engine);
    },
    async timePasses() {
      for (const [table, state] of [
        ['sync_record', 'state'],
        ['command', 'status'],
      ])
        await retryingCollisions(() =>
          pool.query(
            `UPDATE ${table} SET next_attempt_at = now() WHERE next_attempt_at > now() AND ${state} IN ('dirty', 'running')`,
          ),
        );
      await retryingCollisions(() =>
        pool.query('UPDATE sync_record SET follow_up_at = now() WHERE follow_up_at > now()'),
      );
      await pool.query(
        `SELECT pg_notify('sync_dirty', entity) FROM (SELECT DISTINCT entity FROM sync_record) known`,
      );
      await pool.query(`SELECT pg_notify('command_due', '')`);
    },
    async restartWorker(index) {
      await workers[index % workers.length]!.restart(async (pid) => {
        for (const table of ['sync_record', 'command'])
          await retryingCollisions(() =>
            pool.query(
              `UPDATE ${table} SET lease_until = now() WHERE lease_until > now() AND lease_owner LIKE '%-' || $1 || '-%'`,
              [pid],
            ),
          );
      });
    },
    async endSessions() {
      await world.control('org', 'DELETE', '/sessions');
      world.rep = await OrgUser.login(world.orgUrl, 'Robin Reyes');
      world.admin = await OrgUser.login(world.orgUrl, 'Ada Admin');
    },
    later: (work) => void waiting.push(work()),
    laterDone: async () => {
      await Promise.all(waiting.splice(0));
    },
    async quiet() {
      let [looks, before] = [0, ''];
      await eventually(
        async () => {
          if (looks++ % 8 === 0) await simulated.timePasses();
          const { rows } = await pool.query<{ busy: boolean; marks: string }>(
            `SELECT EXISTS (SELECT 1 FROM sync_record WHERE state = 'dirty' OR lease_until > now() OR follow_up IS NOT NULL)
                 OR EXISTS (SELECT 1 FROM command WHERE status = 'running') AS busy,
               (SELECT coalesce(sum(dirty_seq), 0) FROM sync_record) AS marks`,
          );
          const { busy, marks } = rows[0]!;
          const same = marks === before;
          before = marks;
          if (!busy && !same) await new Promise((resolve) => setTimeout(resolve, 40));
          return !busy && same;
        },
        'nothing is left to do',
        QUIET_WITHIN_MS,
      ).catch(async (error: unknown) => {
        const { rows } = await pool.query(
          `SELECT entity, stripe_id, crm_id, state, attempts, dirty_seq, error_message, lease_owner FROM sync_record
           WHERE state = 'dirty' OR lease_until > now() OR follow_up IS NOT NULL LIMIT 5`,
        );
        throw new Error(`${String(error)} ${JSON.stringify(rows)}`);
      });
    },
    async streamRead() {
      await eventually(
        async () => {
          const { unpublished, tip } = await world.control<{ unpublished: number; tip: number }>(
            'org',
            'GET',
            '/stream',
          );
          if (unpublished > 0) return false;
          const { rows } = await pool.query<{ replay_id: Buffer | null }>(
            `SELECT replay_id FROM cursor WHERE name LIKE 'crm-stream%'`,
          );
          // None after a rejected one, until the stream says where it is.
          const place = rows[0]?.replay_id;
          return !place || Number(place.readBigUInt64BE()) >= tip;
        },
        'the change stream is read to its end',
        QUIET_WITHIN_MS,
      );
    },
    async calls() {
      const [stripe, org] = await Promise.all(
        (['stripe', 'org'] as const).map(async (side) => {
          const { byPath } = await world.control<Calls>(side, 'GET', '/calls');
          await world.control(side, 'DELETE', '/calls');
          return Object.entries(byPath);
        }),
      );
      const isWrite = (call: string) =>
        !call.startsWith('GET ') && !call.includes('oauth') && !call.endsWith('/composite');
      const writes = [...stripe!, ...org!].filter(([call]) => isWrite(call));
      const stripeReads = stripe!.filter(([call]) => call.startsWith('GET '));
      return {
        writes: writes.flatMap(([call, times]) => Array<string>(times).fill(call)),
        stripeReads: stripeReads.reduce((sum, [, times]) => sum + times, 0),
      };
    },
    async stop() {
      await Promise.all(workers.map((worker) => worker.stop()));
      await close();
      await world.stop();
    },
  };
  await Promise.all(workers.map((worker) => worker.start()));
  return simulated;
}

interface Calls {
  total: number;
  byPath: Record<string, number>;
}

/** Else a round would read the changes of all rounds of the last five minutes again. */
async function lookBackTo(engine: Engine, since: Date): Promise<void> {
  const position = new Date(since.getTime() + OVERLAP_MS);
  const swept = ['Account', 'Product2', 'Invoice__c', 'Invoice_Line__c', 'Contact'];
  const names = swept.map((name) => `crm-sweep-${name}`);
  await engine.database.pool.query(
    `INSERT INTO cursor (name, position) SELECT name, $2 FROM unnest($1::text[]) name
     UNION ALL SELECT 'stripe-events', $3
     ON CONFLICT (name) DO UPDATE SET position = excluded.position`,
    [names, position.toISOString(), String(Math.floor(position.getTime() / 1000))],
  );
  // Of deletions, and of each price book, there is a cursor once it has been looked at.
  await engine.database.pool.query(
    `UPDATE cursor SET position = $1 WHERE name LIKE 'crm-deleted-%' OR name LIKE 'crm-sweep-PricebookEntry-%'`,
    [position.toISOString()],
  );
}
