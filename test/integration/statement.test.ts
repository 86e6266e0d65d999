import { randomUUID } from 'node:crypto';
import { addDays } from '../../sync/domain/civilDay.ts';
import { toMajorUnits } from '../../sync/domain/money.ts';
import { periodOf } from '../../sync/domain/statementPeriod.ts';
import { readStatement } from '../../sync/statement/readStatement.ts';
import type { StatementFigures } from '../../sync/statement/statementFigures.ts';
import { readPdf } from '../stripePages/pdfContent.ts';
import { allStruck, jobSteps, withoutFaults, type JobSteps } from './jobSteps.ts';
import { moneySteps } from './moneySteps.ts';
import { liveThrough, openInvoices, type Observed } from './statementHistory.ts';
import { currencyOf, statementSteps, type StatementSteps } from './statementSteps.ts';
import { eventually, startWorld, type World } from './world.ts';

const DAY_MS = 86_400_000;
const today = new Date().toISOString().slice(0, 10);
const FIRST = addDays(today, -120);

let world: World;
let job: JobSteps;
let steps: StatementSteps;
let accountId: string;
let customer: string;
let observed: Observed[];

beforeAll(async () => {
  world = await startWorld();
  job = await jobSteps(world);
  steps = statementSteps(world);
  const invoice = await job.stripeInvoice(await job.raiseAndSync());
  customer = String(invoice.customer);
  [{ Id: accountId }] = (await world.rep.query(
    `SELECT Id FROM Account WHERE Stripe_Customer_Id__c = '${customer}'`,
  )) as [{ Id: string }];
  observed = await liveThrough(world, customer, FIRST);
});
afterEach(() => withoutFaults(world));
afterAll(() => world?.stop());

const figures = (from: string, to: string) => steps.figures(accountId, { from, to });
const make = (body: object, options: { account?: string; key?: string } = {}) =>
  steps.make(options.account ?? accountId, { body, ...options });

describe('the figures', () => {
  test('open and close with what Stripe said was open on these days, whatever happened in between', async () => {
    const days = observed.filter(({ day }, index) => day !== observed[index + 1]?.day);
    const pairs = days.flatMap((_, index) => [
      [days[index]!, days[index + 1]],
      [days[index]!, days[days.length - 1 - index]],
    ]);
    for (const [before, after] of pairs) {
      if (!before || !after || before.day >= after.day) continue;
      const statement = await figures(addDays(before.day, 1), after.day);
      for (const currency of ['usd', 'jpy']) {
        const section = currencyOf(statement, currency);
        const sums = [section?.openingBalance ?? 0, section?.closingBalance ?? 0];
        const expected = [before, after].map(({ open }) => toMajorUnits(open[currency] ?? 0, currency));
        expect([before.day, after.day, currency, ...sums]).toEqual([
          before.day,
          after.day,
          currency,
          ...expected,
        ]);
        expect(section?.rows.at(-1)?.balance ?? sums[1]).toBe(sums[1]);
      }
    }
  });

  test('tell each movement once, with its day, and leave drafts out', async () => {
    const usd = currencyOf(await figures(FIRST, today), 'usd')!;
    const short = usd.rows.map(({ date, kind, charge, credit }) => [
      (Date.parse(date) - Date.parse(FIRST)) / DAY_MS,
      kind,
      charge - credit,
    ]);
    expect(short).toEqual([
      [0, 'invoice', 100],
      [3, 'payment', -30],
      [5, 'credit-note', -20],
      [8, 'invoice', 80],
      [8, 'payment', -80],
      [10, 'refund', 15],
      [10, 'refund-allowed', -15],
      [12, 'credit-note', -40],
      [12, 'note-refund', 25],
      [12, 'note-balance', 15],
      [15, 'invoice', 60],
      [15, 'balance-used', -15],
      [18, 'void', -60],
      [18, 'balance-returned', 15],
      [20, 'invoice', 70],
      [20, 'balance-used', -15],
      [22, 'write-off', -55],
      [25, 'write-off-reversed', 55],
      [25, 'marked-paid', -55],
      [28, 'invoice', 9],
      [28, 'write-off', -9],
      [30, 'invoice', 55],
      expect.arrayContaining([33]),
      expect.arrayContaining([33]),
      [35, 'invoice', 10],
      [35, 'payment', -12],
      [35, 'overpaid', 2],
      [40, 'credit-note', -10],
      [42, 'note-void', 10],
      [48, 'invoice', 1.5],
      [48, 'balance-used', -1.5],
      [52, 'invoice', 0.3],
      [52, 'carried', -0.3],
      [55, 'invoice', 500],
      [55, 'balance-collected', 0.3],
      [65, 'invoice', 42],
    ]);
    expect(
      usd.rows
        .filter(({ date }) => date === addDays(FIRST, 33))
        .map(({ kind }) => kind)
        .sort(),
    ).toEqual(['invoice', 'void']);
    expect(usd.rows[1]!.description).toBe('Payment, Bank transfer, RF18 5390');
    expect(usd.rows[4]!.description).toBe('Payment, Visa •••• 4242');
    expect(usd.rows[7]!.reference).toMatch(/-CN-01$/);
    expect(currencyOf(await figures(FIRST, today), 'jpy')).toMatchObject({
      rows: [{ charge: 5000 }, { kind: 'credit-note', credit: 5000 }, { charge: 777 }],
      closingBalance: 777,
    });
  });

  test('age what is open by its due dates, and tell the balance that Stripe keeps beside it', async () => {
    const usd = currencyOf(await figures(FIRST, today), 'usd')!;
    const late = (due: number | null) => (Date.parse(today) - Math.floor(due! / 86_400) * DAY_MS) / DAY_MS;
    const open = (await openInvoices(world.stripe, customer)).filter(({ currency }) => currency === 'usd');
    const between = (from: number, to: number) =>
      open
        .filter(({ due_date: due }) => late(due) >= from && late(due) <= to)
        .reduce((sum, { amount_remaining: left }) => sum + left, 0) / 100;
    expect(usd.pastDue).toEqual({
      current: between(-999, 0),
      days1To30: between(1, 30),
      days31To60: between(31, 60),
      days61To90: between(61, 90),
      over90Days: between(91, 999),
    });
    expect(Object.values(usd.pastDue).filter((amount) => amount > 0).length).toBeGreaterThanOrEqual(2);
    expect(usd.customerBalance).toBe(0);
    const then = currencyOf(await figures(FIRST, addDays(FIRST, 12)), 'usd')!;
    expect(then.customerBalance).toBe(-15);
  });

  test('are refused in words where the period or the account is none', async () => {
    const refusal = async (query: string, account = accountId) => {
      const { status, body } = await steps.get(account, { query });
      const { code, detail } = body as { code: string; detail: string };
      return [status, code, detail];
    };
    expect(await refusal('?from=2026-10-01')).toEqual([400, 'invalid_period', expect.stringMatching(/both/)]);
    expect(await refusal('?from=2026-10-01&to=2999-01-01')).toEqual([
      ...[400, 'invalid_period'],
      expect.stringMatching(/in the future/),
    ]);
    expect(await refusal('?month=10')).toEqual([400, 'invalid_request', expect.any(String)]);
    expect(await refusal('', '001000000000000AAA')).toEqual([
      ...[409, 'no_customer'],
      expect.stringMatching(/Raise its first invoice/),
    ]);
    expect((await steps.get(accountId, { accept: 'text/html' })).status).toBe(406);
  });
});

