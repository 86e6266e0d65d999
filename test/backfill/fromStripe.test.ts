import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import type Stripe from 'stripe';
import { jobSteps, type JobSteps } from '../integration/jobSteps.ts';
import { invoicebridge } from '../cli/invoicebridge.ts';
import { startWorld, type World } from '../integration/world.ts';
import { beforeInvoicebridge, emailOf, newAccounts, oldInvoice } from './pastOfStripe.ts';

// Each command is a process of its own: seconds, on a busy machine with two cores.
jest.setTimeout(240_000);

let world: World;
let steps: JobSteps;
let directory: string;
let accounts: string[];
let known: Stripe.Customer;
let stranger: Stripe.Customer;
let invoices: { draft: Stripe.Invoice; long: Stripe.Invoice; paid: Stripe.Invoice; strange: Stripe.Invoice };
let refund: Stripe.Refund;
let creditNote: Stripe.CreditNote;

// As few connections as there may be: what holds one for the whole run has it beside the pool.
const run = (...args: string[]) =>
  invoicebridge(['backfill', ...args], { ...world.environment, DATABASE_POOL_SIZE: '2' });
const counts = (lines: Record<string, unknown>[]) =>
  lines.find(({ kind }) => kind === 'report')!.counts as Record<string, Record<string, number>>;
const recordOf = async (stripeId: string) =>
  (
    await world.database.pool.query<{ crm_id: string; state: string; base: unknown; error_code: string }>(
      'SELECT crm_id, state, base, error_code FROM sync_record WHERE stripe_id = $1',
      [stripeId],
    )
  ).rows[0];
const rows = async (table: string) =>
  (await world.database.pool.query<{ count: number }>(`SELECT count(*)::int AS count FROM ${table}`)).rows[0]!
    .count;
const orgInvoice = async (stripeId: string) =>
  (
    await world.admin.query<Record<string, unknown>>(
      `SELECT Id, Status__c, Account__c, Total__c, Description__c, Sync_Status__c, CurrencyIsoCode, (SELECT Id, CurrencyIsoCode FROM Invoice_Lines__r)
       FROM Invoice__c WHERE Stripe_Invoice_Id__c = '${stripeId}'`,
    )
  )[0];

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'invoicebridge-backfill-'));
  world = await startWorld({ currencies: ['USD', 'EUR'] });
  await world.stopWorker();
  steps = await jobSteps(world);
  accounts = await newAccounts(world, ['Alder Works', 'Birch Foods']);
  await beforeInvoicebridge(world, async () => {
    known = await world.stripe.customers.create({ name: 'Alder Works Inc.', email: emailOf('Alder Works') });
    stranger = await world.stripe.customers.create({ name: 'Zed Nobody', email: 'zed@nowhere.example' });
    invoices = {
      draft: await oldInvoice(world, { customer: known.id, until: 'draft' }),
      long: await oldInvoice(world, { customer: known.id, lines: 37 }),
      paid: await oldInvoice(world, { customer: known.id, until: 'paid', currency: 'eur' }),
      strange: await oldInvoice(world, { customer: stranger.id, until: 'paid' }),
    };
    const [payment] = (await world.stripe.paymentIntents.list({ customer: known.id })).data.filter(
      ({ status }) => status === 'succeeded',
    );
    refund = await world.stripe.refunds.create({ payment_intent: payment!.id, amount: 300 });
    creditNote = await world.stripe.creditNotes.create({ invoice: invoices.long.id, amount: 500 });
  });
});
afterAll(async () => {
  await world?.stop();
  rmSync(directory, { recursive: true, force: true });
});

test('a dry run says what would be made and changed, and writes nothing anywhere', async () => {
  const csv = join(directory, 'dry.csv');
  await world.control('stripe', 'DELETE', '/calls');
  const before = await rows('sync_record');
  const { code, lines } = await run('--from', 'stripe', '--dry-run', '--csv', csv, '--json');
  expect(code).toBe(0);
  expect(counts(lines)).toMatchObject({
    customer: { read: 2, updated: 1, queued: 1 },
    invoice: { read: 4, created: 3, queued: 1, failed: 0 },
    payment: { created: 1, queued: 1 },
    refund: { created: 1 },
    credit_note: { created: 1 },
  });
  const cells = parse(readFileSync(csv), { columns: true }) as Record<string, string>[];
  expect(cells).toContainEqual(
    expect.objectContaining({
      stripe: known.id,
      side: 'stripe',
      field: 'name',
      from: 'Alder Works Inc.',
      to: 'Alder Works',
    }),
  );
  expect(cells).toContainEqual(
    expect.objectContaining({
      stripe: known.id,
      side: 'salesforce',
      field: 'Stripe_Customer_Id__c',
      to: known.id,
    }),
  );
  expect(cells).toContainEqual(
    expect.objectContaining({
      entity: 'invoice',
      stripe: invoices.paid.id,
      outcome: 'create',
      field: 'Status__c',
      to: 'Paid',
    }),
  );

  expect(await rows('sync_record')).toBe(before);
  expect(await rows('backfill_run')).toBe(0);
  expect(await rows('match_case')).toBe(0);
  const { byPath } = await world.control<{ byPath: object }>('stripe', 'GET', '/calls');
  expect(Object.keys(byPath).filter((path) => !path.startsWith('GET'))).toEqual([]);
  expect(await world.admin.query(`SELECT Id FROM Invoice__c WHERE Stripe_Invoice_Id__c != null`)).toEqual([]);
});

