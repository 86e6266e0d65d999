import { openEngine, openLog } from '../../server/wiring.ts';
import type { Engine } from '../../sync/engine.ts';
import { catchUpStripe } from '../../sync/inbox/catchUpStripe.ts';
import { sweepCrm } from '../../sync/inbox/sweepCrm.ts';
import { OrgError } from '../integration/orgUser.ts';
import { eventually, startWorld, type World } from '../integration/world.ts';
import { CrashingWorker } from './crashingWorker.ts';

// The engine looks back this far from a cursor; see the OVERLAP constants of sync/inbox.
const OVERLAP_MS = 5 * 60_000;
const SETTLED_MS = 6_000;

/** The whole product on real HTTP and PostgreSQL, with a worker process that can be killed. */
export interface Simulated {
  world: World;
  worker: CrashingWorker;
  account: string;
  products: { id: string; name: string }[];
  /** From now on the engine does not look back into earlier runs. */
  forgetEarlier(): Promise<void>;
  /** What the worker's own timers would do within the hour: the org is swept, Stripe's log is read. */
  sweep(): Promise<void>;
  /** Minutes pass: delayed retries are due, leases of dead workers have run out. */
  timePasses(options?: { leases: boolean }): Promise<void>;
  /** Kills the worker, waits out its leases and starts another. */
  restartWorker(): Promise<void>;
  quiet(): Promise<void>;
  /** Every writing call that either side has got since its counter was reset. */
  writes(): Promise<string[]>;
  stop(): Promise<void>;
}

export async function startSimulated(): Promise<Simulated> {
  const world = await startWorld({
    environment: {
      LEASE_SECONDS: '1',
      COMMAND_WAIT_SECONDS: '0.3',
      CRM_SWEEP_SECONDS: '0.4',
      STRIPE_CATCH_UP_SECONDS: '3600',
    },
  });
  await world.stopWorker();
  const worker = new CrashingWorker(world.environment);
  const { engine, close } = await openEngine(world.config, openLog(world.config, 'simulation'));
  const [account] = await world.rep.query<{ Name: string }>(
    'SELECT Name FROM Account WHERE Billing_Email__c != null ORDER BY Name LIMIT 1',
  );
  const products = await world.rep.apex<{ productId: string; name: string }[]>(
    'RaiseInvoiceController',
    'getProducts',
    { searchText: '' },
  );
  // A sweep takes a change for settled only some seconds later; here those have passed when the run's own sweeps begin.
  const later: Engine = { ...engine, now: () => new Date(Date.now() + SETTLED_MS) };
  let since = new Date();
  const pool = world.database.pool;

  const simulated: Simulated = {
    world,
    worker,
    account: account!.Name,
    products: products.map(({ productId, name }) => ({ id: productId, name })),
    async forgetEarlier() {
      since = new Date(Math.floor(Date.now() / 1000) * 1000);
      await lookBackTo(engine, since);
    },
    async sweep() {
      await lookBackTo(engine, since);
      await sweepCrm(later);
      await catchUpStripe(later);
      await lookBackTo(engine, since);
    },
    async timePasses({ leases } = { leases: false }) {
      for (const table of ['sync_record', 'command']) {
        if (leases) await pool.query(`UPDATE ${table} SET lease_until = now() WHERE lease_until > now()`);
        await pool.query(
          `UPDATE ${table} SET next_attempt_at = now()
           WHERE next_attempt_at > now() AND ${table === 'command' ? 'status' : 'state'} IN ('dirty', 'running')`,
        );
      }
      await pool.query(
        `SELECT pg_notify('sync_dirty', entity) FROM (VALUES ('customer'), ('product'), ('invoice')) all_of (entity)`,
      );
      await pool.query(`SELECT pg_notify('command_due', '')`);
    },
    async restartWorker() {
      await worker.kill();
      await simulated.timePasses({ leases: true });
      await lookBackTo(engine, since);
      await worker.start();
    },
    async quiet() {
      let looks = 0;
      await eventually(
        async () => {
          if (looks++ % 8 === 0) await simulated.timePasses();
          const { rows } = await pool.query<{ busy: boolean }>(
            `SELECT EXISTS (SELECT 1 FROM sync_record WHERE state = 'dirty' OR lease_until > now())
                 OR EXISTS (SELECT 1 FROM command WHERE status = 'running') AS busy`,
          );
          return !rows[0]!.busy;
        },
        'nothing is left to do',
        20_000,
      );
    },
    async writes() {
      const sides = await Promise.all([
        world.control<Calls>('stripe', 'GET', '/calls'),
        world.control<Calls>('org', 'GET', '/calls'),
      ]);
      return sides.flatMap(({ byPath }) =>
        Object.entries(byPath).flatMap(([call, times]) =>
          call.startsWith('GET ') || call.includes('oauth') ? [] : Array<string>(times).fill(call),
        ),
      );
    },
    async stop() {
      await worker.stop();
      await close();
      await world.stop();
    },
  };
  await worker.start();
  return simulated;
}

interface Calls {
  total: number;
  byPath: Record<string, number>;
}

/** Else a run would read the changes of all runs of the last five minutes again. */
async function lookBackTo(engine: Engine, since: Date): Promise<void> {
  const position = new Date(since.getTime() + OVERLAP_MS);
  const names = ['Account', 'Product2', 'Invoice__c', 'Invoice_Line__c'].map((name) => `crm-sweep-${name}`);
  await engine.database.pool.query(
    `INSERT INTO cursor (name, position) SELECT name, $2 FROM unnest($1::text[]) name
     UNION ALL SELECT 'stripe-events', $3
     ON CONFLICT (name) DO UPDATE SET position = excluded.position`,
    [names, position.toISOString(), String(Math.floor(position.getTime() / 1000))],
  );
}

/**
 * A person's own call meets the faults that are meant for the engine, too; a person tries again. Returns undefined for what
 * was refused for good, such as an edit of an invoice that is no draft any more.
 */
export async function persistently<T>(call: () => Promise<T>): Promise<T | undefined> {
  for (let tries = 1; ; tries++) {
    try {
      return await call();
    } catch (error) {
      const status =
        error instanceof OrgError ? error.status : ((error as { statusCode?: number }).statusCode ?? 0);
      const passing = status === 0 || status === 429 || status === 409 || status >= 500;
      if (!passing) return undefined;
      if (tries === 20) throw error;
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  }
}
