import { randomUUID } from 'node:crypto';
import request from 'supertest';
import { allStruck, jobSteps, withoutFaults, type JobSteps } from './jobSteps.ts';
import { eventually, startWorld, type World } from './world.ts';

let world: World;
let job: JobSteps;
beforeAll(async () => {
  world = await startWorld();
  job = await jobSteps(world);
});
afterAll(() => world?.stop());
afterEach(() => withoutFaults(world));

interface Answer {
  command: { id: string; status: string };
  message: string;
}

async function press(crmId: string, kind: 'sync' | 'send', key = randomUUID()) {
  const response = await request(world.webUrl)
    .post(`/v1/invoices/${crmId}/${kind}`)
    .set('authorization', `Bearer ${world.apiToken}`)
    .set('x-salesforce-org-id', world.orgId)
    .set('idempotency-key', key);
  return { status: response.status, body: response.body as Answer };
}

const commandsOf = async (crmId: string, kind: string) =>
  (
    await world.database.pool.query<{ id: string; begun: boolean }>(
      `SELECT id, lease_owner IS NOT NULL AS begun FROM command WHERE crm_id = $1 AND kind = $2 ORDER BY created_at`,
      [crmId, kind],
    )
  ).rows;

test('presses of a button while it is at work are answered by one more command, and hold up nobody', async () => {
  const [slow, other] = [await job.raiseAndSync(), await job.raiseAndSync()];
  await job.quiet();
  const { length: before } = await commandsOf(slow, 'sync');
  const { id: stripeId } = await job.stripeInvoice(slow);
  await world.control('stripe', 'POST', '/faults', {
    match: { method: 'GET', path: `^/v1/invoices/${stripeId}$` },
    kind: 'delay',
    hold: true,
    times: 1,
  });
  const first = press(slow, 'sync');
  await allStruck(world, 'stripe');
  const keys = Array.from({ length: 12 }, () => randomUUID());
  const later = keys.map((key) => press(slow, 'sync', key));
  await eventually(async () => (await commandsOf(slow, 'sync')).length > before + 1, 'the next one waits');

  let slowIsDone = false;
  void first.then(() => (slowIsDone = true));
  expect((await press(other, 'sync')).status).toBe(200);
  expect(slowIsDone).toBe(false);
  await withoutFaults(world);

  const answers = await Promise.all([first, ...later]);
  expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200));
  expect(new Set(answers.map(({ body }) => body.command.id)).size).toBe(2);
  expect(await commandsOf(slow, 'sync')).toHaveLength(before + 2);
  // A press whose answer was lost is sent again under its own key, and is no new one.
  const again = await press(slow, 'sync', keys[7]);
  expect(again.body).toEqual((await later[7]!).body);
  expect(await commandsOf(slow, 'sync')).toHaveLength(before + 2);
});

test('presses while no worker runs are one command, which each of them is told of', async () => {
  const id = await job.raiseAndSync();
  await world.stopWorker();
  const keys = [randomUUID(), randomUUID(), randomUUID()];
  const presses = keys.map((key) => press(id, 'send', key));
  await eventually(async () => (await commandsOf(id, 'send')).length > 0, 'the command is kept');
  await world.startWorker();
  const answers = await Promise.all(presses);
  expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
  expect(await commandsOf(id, 'send')).toHaveLength(1);
  expect(await job.mailsOf((await job.stripeInvoice(id)).id)).toHaveLength(1);
});

test('a key that was answered by an earlier press is refused for another button', async () => {
  const id = await job.raiseAndSync();
  await world.stopWorker();
  const [key, other] = [randomUUID(), randomUUID()];
  const presses = [press(id, 'sync', key)];
  await eventually(async () => (await commandsOf(id, 'sync')).length > 1, 'the command is kept');
  presses.push(press(id, 'sync', other));
  await eventually(async () => {
    const { rows } = await world.database.pool.query('SELECT FROM command_press WHERE idempotency_key = $1', [
      other,
    ]);
    return rows.length === 1;
  }, 'the second press is noted');
  expect((await press(id, 'send', other)).status).toBe(409);
  await world.startWorker();
  await Promise.all(presses);
});

test('a press of what is to be tried again later tries it at once', async () => {
  const id = await job.raiseAndSync();
  await world.stopWorker();
  const pressed = press(id, 'sync');
  await eventually(async () => (await commandsOf(id, 'sync')).length > 1, 'the command is kept');
  await world.database.pool.query(
    `UPDATE command SET attempts = 3, next_attempt_at = now() + interval '1 hour', error = '{"code": "busy", "message": "Busy."}'
     WHERE crm_id = $1 AND status = 'running'`,
    [id],
  );
  await world.startWorker();
  expect((await press(id, 'sync')).status).toBe(200);
  expect([200, 202]).toContain((await pressed).status);
  expect(await commandsOf(id, 'sync')).toHaveLength(2);
});