test('brings over customers, invoices with all lines, payments, refunds and credit notes', async () => {
  const { code, lines } = await run('--from', 'stripe', '--json');
  // What belongs to a customer that nobody is failed in words, and waits.
  expect(code).toBe(1);
  expect(counts(lines)).toMatchObject({
    customer: { updated: 1, queued: 1 },
    invoice: { created: 3, failed: 1 },
    payment: { created: 1, failed: 1 },
    refund: { created: 1 },
    credit_note: { created: 1 },
  });
  expect(await orgInvoice(invoices.draft.id)).toMatchObject({
    Status__c: 'Draft',
    Account__c: accounts[0],
    Description__c: 'From before',
    Sync_Status__c: 'Synced',
  });
  const long = await orgInvoice(invoices.long.id);
  expect((long!.Invoice_Lines__r as { records: unknown[] }).records).toHaveLength(37);
  expect(long!.Total__c).toBe(invoices.long.total / 100);
  expect(await orgInvoice(invoices.paid.id)).toMatchObject({
    Status__c: 'Paid',
    CurrencyIsoCode: 'EUR',
    Invoice_Lines__r: { records: [{ CurrencyIsoCode: 'EUR' }] },
  });
  expect(long!.CurrencyIsoCode).toBe('USD');
  const ofPaid = `Invoice__r.Stripe_Invoice_Id__c = '${invoices.paid.id}'`;
  expect(
    await world.admin.query(
      `SELECT Type__c, Amount__c, CurrencyIsoCode FROM Payment_Confirmation__c WHERE ${ofPaid} ORDER BY Type__c`,
    ),
  ).toMatchObject([
    { Type__c: 'Payment', Amount__c: 10, CurrencyIsoCode: 'EUR' },
    { Type__c: 'Refund', Amount__c: 3, CurrencyIsoCode: 'EUR' },
  ]);
  expect(
    await world.admin.query(
      `SELECT Amount__c FROM Credit_Note__c WHERE Stripe_Credit_Note_Id__c = '${creditNote.id}'`,
    ),
  ).toMatchObject([{ Amount__c: 5 }]);
  expect(await recordOf(refund.id)).toMatchObject({ state: 'clean' });
  for (const { id } of [invoices.draft, invoices.long, invoices.paid]) {
    const record = await recordOf(id);
    // What was refunded of an invoice is shown by the engine, once the refund is there.
    const state = id === invoices.paid.id ? 'dirty' : 'clean';
    expect(record).toMatchObject({ state, crm_id: (await orgInvoice(id))!.Id });
    expect(record!.base).toBeTruthy();
  }
  expect(await recordOf(invoices.strange.id)).toMatchObject({
    state: 'parked',
    error_code: 'unlinked_customer',
  });
});

test('a second run makes nothing twice and leaves the pairs to the engine', async () => {
  const before = await world.admin.query('SELECT Id, SystemModstamp FROM Invoice__c ORDER BY Id');
  const { lines } = await run('--from', 'stripe', '--json');
  expect(counts(lines).invoice).toMatchObject({ created: 0, skipped: 3 });
  expect(counts(lines).customer).toMatchObject({ skipped: 1, queued: 1 });
  expect(await world.admin.query('SELECT Id, SystemModstamp FROM Invoice__c ORDER BY Id')).toEqual(before);
});

test('once a person says who the customer is, its invoice and payment come over', async () => {
  await world.startWorker();
  const listed = await invoicebridge(['matches', '--json'], world.environment);
  expect(listed.lines).toEqual([
    expect.objectContaining({
      kind: 'match',
      stripeId: stranger.id,
      reason: 'No Account is like it.',
      candidates: [],
    }),
  ]);
  const { code, stdout } = await invoicebridge(
    ['matches', 'resolve', stranger.id, '--account', accounts[1]!],
    world.environment,
  );
  expect(stdout).toContain('its invoices follow');
  expect(code).toBe(0);
  await steps.becomes((await waitForRecord(invoices.strange.id)).crm_id, 'Paid');
  await steps.quiet();
  expect(await orgInvoice(invoices.strange.id)).toMatchObject({ Account__c: accounts[1] });
  expect(
    await world.admin.query(
      `SELECT Id FROM Payment_Confirmation__c WHERE Invoice__r.Stripe_Invoice_Id__c = '${invoices.strange.id}'`,
    ),
  ).toHaveLength(1);
  const again = await invoicebridge(['matches', 'resolve', stranger.id, '--create'], world.environment);
  expect(again).toMatchObject({ code: 1, stdout: expect.stringContaining('already') as string });
});

test('the engine finds nothing to do about what was brought over, and merges an edit of either side', async () => {
  const before = await world.admin.query('SELECT Id, SystemModstamp FROM Invoice__c ORDER BY Id');
  await world.database.pool.query(
    `SELECT mark_dirty(entity, stripe_id, crm_id, 'salesforce') FROM sync_record WHERE crm_id IS NOT NULL`,
  );
  await steps.quiet();
  expect(await world.admin.query('SELECT Id, SystemModstamp FROM Invoice__c ORDER BY Id')).toEqual(before);

  const draft = await orgInvoice(invoices.draft.id);
  await world.stripe.invoices.update(invoices.draft.id, { description: 'Said in Stripe' });
  await steps.quiet();
  expect(await orgInvoice(invoices.draft.id)).toMatchObject({
    Id: draft!.Id,
    Description__c: 'Said in Stripe',
  });
});

test('wrong usage is refused with what to say instead', async () => {
  expect(await run()).toMatchObject({ code: 2, stderr: expect.stringContaining('--from') as string });
  expect(await run('--from', 'salesforce', '--entity', 'payment')).toMatchObject({ code: 2 });
  expect(await run('--resume', '987')).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('There is no backfill 987') as string,
  });
  expect(existsSync(join(directory, 'dry.csv'))).toBe(true);
});

async function waitForRecord(stripeId: string) {
  for (;;) {
    const record = await recordOf(stripeId);
    if (record?.crm_id) return record;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
