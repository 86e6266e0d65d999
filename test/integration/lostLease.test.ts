import { openEngine, openLog } from '../../server/wiring.ts';
import { runCommand } from '../../sync/actions/runCommand.ts';
import { actOn } from './actOn.ts';
import { allStruck, jobSteps, withoutFaults, type JobSteps } from './jobSteps.ts';
import { eventually, startWorld, type World } from './world.ts';

let world: World;
let steps: JobSteps;

beforeAll(async () => {
  world = await startWorld();
  steps = await jobSteps(world);
});
afterAll(() => world?.stop());

test('records that could not be given back, because the database failed, are taken up again while their worker lives', async () => {
  const crmId = await steps.raiseAndSync();
  await steps.quiet();
  const { pool } = world.database;
  // As a disk that is full for a moment: what was done cannot be settled.
  await pool.query(`
    CREATE FUNCTION no_room() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'no room'; END $$;
    CREATE TRIGGER no_room BEFORE UPDATE ON sync_record FOR EACH ROW
      WHEN (OLD.lease_owner IS NOT NULL AND NEW.lease_owner IS NULL) EXECUTE FUNCTION no_room();
  `);
  const { id } = await steps.stripeInvoice(crmId);
  await world.stripe.invoices.finalizeInvoice(id);
  await steps.becomes(crmId, 'Open');
  const held = await eventually(async () => {
    const { rows } = await pool.query<{ state: string; lease_owner: string | null }>(
      'SELECT state, lease_owner FROM sync_record WHERE crm_id = $1',
      [crmId],
    );
    return rows[0]?.lease_owner ? rows[0] : undefined;
  }, 'the record is held');
  expect(held.state).toBe('dirty');
  await pool.query('DROP TRIGGER no_room ON sync_record');
  await steps.quiet();
  const { rows } = await pool.query('SELECT state, lease_owner FROM sync_record WHERE crm_id = $1', [crmId]);
  expect(rows).toEqual([{ state: 'clean', lease_owner: null }]);
});

test.each([
  ['before it knew what to do', { method: 'GET', path: '/v1/invoices/in_' }, 'delay'],
  ['while Stripe did it', { method: 'POST', path: '/v1/invoices$' }, 'delay'],
  ['before it heard that Stripe had done it', { method: 'POST', path: '/v1/invoices$' }, 'delayAnswer'],
])('a worker that stood still for longer than its lease, %s, does nothing twice', async (_, match, kind) => {
  const crmId = await steps.raiseAndSync();
  await steps.quiet();
  const { customer } = await steps.stripeInvoice(crmId);
  const invoices = async () =>
    (await world.stripe.invoices.list({ customer: String(customer), limit: 100 })).data.map(({ id }) => id);
  const before = await invoices();
  await world.stopWorker();
  // Nothing renews its leases, as in a process that stands still.
  const still = await openEngine(world.config, openLog(world.config, 'test'));
  still.engine.settings.leaseSeconds = 1;
  await world.control('stripe', 'POST', '/faults', { match, kind, hold: true, times: 1 });
  const pressed = actOn(world, { action: 'duplicate', crmId });
  const standing = eventually(() => runCommand(still.engine), 'it has the command');
  await allStruck(world, 'stripe');
  await world.startWorker();
  // The other one has it now; where Stripe is still at work for the first one, it is told to wait.
  expect((await pressed).status).toBeLessThan(300);
  await withoutFaults(world);
  const done = await eventually(async () => {
    const { rows } = await world.database.pool.query<{ status: string; newInvoice: { stripeId: string } }>(
      `SELECT status, result -> 'newInvoice' AS "newInvoice" FROM command WHERE kind = 'duplicate' AND crm_id = $1`,
      [crmId],
    );
    return rows[0]!.status === 'running' ? undefined : rows[0];
  }, 'the command is carried out');
  await standing;
  await still.close();
  await steps.quiet();
  expect((await invoices()).filter((id) => !before.includes(id))).toEqual([done.newInvoice.stripeId]);
});
