import { jobSteps, type JobSteps } from '../integration/jobSteps.ts';
import { streamIsRead } from '../integration/streamIsRead.ts';
import { eventually, startWorld, type World } from '../integration/world.ts';

let world: World;
let job: JobSteps;
let invoiceId: string;

// The sweep and the catch-up run once, at the start: whatever comes over afterwards, the stream has brought.
beforeAll(async () => {
  world = await startWorld({ changeStream: true });
  job = await jobSteps(world);
  await subscribed();
  invoiceId = await job.raise();
});
afterAll(() => world?.stop());

const stream = <T>(knob: object) => world.control<T>('org', 'POST', '/stream', knob);
const subscribed = () =>
  eventually(async () => {
    const { subscribers } = await world.control<{ subscribers: unknown[] }>('org', 'GET', '/stream');
    return subscribers.length === 1;
  }, 'the subscription');
async function rest(): Promise<void> {
  await job.quiet();
  await streamIsRead(world);
  await job.quiet();
}
const describeInvoice = (text: string) => world.rep.update('Invoice__c', invoiceId, { Description__c: text });
const stripeSays = (text: string) =>
  eventually(async () => (await job.stripeInvoice(invoiceId)).description === text, `Stripe to say ${text}`);
const count = async (table: 'change' | 'inbox_event') =>
  Number((await world.database.pool.query(`SELECT count(*) FROM ${table}`)).rows[0].count);

test('what a person makes in the org reaches Stripe without a command and without a sweep', async () => {
  await job.isSynced(invoiceId);
  expect(await job.stripeInvoices(invoiceId)).toHaveLength(1);
});

test('an edit reaches Stripe, and the echo of our own write ends there', async () => {
  await describeInvoice('Edited in the org');
  await stripeSays('Edited in the org');
  await rest();
  const changes = await count('change');
  const events = await count('inbox_event');
  await new Promise((resolve) => setTimeout(resolve, 1_000));
  await rest();
  expect(await count('change')).toBe(changes);
  expect(await count('inbox_event')).toBe(events);
});

test('an edit of an Account in a pair reaches Stripe', async () => {
  const [account] = await world.rep.query(`SELECT Id FROM Account WHERE Name = '${job.account}'`);
  await world.admin.update('Account', account!.Id, { Phone: '+43 316 1' });
  const customer = String((await job.stripeInvoice(invoiceId)).customer);
  await eventually(async () => {
    const found = await world.stripe.customers.retrieve(customer);
    return 'phone' in found && found.phone === '+43 316 1';
  }, 'the phone in Stripe');
});

test('a line that is edited or deleted is a change of its invoice', async () => {
  const [first, second] = await world.rep.lines(invoiceId);
  await world.rep.update('Invoice_Line__c', first!.Id, { Quantity__c: 7 });
  await eventually(
    async () => (await job.stripeInvoice(invoiceId)).lines.data.some(({ quantity }) => quantity === 7),
    'the quantity in Stripe',
  );
  await world.rep.delete('Invoice_Line__c', second!.Id);
  await eventually(
    async () => (await job.stripeInvoice(invoiceId)).lines.data.length === 1,
    'one line in Stripe',
  );
});

test('a gap event, a repeated event and a closed stream lose nothing', async () => {
  for (const [knob, text] of [
    [{ gap: 1 }, 'in a gap'],
    [{ duplicate: 3 }, 'told twice'],
    [{ close: true }, 'while closed'],
    [{ close: 'OK', refuse: 1 }, 'while refused'],
  ] as const) {
    await job.quiet();
    await stream(knob);
    await describeInvoice(text);
    await stripeSays(text);
  }
});

test('a change that the stream lost is found after an overflow', async () => {
  await job.quiet();
  await stream({ drop: 1 });
  await describeInvoice('lost by the stream');
  await stream({ overflow: 'Invoice__c' });
  await stripeSays('lost by the stream');
});

test('a change whose replay id has expired is found by the sweep, and the stream goes on', async () => {
  await job.quiet();
  await world.stopWorker();
  // A sweep tells changes of one record apart by their second.
  await new Promise((resolve) => setTimeout(resolve, 1_100));
  await describeInvoice('while the worker was away');
  await stream({ expire: true });
  // The worker begins with a sweep; it must not be that one which finds the change.
  await world.database.pool.query(`UPDATE cursor SET position = $1 WHERE name = 'crm-sweep-Invoice__c'`, [
    new Date(Date.now() + 30 * 60_000).toISOString(),
  ]);
  await world.startWorker();
  await stripeSays('while the worker was away');
  await subscribed();
  await describeInvoice('after it came back');
  await stripeSays('after it came back');
});
