import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { audit, type Difference } from '../../sync/audit/audit.ts';
import { AuditTables } from '../../sync/audit/auditTables.ts';
import { invoicebridge, type CommandResult } from '../cli/invoicebridge.ts';
import { jobSteps, withoutFaults, type JobSteps } from '../integration/jobSteps.ts';
import { GOOD_CARD, payOnHostedPage } from '../integration/payingPerson.ts';
import { startWorld, type World } from '../integration/world.ts';
import { followedDeletions } from './followedDeletions.ts';
import { payAndRefund, plant, type Planted } from './plant.ts';
import { pairPrices, plantPrices } from './plantPrices.ts';

// Each command is a process of its own: seconds, on a busy machine with two cores.
jest.setTimeout(240_000);

let world: World;
let steps: JobSteps;
let directory: string;

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'invoicebridge-audit-'));
  // Nothing but the audit may find out what was planted.
  world = await startWorld({ environment: { SALESFORCE_CHANGE_STREAM: 'off' } });
  steps = await jobSteps(world);
});
afterEach(() => withoutFaults(world));
afterAll(async () => {
  await world?.stop();
  rmSync(directory, { recursive: true, force: true });
});

const run = (...args: string[]) => invoicebridge(['audit', '--json', ...args], world.environment);
const found = ({ lines }: CommandResult) =>
  lines.filter(({ kind }) => kind !== 'report') as unknown as Difference[];

/** The same for what was planted and what was found, in one order. */
const listed = (differences: Planted[]) =>
  differences
    .map(({ entity, kind, crmId, stripeId, fields = [] }) =>
      [entity, kind, crmId ?? '', stripeId ?? '', ...[...fields].sort()].join(' '),
    )
    .sort();

const listedFound = (result: CommandResult) =>
  listed(
    found(result).map(({ crmId, stripeId, fields, ...rest }) => ({
      ...rest,
      crmId: crmId ?? '',
      stripeId: stripeId ?? '',
      // Which line it was, the ids of Stripe tell.
      fields: fields.map(({ field }) => field.replace(/^lines\.\w+/, 'line')),
    })),
  );

test('each of 34 planted differences is found and none else, and healing ends all of them', async () => {
  const drafts = await Promise.all(Array.from({ length: 6 }, () => steps.raiseAndSync()));
  const open = await Promise.all(Array.from({ length: 9 }, () => steps.raiseAndSend()));
  await payAndRefund(world, steps);
  await followedDeletions(world, steps);
  const prices = await pairPrices(world);
  await steps.quiet();
  const before = await run();
  expect(listedFound(before)).toEqual([]);
  expect(before.code).toBe(0);

  await world.control('stripe', 'POST', '/deliveries/mode', { mode: 'drop' });
  const planted = await plant({ world, steps }, { drafts, open });
  planted.push(...(await plantPrices(world, prices)));
  expect(planted).toHaveLength(34);

  const page = join(directory, 'audit.html');
  const audited = await run('--out', page);
  expect(listedFound(audited)).toEqual(listed(planted));
  expect(audited.code).toBe(1);
  checkReport(audited, readFileSync(page, 'utf8'));

  // They stand until somebody has them mended.
  await steps.quiet();
  await withoutFaults(world);
  const healed = await run('--heal');
  expect(listedFound(healed)).toEqual(listed(planted));
  await steps.quiet();
  const after = await run();
  expect(listedFound(after)).toEqual([]);
  expect(after.code).toBe(0);
});

/** The sums tell how far apart the sides are, and the page can be read by itself. */
function checkReport({ lines }: CommandResult, html: string): void {
  const report = lines.find(({ kind }) => kind === 'report') as {
    entities: {
      entity: string;
      stripe: number;
      salesforce: number;
      sums: { side: string; total: string }[];
    }[];
  };
  const invoices = report.entities.find(({ entity }) => entity === 'invoice')!;
  expect(invoices).toMatchObject({ stripe: 20, salesforce: 18 });
  const total = (wanted: string) => Number(invoices.sums.find(({ side }) => side === wanted)!.total);
  expect(total('stripe')).not.toBe(total('salesforce'));
  expect(html).toContain('<h1>34 records differ</h1>');
  expect(html).toContain('TYPED-1');
  expect(html).not.toMatch(/<script|src=|href=/);
}