test('the PDF holds the parties, every row, the sums and the numbers of its pages', async () => {
  const query = `?from=${FIRST}&to=${today}`;
  const answer = await steps.get(accountId, { query, accept: 'application/pdf' });
  expect(answer.headers['content-type']).toBe('application/pdf');
  expect(answer.headers['content-disposition']).toContain(`Statement ${FIRST} to ${today}.pdf`);
  const { text, pages } = readPdf(answer.body as Buffer);
  expect(pages).toBeGreaterThan(1);
  expect(text).toContain(`Page ${pages} of ${pages}`);
  expect(text).toContain('USD (continued)');
  const words = text.replaceAll('\n', ' ');
  expect(words).toContain(job.account);
  expect(words).toContain('Sandbox Company');
  const { currencies } = await figures(FIRST, today);
  for (const { rows, closingBalance } of currencies) {
    for (const { reference, description } of rows) {
      expect(words).toContain(reference);
      for (const word of description.split(' ')) expect(words).toContain(word);
    }
    expect(words).toContain(closingBalance.toLocaleString('en-US'));
  }
});

test('an account with more invoices than a page of Stripe is read to the end, and too many rows are refused', async () => {
  const order = { customers: 1, invoices: 130, paid: 60 };
  const { first } = await world.control<{ first: string }>('stripe', 'POST', '/seed', order);
  const seeded = String((await world.stripe.invoices.retrieve(first)).customer);
  const period = periodOf({ from: FIRST, to: today }, { today, zone: 'Etc/UTC' });
  if (typeof period === 'string') throw new Error(period);
  const asked = { customers: [seeded], period, now: new Date() };
  const port = { database: world.database, stripe: world.stripe };
  const { sections } = await readStatement(port, asked);
  const open = await openInvoices(world.stripe, seeded);
  expect(open).toHaveLength(70);
  const owed = open.reduce((sum, { amount_remaining: left }) => sum + left, 0);
  expect(sections).toMatchObject([{ currency: 'usd', closing: owed }]);
  expect(sections[0]!.rows).toHaveLength(130 + 60);
  await expect(readStatement(port, { ...asked, mostRows: 150 })).rejects.toThrow(
    /more than 150 rows. Choose a shorter period/,
  );
  // A customer that is deleted in Stripe still owes what was open.
  await world.stripe.customers.del(seeded);
  const { sections: after, receiver } = await readStatement(port, asked);
  expect([after[0]!.closing, receiver.name]).toEqual([owed, expect.stringMatching(/^\w+/)]);
});

