import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { audit, type Difference } from '../../sync/audit/audit.ts';
import { AuditTables } from '../../sync/audit/auditTables.ts';
import { SalesforceOrg } from '../../sync/salesforce/connection.ts';
import { invoicebridge, type CommandResult } from '../cli/invoicebridge.ts';
import { jobSteps, withoutFaults, type JobSteps } from '../integration/jobSteps.ts';
import { daysFromNow } from '../integration/orgUser.ts';
import { GOOD_CARD, payOnHostedPage } from '../integration/payingPerson.ts';
import { eventually, startWorld, type World } from '../integration/world.ts';

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

interface Planted {
  entity: string;
  kind: string;
  crmId?: string;
  stripeId?: string;
  fields?: string[];
}

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

test('each of 25 planted differences is found and none else, and healing ends all of them', async () => {
  const drafts = await Promise.all(Array.from({ length: 6 }, () => steps.raiseAndSync()));
  const open = await Promise.all(Array.from({ length: 9 }, () => steps.raiseAndSend()));
  await payAndRefund();
  await steps.quiet();
  const before = await run();
  expect(listedFound(before)).toEqual([]);
  expect(before.code).toBe(0);

  await world.control('stripe', 'POST', '/deliveries/mode', { mode: 'drop' });
  const planted = await plant(drafts, open);
  expect(planted).toHaveLength(25);

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

/** Changes one side behind the engine's back, as a person, a faulty program or a lost event would. */
async function plant(drafts: string[], open: string[]): Promise<Planted[]> {
  const org = new SalesforceOrg(world.config.salesforce);
  const edit = (object: string, id: string, fields: object) =>
    org.request('PATCH', `/sobjects/${object}/${id}`, fields);
  const stripeIds = new Map<string, string>();
  for (const id of [...drafts, ...open]) stripeIds.set(id, (await steps.stripeInvoice(id)).id);
  const differs = (crmId: string, ...fields: string[]): Planted => ({
    entity: 'invoice',
    kind: 'differs',
    crmId,
    stripeId: stripeIds.get(crmId)!,
    fields,
  });
  const planted: Planted[] = [];

  const editedInOrg = [
    ['Status__c', 'Paid', 'status'],
    ['Number__c', 'TYPED-1', 'number'],
    ['Total__c', 1, 'total'],
    ['Amount_Due__c', 2, 'amountDue'],
    ['Amount_Paid__c', 3, 'amountPaid'],
    ['Amount_Remaining__c', 4, 'amountRemaining'],
    ['Due_Date__c', daysFromNow(77), 'dueDate'],
  ] as const;
  for (const [index, [field, value, name]] of editedInOrg.entries()) {
    await edit('Invoice__c', open[index]!, { [field]: value });
    planted.push(differs(open[index]!, name));
  }
  const unlinked = open[7]!;
  await edit('Invoice__c', unlinked, { Stripe_Invoice_Id__c: null });
  planted.push({
    entity: 'invoice',
    kind: 'not_linked',
    crmId: unlinked,
    stripeId: stripeIds.get(unlinked)!,
  });
  const paid = open[8]!;
  await world.stripe.invoices.pay(stripeIds.get(paid)!, { paid_out_of_band: true });
  planted.push(differs(paid, 'status', 'amountPaid', 'amountRemaining'));

  const [memoInStripe, memoInOrg, quantity, lineGone, subtotal, lineText] = drafts as [
    string,
    string,
    string,
    string,
    string,
    string,
  ];
  await world.stripe.invoices.update(stripeIds.get(memoInStripe)!, { description: 'Written in Stripe' });
  await edit('Invoice__c', memoInOrg, { Description__c: 'Written in the org' });
  planted.push(differs(memoInStripe, 'description'), differs(memoInOrg, 'description'));
  const { lines } = await steps.stripeInvoice(quantity);
  await world.stripe.invoices.updateLines(stripeIds.get(quantity)!, {
    lines: [{ id: lines.data[0]!.id, quantity: 41 }],
  });
  planted.push(
    differs(
      quantity,
      'subtotal',
      'total',
      'amountDue',
      'amountRemaining',
      'linesAmount',
      'line.quantity',
      'line.amount',
    ),
  );
  const [line] = await world.rep.query(
    `SELECT Id FROM Invoice_Line__c WHERE Invoice__c = '${lineGone}' LIMIT 1`,
  );
  await world.rep.delete('Invoice_Line__c', line!.Id);
  planted.push(differs(lineGone, 'lines', 'linesAmount', 'line'));
  await edit('Invoice__c', subtotal, { Subtotal__c: 6, Discount__c: 7 });
  planted.push(differs(subtotal, 'subtotal', 'discount'));

  const [otherLine] = await world.rep.lines(lineText);
  await edit('Invoice_Line__c', otherLine!.Id, { Description__c: 'Written in the org', Quantity__c: 9 });
  planted.push(differs(lineText, 'line.description', 'line.quantity'));

  planted.push(...(await plantInMirrors(edit)));
  const customer = String((await steps.stripeInvoice(open[0]!)).customer);
  const made = await world.stripe.invoices.create({ customer, description: 'Made in Stripe' });
  planted.push({ entity: 'invoice', kind: 'missing_in_salesforce', stripeId: made.id });
  const copied = await world.stripe.invoices.create({ customer, metadata: { salesforce_id: open[0]! } });
  planted.push({ entity: 'invoice', kind: 'duplicate_in_stripe', stripeId: copied.id });
  planted.push({ entity: 'invoice', kind: 'missing_in_stripe', crmId: await steps.raise() });

  const [account] = await world.rep.query(
    `SELECT Id FROM Account WHERE Stripe_Customer_Id__c = '${customer}'`,
  );
  await edit('Account', account!.Id, { Phone: '+1 555 0199' });
  planted.push({
    entity: 'customer',
    kind: 'differs',
    crmId: account!.Id,
    stripeId: customer,
    fields: ['phone'],
  });
  const products = await world.rep.query<{ Id: string; Stripe_Product_Id__c: string }>(
    'SELECT Id, Stripe_Product_Id__c FROM Product2 WHERE Stripe_Product_Id__c != null ORDER BY Name',
  );
  const [inOrg, inStripe] = products as [(typeof products)[0], (typeof products)[0]];
  await edit('Product2', inOrg.Id, { Description: 'Written in the org' });
  await world.stripe.products.update(inStripe.Stripe_Product_Id__c, { description: 'Written in Stripe' });
  for (const product of [inOrg, inStripe]) {
    planted.push({
      entity: 'product',
      kind: 'differs',
      crmId: product.Id,
      stripeId: product.Stripe_Product_Id__c,
      fields: ['description'],
    });
  }
  return planted;
}

/** An invoice that was paid by card, partly refunded, and one with a credit note; both sides agree on all of it. */
async function payAndRefund(): Promise<void> {
  const [paid, credited] = [await steps.raiseAndSend(), await steps.raiseAndSend()];
  const invoice = await steps.stripeInvoice(paid);
  await payOnHostedPage(invoice.hosted_invoice_url!, GOOD_CARD);
  await steps.becomes(paid, 'Paid');
  const { data } = await world.stripe.invoicePayments.list({ invoice: invoice.id });
  await world.stripe.refunds.create({ payment_intent: String(data[0]!.payment.payment_intent), amount: 100 });
  for (const amount of [300, 200]) {
    await world.stripe.creditNotes.create({ invoice: (await steps.stripeInvoice(credited)).id, amount });
  }
  await eventually(async () => {
    const rows = await Promise.all([
      world.admin.query('SELECT Id FROM Payment_Confirmation__c'),
      world.admin.query('SELECT Id FROM Credit_Note__c'),
    ]);
    return rows[0].length === 2 && rows[1].length === 2;
  }, 'payment, refund and credit notes are in the org');
}

async function plantInMirrors(
  edit: (object: string, id: string, fields: object) => Promise<unknown>,
): Promise<Planted[]> {
  const rows = await world.admin.query<{ Id: string; Type__c: string; Stripe_Payment_Id__c: string }>(
    'SELECT Id, Type__c, Stripe_Payment_Id__c FROM Payment_Confirmation__c',
  );
  const [payment, refund] = ['Payment', 'Refund'].map((type) =>
    rows.find(({ Type__c }) => Type__c === type)!,
  );
  await edit('Payment_Confirmation__c', payment!.Id, { Status__c: 'Failed', Method__c: 'Cash' });
  await edit('Payment_Confirmation__c', refund!.Id, { Amount__c: 77 });
  const [memo, gone] = await world.admin.query<{ Id: string; Stripe_Credit_Note_Id__c: string }>(
    'SELECT Id, Stripe_Credit_Note_Id__c FROM Credit_Note__c ORDER BY Name',
  );
  await edit('Credit_Note__c', memo!.Id, { Memo__c: 'Written in the org' });
  // As after a record that was never made: the engine has never heard of its deletion.
  await world.admin.delete('Credit_Note__c', gone!.Id);
  const differs = { kind: 'differs' };
  return [
    {
      ...differs,
      entity: 'payment',
      crmId: payment!.Id,
      stripeId: payment!.Stripe_Payment_Id__c,
      fields: ['Status__c', 'Method__c'],
    },
    {
      ...differs,
      entity: 'refund',
      crmId: refund!.Id,
      stripeId: refund!.Stripe_Payment_Id__c,
      fields: ['Amount__c'],
    },
    {
      ...differs,
      entity: 'credit_note',
      crmId: memo!.Id,
      stripeId: memo!.Stripe_Credit_Note_Id__c,
      fields: ['Memo__c'],
    },
    { entity: 'credit_note', kind: 'missing_in_salesforce', stripeId: gone!.Stripe_Credit_Note_Id__c },
  ];
}

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
  expect(invoices).toMatchObject({ stripe: 19, salesforce: 18 });
  const total = (wanted: string) => Number(invoices.sums.find(({ side }) => side === wanted)!.total);
  expect(total('stripe')).not.toBe(total('salesforce'));
  expect(html).toContain('<h1>25 records differ</h1>');
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
  expect(entities.map(({ differing }) => differing)).toEqual([0, 0, 0, 0, 0, 0]);
  // The org's list holds what has not struck yet.
  expect(JSON.stringify(await world.control('org', 'GET', '/faults'))).not.toContain('503');
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
    for await (const page of tables.differences()) pages.push(...page);
    expect(pages).toMatchObject([{ kind: 'duplicate_in_salesforce', stripeId: 'in_1', crmId: 'a01B' }]);
    await tables.drop();
  } finally {
    client.release();
  }
});
