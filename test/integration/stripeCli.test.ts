import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type Stripe from 'stripe';
import request from 'supertest';
import { invoicebridge } from '../cli/invoicebridge.ts';
import { jobSteps, type JobSteps } from './jobSteps.ts';
import { eventually, startWorld, type World } from './world.ts';

jest.setTimeout(180_000);

const cli = join(__dirname, '../../node_modules/@stripe/cli/bin/shim.js');
const run = promisify(execFile);

let world: World;
let steps: JobSteps;
let home: string;

beforeAll(async () => {
  home = mkdtempSync(join(tmpdir(), 'invoicebridge-stripe-cli-'));
  // The CLI names no version, so that some of what it sends is in no declaration of the pinned one.
  world = await startWorld({ recordExchanges: false });
  steps = await jobSteps(world);
});
afterAll(async () => {
  await world?.stop();
  rmSync(home, { recursive: true, force: true });
});

/** Stripe's own command line, as a developer calls it, with the sandbox for Stripe. */
async function trigger(event: string, overrides: Record<string, string> = {}): Promise<string> {
  const { stdout } = await run(
    process.execPath,
    [
      cli,
      'trigger',
      event,
      '--api-base',
      world.stripeUrl,
      '--api-key',
      world.config.stripe.secretKey,
      ...Object.entries(overrides).flatMap(([field, value]) => ['--override', `${field}=${value}`]),
    ],
    { env: { PATH: process.env.PATH, HOME: home, STRIPE_CLI_TELEMETRY_OPTOUT: '1' } },
  );
  return stdout;
}

/** What the org shows after each: the invoice's status, if there is one, and how much of its 20.00 is still owed. */
const INVOICES: Record<string, { Status__c: string; Amount_Remaining__c: number } | null> = {
  'customer.created': null,
  'customer.updated': null,
  'invoiceitem.created': null,
  'invoiceitem.deleted': null,
  'invoice.created': { Status__c: 'Draft', Amount_Remaining__c: 20 },
  'invoice.updated': { Status__c: 'Draft', Amount_Remaining__c: 20 },
  'invoice.deleted': null,
  'invoice.finalized': { Status__c: 'Open', Amount_Remaining__c: 20 },
  'invoice.sent': { Status__c: 'Open', Amount_Remaining__c: 20 },
  'invoice.paid': { Status__c: 'Paid', Amount_Remaining__c: 0 },
  'invoice.payment_failed': { Status__c: 'Open', Amount_Remaining__c: 20 },
  'invoice.payment_action_required': { Status__c: 'Open', Amount_Remaining__c: 20 },
  'invoice.marked_uncollectible': { Status__c: 'Uncollectible', Amount_Remaining__c: 20 },
  'invoice.voided': { Status__c: 'Void', Amount_Remaining__c: 20 },
  'credit_note.created': { Status__c: 'Open', Amount_Remaining__c: 10 },
  'credit_note.updated': { Status__c: 'Open', Amount_Remaining__c: 10 },
  'credit_note.voided': { Status__c: 'Open', Amount_Remaining__c: 20 },
};

test.each(Object.entries(INVOICES))(
  'after `stripe trigger %s` the org says the same',
  async (event, shown) => {
    const name = `CLI ${event}`;
    expect(await trigger(event, { 'customer:name': name })).toContain('Trigger succeeded');
    const customer = await customerOf(name);
    await makeAccount(customer.id);
    await steps.quiet();
    expect(
      await world.admin.query(`SELECT Name, Stripe_Customer_Id__c FROM Account WHERE Name = '${name}'`),
    ).toEqual([expect.objectContaining({ Stripe_Customer_Id__c: customer.id })]);
    const records = await world.admin.query(
      `SELECT Id, Status__c, Total__c, Amount_Remaining__c, Sync_Status__c FROM Invoice__c WHERE Account__r.Stripe_Customer_Id__c = '${customer.id}'`,
    );
    expect(records).toEqual(
      shown ? [expect.objectContaining({ ...shown, Total__c: 20, Sync_Status__c: 'Synced' })] : [],
    );
  },
);

test('after `stripe trigger customer.deleted` nobody is waiting to become an Account', async () => {
  await trigger('customer.deleted', { 'customer:name': 'CLI gone' });
  await steps.quiet();
  expect(await world.admin.query(`SELECT Id FROM Account WHERE Name = 'CLI gone'`)).toEqual([]);
  expect((await openMatches()).map(({ customer }) => customer.name)).not.toContain('CLI gone');
});

test.each(['payment_link.created', 'payment_link.updated'])(
  '`stripe trigger %s`, which is about no invoice, leaves the org as it was',
  async (event) => {
    const count = async () => (await world.admin.query('SELECT Id FROM Invoice__c')).length;
    const before = await count();
    expect(await trigger(event)).toContain('Trigger succeeded');
    await steps.quiet();
    expect(await count()).toBe(before);
  },
);

test('after all of them the audit finds no difference', async () => {
  expect(await invoicebridge(['audit'], world.environment)).toMatchObject({ code: 0 });
});

interface Match {
  stripeId: string;
  customer: { name: string | null };
}

const api = (method: 'get' | 'post', path: string) =>
  request(world.webUrl)
    [method](path)
    .set('authorization', `Bearer ${world.apiToken}`)
    .set('x-salesforce-org-id', world.orgId);

const openMatches = async () => (await api('get', '/v1/matches')).body.matches as Match[];

async function customerOf(name: string): Promise<Stripe.Customer> {
  const { data } = await world.stripe.customers.list({ limit: 100 });
  return data.find((one) => one.name === name)!;
}

/** A customer that nobody knows in the org is asked about; the answer here is always a new Account. */
async function makeAccount(customerId: string): Promise<void> {
  await eventually(
    async () => (await openMatches()).some(({ stripeId }) => stripeId === customerId),
    `${customerId} is in the match queue`,
    60_000,
  );
  const { status } = await api('post', `/v1/matches/${customerId}`).send({ action: 'create' });
  expect(status).toBe(202);
}