test('what people change while both sides are read is no difference', async () => {
  const sent = await steps.raiseAndSend();
  await steps.quiet();
  const { engine } = world.worker!;
  const differences: Difference[] = [];
  let changed = false;
  await audit(engine, {
    heal: false,
    onDifference: (difference) => differences.push(difference),
    onProgress: async ({ entity, side }) => {
      // Stripe's invoices have been read, the org's not yet.
      if (changed || entity !== 'invoice' || side !== 'stripe') return;
      changed = true;
      await world.stripe.invoices.pay((await steps.stripeInvoice(sent)).id, { paid_out_of_band: true });
      await steps.becomes(sent, 'Paid');
      await steps.raiseAndSync();
      await steps.quiet();
    },
  });
  expect(changed).toBe(true);
  expect(differences).toEqual([]);
});

test('a refusal that passes by itself does not end the audit', async () => {
  const fails = (side: 'stripe' | 'org', path: string, status: number) =>
    world.control(side, 'POST', '/faults', { match: { path }, kind: 'status', status, times: 2 });
  await fails('stripe', '^/v1/invoices$', 429);
  await fails('org', '/query', 503);
  const { engine } = world.worker!;
  const { entities } = await audit(engine, { heal: false, onDifference: () => {} });
  expect(entities.map(({ differing }) => differing)).toEqual([0, 0, 0, 0, 0, 0, 0, 0]);
  // The org's list holds what has not struck yet.
  expect(JSON.stringify(await world.control('org', 'GET', '/faults'))).not.toContain('503');
});

test('a customer in the match queue, with all that it has, is no difference; nor one that is left alone, nor a product of Stripe', async () => {
  const code = async () => (await run()).code;
  expect(await code()).toBe(0);
  await world.control('stripe', 'POST', '/deliveries/mode', { mode: 'drop' });
  const { stripe } = world;
  const product = await stripe.products.create({ name: 'Sold elsewhere' });
  const customer = await stripe.customers.create({ name: 'Nobody at All', email: 'nobody@nowhere.example' });
  const { id } = await stripe.invoices.create({
    customer: customer.id,
    collection_method: 'send_invoice',
    days_until_due: 7,
  });
  await stripe.invoices.addLines(id, { lines: [{ description: 'Work', amount: 900 }] });
  const { hosted_invoice_url: page } = await stripe.invoices.finalizeInvoice(id);
  await payOnHostedPage(page!, GOOD_CARD);
  await stripe.creditNotes.create({ invoice: id, amount: 100, out_of_band_amount: 100 });
  const { data: payments } = await stripe.invoicePayments.list({ invoice: id });
  const payment = String(payments[0]!.payment.payment_intent);
  await stripe.refunds.create({ payment_intent: payment, amount: 50 });
  await withoutFaults(world);
  const found = async (...args: string[]) => {
    const { lines, ...result } = await run(...args);
    const differences = lines.filter(({ kind }) => kind !== 'report') as unknown as Difference[];
    return {
      ...result,
      kinds: Object.fromEntries(differences.map(({ kind, stripeId }) => [stripeId!, kind])),
    };
  };

  // Nobody has told the engine of it yet; that is what healing does, at once.
  const missing = await found('--heal');
  expect(missing.kinds).toMatchObject({ [product.id]: 'left_alone', [customer.id]: 'missing_in_salesforce' });
  expect(missing.code).toBe(1);
  await steps.quiet();

  const waiting = await found('--out', join(directory, 'waiting.html'));
  expect(Object.values(waiting.kinds).filter((kind) => kind === 'undecided')).toHaveLength(5);
  expect(waiting.code).toBe(0);
  const html = readFileSync(join(directory, 'waiting.html'), 'utf8');
  expect(html).toContain('<h1>Both sides say the same</h1>');
  expect(html).toContain('waits for a person');

  await invoicebridge(['matches', 'resolve', customer.id, '--ignore'], world.environment);
  await steps.quiet();
  const decided = await found();
  expect(new Set(Object.values(decided.kinds))).toEqual(new Set(['left_alone']));
  expect(Object.keys(decided.kinds)).toHaveLength(6);
  expect(decided.code).toBe(0);
  expect((await found('--heal')).kinds).toEqual(decided.kinds);
});

test('two records of an org that lost its unique index are told apart', async () => {
  const client = await world.database.pool.connect();
  try {
    const tables = new AuditTables(client);
    await tables.reset();
    const row = { currency: 'USD', fields: { total: 1 } };
    await tables.add('stripe', [{ id: 'in_1', otherId: 'a01A', ...row }]);
    await tables.add('crm', [
      { id: 'a01B', otherId: 'in_1', ...row },
      { id: 'a01A', otherId: 'in_1', ...row },
    ]);
    expect(await tables.compare({ entity: 'invoice', withLines: false })).toBe(1);
    const pages = [];
    for await (const page of tables.found()) pages.push(...page);
    expect(pages).toMatchObject([{ kind: 'duplicate_in_salesforce', stripeId: 'in_1', crmId: 'a01B' }]);
    await tables.drop();
  } finally {
    client.release();
  }
});
