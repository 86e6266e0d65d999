import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { invoicebridge } from '../cli/invoicebridge.ts';
import { jobSteps, type JobSteps } from '../integration/jobSteps.ts';
import { eventually, startWorld, type World } from '../integration/world.ts';
import { beforeInvoicebridge, emailOf, newAccounts, oldInvoice } from './pastOfStripe.ts';

// Each command is a process of its own: seconds, on a busy machine with two cores.
jest.setTimeout(240_000);

const INVOICES = 12;

let world: World;
let steps: JobSteps;
let ids: string[];

beforeAll(async () => {
  // The worker runs, and follows the change stream, all the time. On a busy machine a short lease would run out.
  world = await startWorld({ changeStream: true, environment: { LEASE_SECONDS: '30' } });
  steps = await jobSteps(world);
  await newAccounts(world, ['Alder Works']);
  await beforeInvoicebridge(world, async () => {
    const { id } = await world.stripe.customers.create({
      name: 'Alder Works',
      email: emailOf('Alder Works'),
    });
    ids = [];
    for (let count = 0; count < INVOICES; count += 1)
      ids.push((await oldInvoice(world, { customer: id, lines: 2, until: 'draft' })).id);
  });
});
afterAll(() => world?.stop());

const inOrg = () =>
  world.admin.query<{ Id: string; Stripe_Invoice_Id__c: string; Description__c: string }>(
    `SELECT Id, Stripe_Invoice_Id__c, Description__c FROM Invoice__c WHERE Stripe_Invoice_Id__c != null ORDER BY Stripe_Invoice_Id__c`,
  );

interface Row {
  stripe_id: string | null;
  state: string;
  dirty_seq: number;
  version: number;
}
const rows = async () =>
  (
    await world.database.pool.query<Row>(
      `SELECT stripe_id, state, dirty_seq::int, version::int FROM sync_record WHERE entity = 'invoice' ORDER BY stripe_id`,
    )
  ).rows;

/** Holds the writing of lines, so that the invoices are in the org and their pairs are not stored yet. */
async function importHeldAtLines(): Promise<() => Promise<number>> {
  const ofLines = { method: 'PATCH', path: 'composite/sobjects/Invoice_Line__c' };
  await world.control('org', 'POST', '/faults', { match: ofLines, kind: 'delay', delayMs: 4_000, times: 1 });
  const launcher = join(__dirname, '../../bin/invoicebridge.mjs');
  const child = spawn(process.execPath, [launcher, 'backfill', '--from', 'stripe'], {
    env: { PATH: process.env.PATH, ...world.environment },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const ended = once(child, 'exit');
  await eventually(async () => (await inOrg()).length === INVOICES, 'the invoices are written', 120_000);
  return async () => ((await ended) as [number])[0];
}

test('the events of its own writes have nothing written, and edits of either side meanwhile are merged', async () => {
  const ended = await importHeldAtLines();
  const [editedInOrg, editedInStripe] = await inOrg();
  await world.admin.update('Invoice__c', editedInOrg!.Id, { Description__c: 'Said in the org' });
  await world.stripe.invoices.update(editedInStripe!.Stripe_Invoice_Id__c, { description: 'Said in Stripe' });
  expect(await ended()).toBe(0);
  await steps.quiet();

  const edited = [editedInOrg!, editedInStripe!].map((each) => each.Stripe_Invoice_Id__c);
  await eventually(async () => {
    const descriptions = (await inOrg()).map(({ Description__c }) => Description__c);
    return descriptions[0] === 'Said in the org' && descriptions[1] === 'Said in Stripe';
  }, 'the org says both');
  await steps.quiet();
  expect((await world.stripe.invoices.retrieve(edited[0]!)).description).toBe('Said in the org');
  // A line's event may come before its invoice's pair is stored: that one is looked at once or twice more, and nothing is written.
  const untouched = (await rows()).filter(({ stripe_id }) => !edited.includes(String(stripe_id)));
  expect(untouched.filter(({ state, version }) => state !== 'clean' || version > 4)).toEqual([]);
  const { rows: written } = await world.database.pool.query(
    `SELECT field FROM change JOIN sync_record ON sync_record.id = record_id
     WHERE entity = 'invoice' AND stripe_id <> ALL($1) AND field NOT LIKE 'backfill%'`,
    [edited],
  );
  expect(written).toEqual([]);
  for (const id of ids) expect((await world.stripe.invoices.retrieve(id)).lines.data).toHaveLength(2);
  expect(await rows()).toHaveLength(INVOICES);
  expect(await world.admin.query('SELECT Id FROM Invoice_Line__c')).toHaveLength(2 * INVOICES);
  // A worker that takes up the edit before the pair is stored has no base: it keeps what Stripe said, as of a conflict.
  const { rows: conflicts } = await world.database.pool.query(
    'SELECT crm_value, stripe_value, winner FROM conflict',
  );
  for (const conflict of conflicts)
    expect(conflict).toEqual({
      crm_value: 'Said in the org',
      stripe_value: 'From before',
      winner: 'salesforce',
    });
  expect((await invoicebridge(['audit', '--json'], world.environment)).code).toBe(0);
});
