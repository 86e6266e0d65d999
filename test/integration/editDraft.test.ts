import { randomUUID } from 'node:crypto';
import { jobSteps, withoutFaults, type JobSteps } from './jobSteps.ts';
import { moneySteps, type MoneySteps } from './moneySteps.ts';
import { daysFromNow } from './orgUser.ts';
import { eventually, startWorld, type World } from './world.ts';

let world: World;
let job: JobSteps;
let money: MoneySteps;
let taxRate: { stripeId: string; crmId: string };

beforeAll(async () => {
  world = await startWorld();
  job = await jobSteps(world);
  money = moneySteps(world, job);
  const { id } = await world.stripe.taxRates.create({
    display_name: 'VAT',
    percentage: 20,
    inclusive: false,
  });
  const inOrg = async () =>
    (await world.rep.query(`SELECT Id FROM Tax_Rate__c WHERE Stripe_Tax_Rate_Id__c = '${id}'`))[0];
  taxRate = { stripeId: id, crmId: (await eventually(inOrg, 'the tax rate is in the org')).Id };
  await job.quiet();
});
afterAll(() => world?.stop());
afterEach(() => withoutFaults(world));

const edit = (crmId: string, body: { key?: string; [param: string]: unknown }) =>
  money.act('edit', crmId, body);

/** Two lines, of 100.00 and 3 times 19.99. */
async function draft(): Promise<{ crmId: string; id: string; lines: string[] }> {
  const { name } = job.products[0]!;
  const crmId = await job.raiseAndSync([
    { product: name, unitPrice: 100, quantity: 1 },
    { product: name, unitPrice: 19.99, quantity: 3 },
  ]);
  const [{ id }, lines] = await Promise.all([job.stripeInvoice(crmId), world.rep.lines(crmId)]);
  return { crmId, id, lines: lines.map((line) => line.Id) };
}

test('all terms and lines at once: both sides say the same, and the answer says what changed', async () => {
  const { crmId, id, lines } = await draft();
  const other = job.products[1]!;
  const { status, body } = await edit(crmId, {
    description: 'As agreed',
    footer: 'Thank you',
    dueDate: daysFromNow(40),
    customFields: [{ name: 'PO: number', value: '4711' }],
    discount: { percent: 10 },
    taxRate: taxRate.crmId,
    lines: [
      { line: lines[0], quantity: 2, unitPrice: 50.5 },
      { line: lines[1], remove: true },
      { product: other.productId, unitPrice: 7.25, quantity: 4 },
    ],
  });
  // 101.00 and 29.00, 10 % off, 20 % on top.
  expect({ status, words: body.message }).toEqual({
    status: 200,
    words: expect.stringMatching(
      /^The draft is changed on both sides, and comes to 140\.40 USD\. Salesforce: /,
    ) as string,
  });
  expect(await job.stripeInvoice(crmId)).toMatchObject({
    id,
    status: 'draft',
    description: 'As agreed',
    footer: 'Thank you',
    custom_fields: [{ name: 'PO: number', value: '4711' }],
    total: 14_040,
  });
  expect(await world.rep.query(`SELECT ${FIELDS} FROM Invoice__c WHERE Id = '${crmId}'`)).toMatchObject([
    {
      Description__c: 'As agreed',
      Footer__c: 'Thank you',
      Due_Date__c: daysFromNow(40),
      Payment_Terms__c: null,
      Custom_Fields__c: 'PO\\: number: 4711',
      Discount_Percent__c: 10,
      Tax_Rate__c: taxRate.crmId,
      Total__c: 140.4,
      Sync_Status__c: 'Synced',
    },
  ]);
  expect(await world.rep.lines(crmId)).toMatchObject([
    { Id: lines[0], Quantity__c: 2, Unit_Price__c: 50.5 },
    { Product__r: { Name: other.name }, Description__c: other.name, Quantity__c: 4, Unit_Price__c: 7.25 },
  ]);
  expect((await edit(crmId, { footer: 'Thank you' })).body.message).toMatch(/^Nothing is changed/);
});

test('null empties, payment terms bring their due date, and the rest stays', async () => {
  const { crmId } = await draft();
  await edit(crmId, { description: 'First', discount: { amount: 5 }, finalizeOn: daysFromNow(10) });
  await edit(crmId, { discount: null, paymentTerms: 'Net 15' });
  expect(await world.rep.query(`SELECT ${FIELDS} FROM Invoice__c WHERE Id = '${crmId}'`)).toMatchObject([
    {
      Description__c: 'First',
      Discount_Amount__c: null,
      Payment_Terms__c: 'Net 15',
      Finalize_On__c: daysFromNow(10),
      Due_Date__c: daysFromNow(25),
    },
  ]);
  await edit(crmId, { finalizeOn: null });
  expect(await world.rep.invoice(crmId)).toMatchObject({ Due_Date__c: daysFromNow(15) });
  expect(await job.stripeInvoice(crmId)).toMatchObject({ discounts: [], auto_advance: false });
});

