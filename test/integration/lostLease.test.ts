import { jobSteps, type JobSteps } from './jobSteps.ts';
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
