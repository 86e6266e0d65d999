import { invoicebridge } from '../cli/invoicebridge.ts';
import { jobSteps, type JobSteps } from '../integration/jobSteps.ts';
import { startWorld, type World } from '../integration/world.ts';
import { newAccounts } from './pastOfStripe.ts';

// Each command is a process of its own: seconds, on a busy machine with two cores.
jest.setTimeout(240_000);

let world: World;
let steps: JobSteps;

beforeAll(async () => {
  world = await startWorld();
  await world.stopWorker();
  steps = await jobSteps(world);
});
afterAll(() => world?.stop());

const run = (...args: string[]) =>
  invoicebridge(['backfill', '--from', 'salesforce', ...args, '--json'], world.environment);
const madeInStripe = async () => (await world.stripe.invoices.list({ limit: 100 })).data.length;

test('drafts that Stripe lacks are made there once, also without a worker; a dry run only counts them', async () => {
  const ids = [];
  for (let count = 0; count < 5; count += 1) ids.push(await steps.raise());

  const dry = await run('--dry-run');
  expect(dry.lines.at(-1)).toMatchObject({ counts: { invoice: { total: 5, read: 5, created: 5 } } });
  expect(await madeInStripe()).toBe(0);

  const { code, lines } = await run();
  expect(code).toBe(0);
  expect(lines.at(-1)).toMatchObject({
    state: 'done',
    counts: { invoice: { total: 5, read: 5, created: 5, failed: 0, queued: 0 } },
  });
  expect(await madeInStripe()).toBe(5);
  for (const id of ids) expect(await world.rep.invoice(id)).toMatchObject({ Sync_Status__c: 'Synced' });

  expect((await run()).lines.at(-1)).toMatchObject({ counts: { invoice: { read: 0, created: 0 } } });
  expect(await madeInStripe()).toBe(5);
});

test('one that cannot come over waits for a person with the reason, and holds up no other', async () => {
  const bad = await steps.raise();
  const good = await steps.raise();
  const [line] = await world.admin.query<{ Id: string }>(
    `SELECT Id FROM Invoice_Line__c WHERE Invoice__c = '${bad}' LIMIT 1`,
  );
  await world.admin.update('Invoice__c', bad, { Currency__c: 'KWD' });
  await world.admin.update('Invoice_Line__c', line!.Id, { Unit_Price__c: 10.501 });
  const { lines } = await run();
  expect(lines.at(-1)).toMatchObject({ counts: { invoice: { read: 2, created: 1, queued: 1 } } });
  expect(await world.rep.invoice(bad)).toMatchObject({ Sync_Status__c: 'Error' });
  expect(await world.rep.invoice(good)).toMatchObject({ Sync_Status__c: 'Synced' });
});

test('chosen Accounts become customers in Stripe, and no others', async () => {
  const [chosen] = await newAccounts(world, ['Cedar Tools', 'Dogwood Paper']);
  const { code, lines } = await run('--entity', 'customer', '--where', `Name = 'Cedar Tools'`);
  expect(code).toBe(0);
  expect(lines.at(-1)).toMatchObject({ counts: { customer: { total: 1, created: 1 } } });
  const { data } = await world.stripe.customers.list({ limit: 100 });
  expect(data.filter(({ name }) => name === 'Cedar Tools')).toMatchObject([
    { metadata: { salesforce_id: chosen } },
  ]);
  expect(data.filter(({ name }) => name === 'Dogwood Paper')).toEqual([]);
});
