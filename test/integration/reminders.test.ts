import { remindDue } from '../../sync/reminders/remindDue.ts';
import { actOn } from './actOn.ts';
import { jobSteps, withoutFaults, type JobSteps } from './jobSteps.ts';
import { NOON_ZONE, sentDaysAgo } from './reminderSteps.ts';
import { eventually, startWorld, type World } from './world.ts';

const hour = new Date().getUTCHours();

let world: World;
let steps: JobSteps;

beforeAll(async () => {
  // The worker's own schedule is off: the tests ask in its place, when all is as they want it.
  world = await startWorld();
  await world.control('stripe', 'POST', '/billing', { timeZone: NOON_ZONE });
  steps = await jobSteps(world);
});
afterEach(() => withoutFaults(world));
afterAll(() => world?.stop());

const ask = async (now = new Date()) => {
  const { engine } = world.worker!;
  const settings = { ...engine.settings, reminders: [-30, 3] };
  return remindDue({ ...engine, settings, now: () => now });
};

test('a customer is reminded once, however often and by however many workers it is asked for', async () => {
  const { crmId, id } = await sentDaysAgo(world, steps);
  await Promise.all([ask(), ask(), ask()]);
  const reminded = await becomesReminded(crmId);
  expect(reminded).toMatchObject({ Reminder_Count__c: 1 });
  expect(String(reminded.Last_Reminder_At__c).slice(0, 10)).toBe(new Date().toISOString().slice(0, 10));
  expect(await ask()).toBe(0);
  await steps.quiet();
  expect(await steps.mailsOf(id)).toHaveLength(2);
});

test('an answer of Stripe that is lost, and a worker that ends over it, remind once', async () => {
  const { crmId, id } = await sentDaysAgo(world, steps);
  await world.control('stripe', 'POST', '/faults', {
    match: { method: 'POST', path: `${id}/send$` },
    kind: 'resetAfter',
    times: 4,
  });
  await ask();
  await eventually(async () => (await steps.mailsOf(id)).length > 1, 'Stripe has mailed it');
  await world.stopWorker();
  await world.startWorker();
  await becomesReminded(crmId);
  expect(await steps.mailsOf(id)).toHaveLength(2);
  // Sent and settled, it is not asked for again: its key is taken for good.
  expect(await ask()).toBe(0);
});

test('who is left out, was mailed today already, or has paid is not reminded; the history says why', async () => {
  const [out, mailed, paid, drafted] = [
    await sentDaysAgo(world, steps),
    await sentDaysAgo(world, steps),
    await sentDaysAgo(world, steps),
    await steps.raiseAndSync(),
  ];
  await world.rep.update('Invoice__c', out.crmId, { No_Reminders__c: true });
  await actOn(world, { action: 'resend', crmId: mailed.crmId });
  // Nobody has told the engine yet that it is paid.
  await world.control('stripe', 'POST', '/deliveries/mode', { mode: 'drop' });
  await world.stripe.invoices.pay(paid.id, { paid_out_of_band: true });
  await ask();
  const why = async (crmId: string) =>
    eventually(async () => {
      const { rows } = await world.database.pool.query<{ error: { code: string; message: string } | null }>(
        "SELECT error FROM command WHERE kind = 'remind' AND crm_id = $1 AND status = 'failed'",
        [crmId],
      );
      return rows[0]?.error;
    }, `${crmId} was not reminded`);
  expect((await why(out.crmId)).message).toMatch(/No Reminders is set/);
  expect((await why(mailed.crmId)).message).toMatch(/mailed it today already/);
  expect((await why(paid.crmId)).code).toBe('wrong_state');
  const { rows } = await world.database.pool.query('SELECT FROM command WHERE kind = $1 AND crm_id = $2', [
    'remind',
    drafted,
  ]);
  expect(rows).toEqual([]);
  expect((await steps.mailsOf(out.id)).length + (await steps.mailsOf(paid.id)).length).toBe(2);
});

test('nobody is reminded at night, nor on another day; by hand it goes out at once', async () => {
  const { crmId, id } = await sentDaysAgo(world, steps);
  const night = new Date();
  night.setUTCHours(hour + 11);
  expect(await ask(night)).toBe(0);
  const { engine } = world.worker!;
  expect(await remindDue({ ...engine, settings: { ...engine.settings, reminders: [-29, -31] } })).toBe(0);
  const { status, body } = await actOn(world, { action: 'remind', crmId });
  expect({ status, words: body.message }).toEqual({
    status: 200,
    words: expect.stringMatching(/^The customer was reminded of .* to .*@.*to pay, due/) as string,
  });
  expect(await becomesReminded(crmId)).toMatchObject({ Reminder_Count__c: 1 });
  expect(await steps.mailsOf(id)).toHaveLength(2);
});

const becomesReminded = (crmId: string) =>
  eventually(async () => {
    const [row] = await world.rep.query<{ Reminder_Count__c: number | null; Last_Reminder_At__c: string }>(
      `SELECT Reminder_Count__c, Last_Reminder_At__c FROM Invoice__c WHERE Id = '${crmId}'`,
    );
    return row?.Reminder_Count__c ? row : undefined;
  }, `${crmId} was reminded`);