test.each([
  [{}, 400, /has to say what is to be changed/],
  [{ dueDate: '2020-01-01' }, 422, /2020-01-01 is over/],
  [{ finalizeOn: '2020-01-01' }, 422, /which is over\. Choose a later day/],
  [{ dueDate: '2099-01-01', paymentTerms: 'Net 15' }, 400, /either a dueDate or the paymentTerms/],
  [{ discount: { percent: 120 } }, 400, /discount\.percent has to be at most 100/],
  [{ lines: [{ line: 'il_other', quantity: 2 }] }, 422, /il_other is no line of/],
  [{ lines: [{ quantity: 2 }] }, 400, /has to name a line, or the product/],
  [{ lines: [{ description: 'New' }] }, 400, /has to give the unitPrice of a new line/],
  [
    { lines: [{ description: 'New', unitPrice: 1, taxRate: 'a0T000000000001' }] },
    422,
    /tax rate a0T\w+ is not in Stripe/,
  ],
  [{ footer: 'kept?', lines: [{ product: 'prod_nobody', unitPrice: 1 }] }, 422, /prod_nobody/],
])('%j is refused in words, and nothing of it is done', async (body, status, words) => {
  const { crmId, id } = await draft();
  const before = await world.stripe.invoices.retrieve(id);
  const answer = await edit(crmId, body);
  expect({ status: answer.status, words: answer.body.detail }).toEqual({
    status,
    words: expect.stringMatching(words) as string,
  });
  expect(await world.stripe.invoices.retrieve(id)).toMatchObject({
    footer: before.footer,
    total: before.total,
  });
});

test('a product that Stripe has never seen is made there', async () => {
  const { crmId } = await draft();
  const name = `Never sold ${randomUUID().slice(0, 8)}`;
  const product = await world.admin.create('Product2', { Name: name, IsActive: true });
  expect((await edit(crmId, { lines: [{ product, unitPrice: 3 }] })).status).toBe(200);
  expect(await world.rep.lines(crmId)).toContainEqual(
    expect.objectContaining({ Product__r: expect.objectContaining({ Name: name }) as object }),
  );
});

test.each(['/update_lines$', '/add_lines$', '/remove_lines$', '/invoices/[^/]+$'])(
  'the answer of %s is lost, the same key comes twice, and the worker is killed: it is done once',
  async (path) => {
    const { crmId, id, lines } = await draft();
    await world.control('stripe', 'POST', '/faults', {
      match: { method: 'POST', path },
      kind: 'resetAfter',
      times: 3,
    });
    const asked = {
      key: randomUUID(),
      footer: 'Once',
      lines: [
        { line: lines[0], quantity: 4 },
        { line: lines[1], remove: true },
        { description: 'Extra', unitPrice: 1 },
      ],
    };
    const [first, second] = await Promise.all([edit(crmId, asked), edit(crmId, asked)]);
    expect([first.status, second.status]).toEqual([200, 200]);
    expect((await money.carriedOutAgain(first.body.command!.id, 'state')).status).toBe('done');
    const { data } = await world.stripe.invoices.listLineItems(id);
    expect(data.map(({ amount }) => amount)).toEqual([40_000, 100]);
    expect(await world.rep.lines(crmId)).toHaveLength(2);
    expect((await world.stripe.invoices.retrieve(id)).footer).toBe('Once');
  },
);

test('what somebody has just entered on the record is there beside what the edit says', async () => {
  const { crmId } = await draft();
  await world.rep.update('Invoice__c', crmId, { Description__c: 'By the rep', Footer__c: 'Older' });
  expect((await edit(crmId, { footer: 'By the edit' })).status).toBe(200);
  await job.quiet();
  const [invoice, record] = [await job.stripeInvoice(crmId), await world.rep.invoice(crmId)];
  expect(invoice).toMatchObject({ description: 'By the rep', footer: 'By the edit' });
  expect(record).toMatchObject({ Description__c: 'By the rep', Sync_Status__c: 'Synced' });
});

const FIELDS =
  'Description__c, Footer__c, Due_Date__c, Payment_Terms__c, Finalize_On__c, Custom_Fields__c, Discount_Percent__c, ' +
  'Discount_Amount__c, Tax_Rate__c, Total__c, Sync_Status__c';