describe('the file', () => {
  const period = { from: FIRST, to: addDays(FIRST, 60) };

  test('is stored once for a key, and again as a version of the same file', async () => {
    const key = randomUUID();
    const [first, again] = [await make(period, { key }), await make(period, { key })];
    expect(first.status).toBe(200);
    expect(again.body).toEqual(first.body);
    expect(first.body).toMatchObject({
      command: { kind: 'statement', status: 'done' },
      message: expect.stringMatching(/^The statement from .* is stored: .* USD is owed at its end/),
      statement: { title: `Statement ${period.from} to ${period.to}`, ...period },
    });
    const { fileId } = (first.body as { statement: { fileId: string } }).statement;
    expect(await steps.versions(accountId)).toMatchObject([
      { Title: `Statement ${period.from} to ${period.to}`, VersionNumber: '1', ContentDocumentId: fileId },
    ]);
    await make(period);
    expect((await steps.versions(accountId)).map(({ VersionNumber }) => VersionNumber)).toEqual(['1', '2']);
    // Another period is another file, and one that somebody deleted is made anew.
    const other = await make({});
    expect(other.body).toMatchObject({ statement: { to: addDays(`${today.slice(0, 8)}01`, -1) } });
    await world.admin.delete('ContentDocument', fileId);
    const anew = await make(period);
    const made = (anew.body as { statement: { fileId: string } }).statement.fileId;
    expect(made).not.toBe(fileId);
    expect((await steps.versions(accountId)).map(({ ContentDocumentId }) => ContentDocumentId)).toContain(
      made,
    );
  });

  test('is there once when the answer to its upload is lost, or its worker was killed after any step', async () => {
    const money = moneySteps(world, job);
    const days = { from: addDays(FIRST, 2), to: addDays(FIRST, 50) };
    const ofPeriod = async () =>
      (await steps.versions(accountId)).filter(({ Title }) => Title.includes(days.from));
    await world.control('org', 'POST', '/faults', {
      match: { method: 'POST', path: '/sobjects/ContentVersion$' },
      kind: 'resetAfter',
      times: 1,
    });
    const key = randomUUID();
    const { command, message } = await eventually(async () => {
      const { status, body } = await make(days, { key });
      return status === 200 ? (body as { command: { id: string }; message: string }) : undefined;
    }, 'the command is done');
    await allStruck(world, 'org');
    expect(await ofPeriod()).toHaveLength(1);
    // Whoever takes it over finds what was made, or nothing but the key.
    for (const state of [`state`, `'{}'`])
      expect(await money.carriedOutAgain(command.id, state)).toEqual({ status: 'done', words: message });
    expect(await ofPeriod()).toHaveLength(1);
  });

  test('is refused in words, and the refusal is final for its key', async () => {
    const key = randomUUID();
    const refused = await make({ from: '2026-02-30', to: '2026-03-01' }, { key });
    expect([refused.status, (refused.body as { code: string }).code]).toEqual([400, 'invalid_period']);
    const another = await make({ from: '2026-02-01', to: '2026-02-10' }, { key });
    expect((another.body as { code: string }).code).toBe('idempotency_conflict');
  });
});

test('a merged account brings its invoices along, and has no statement any more', async () => {
  // Midnight may pass while this runs.
  const soon = addDays(today, 1);
  const name = `Merged ${randomUUID().slice(0, 8)}`;
  const lost = await world.admin.create('Account', { Name: name, Billing_Email__c: 'ap@example.com' });
  const line = { product: job.products[0]!.name, unitPrice: 321, quantity: 1 };
  const crmId = await world.rep.raiseInvoice({ account: name, lines: [line] });
  await job.sync(crmId);
  const { id } = await job.stripeInvoice(crmId);
  await world.stripe.invoices.finalizeInvoice(id);
  const before = currencyOf(await figures(FIRST, soon), 'usd')!.closingBalance;
  await world.control('org', 'POST', '/merge', { masterId: accountId, mergedIds: [lost] });
  // Nobody has told of the merge yet: the button asks the org, and waits until it is followed.
  const key = randomUUID();
  const { currencies } = await eventually(async () => {
    const { status, body } = await make({ from: FIRST, to: soon }, { key });
    return status === 200 ? (body as { statement: StatementFigures }).statement : undefined;
  }, 'the statement is made');
  expect(currencies.find(({ currency }) => currency === 'USD')!.closingBalance).toBe(before + 321);
  const asked = await make({ from: FIRST, to: soon }, { account: lost });
  expect([asked.status, (asked.body as { code: string }).code]).toEqual([409, 'account_merged']);
});
