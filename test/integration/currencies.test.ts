import { openEngine, openLog } from '../../server/wiring.ts';
import {
  differences,
  invoiceRow,
  lineRows,
  makeByHand,
  offeredPrices,
  raiseIn,
  stripeDraft,
  type CurrencyRow,
} from './currencySteps.ts';
import { jobSteps, type JobSteps } from './jobSteps.ts';
import { moneySteps, type MoneySteps } from './moneySteps.ts';
import { priceSteps } from './priceSteps.ts';
import { eventually, startWorld, type World } from './world.ts';

let world: World;
let job: JobSteps;
let money: MoneySteps;
let made = 0;
beforeAll(async () => {
  world = await startWorld({
    changeStream: true,
    currencies: ['USD', 'EUR', 'JPY', 'KWD'],
    environment: { CRM_SWEEP_SECONDS: '0.5' },
  });
  job = await jobSteps(world);
  money = moneySteps(world, job);
});
afterAll(() => world?.stop());

const accountIn = (currency: string) =>
  world.admin.create('Account', {
    Name: `Customer ${++made} in ${currency}`,
    Billing_Email__c: `billing${made}@example.com`,
    CurrencyIsoCode: currency,
  });
const row = (id: string): Promise<CurrencyRow> => invoiceRow(world, id);
const linesOf = (id: string) => lineRows(world, id);

test.each([
  ['EUR', 12.34, 2468],
  ['JPY', 1200, 2400],
  ['KWD', 1.25, 2500],
  ['USD', 9.99, 1998],
])(
  'an invoice of an account in %s is raised, paid and refunded in it',
  async (currency, unitPrice, minor) => {
    const account = await accountIn(currency);
    const { crmId, context } = await raiseIn(world, { account, lines: [{ unitPrice, quantity: 2 }] });
    expect(context.currencyCode).toBe(currency);
    await job.sync(crmId);
    const { id } = await job.stripeInvoice(crmId);
    const sent = await world.stripe.invoices.finalizeInvoice(id);
    expect(sent).toMatchObject({ currency: currency.toLowerCase(), total: minor });
    await world.stripe.invoices.pay(id, { payment_method: 'pm_card_visa' });
    await job.becomes(crmId, 'Paid');
    const total = unitPrice * 2;
    expect(await row(crmId)).toMatchObject({
      CurrencyIsoCode: currency,
      Currency__c: currency,
      Total__c: total,
      Amount_Paid__c: total,
    });
    expect(await linesOf(crmId)).toMatchObject([{ CurrencyIsoCode: currency, Unit_Price__c: unitPrice }]);
    await world.stripe.refunds.create({ payment_intent: await money.chargedIntent(id), amount: minor / 2 });
    await money.confirmed(crmId, 2);
    const payments = await world.admin.query(
      `SELECT CurrencyIsoCode, Currency__c, Amount__c FROM Payment_Confirmation__c WHERE Invoice__c = '${crmId}' ORDER BY Amount__c`,
    );
    expect(payments).toEqual([
      expect.objectContaining({ CurrencyIsoCode: currency, Currency__c: currency, Amount__c: total / 2 }),
      expect.objectContaining({ CurrencyIsoCode: currency, Currency__c: currency, Amount__c: total }),
    ]);
    // As the page shows it: in the record's currency.
    expect(await world.rep.shown('Invoice__c', crmId, 'Total__c')).toMatch(new RegExp(`^${currency} `));
  },
);

test('an invoice made in Stripe is in its currency in the org, with its lines and its credit note', async () => {
  const account = await accountIn('USD');
  const { crmId } = await raiseIn(world, { account, lines: [{ unitPrice: 1, quantity: 1 }] });
  await job.sync(crmId);
  const customer = String((await job.stripeInvoice(crmId)).customer);
  await world.stripe.invoices.voidInvoice(
    (await world.stripe.invoices.finalizeInvoice((await job.stripeInvoice(crmId)).id)).id,
  );
  const invoice = await stripeDraft(world, { customer, currency: 'eur', amount: 5000 });
  await world.stripe.invoices.finalizeInvoice(invoice.id);
  const note = await world.stripe.creditNotes.create({ invoice: invoice.id, amount: 1000 });
  const here = await eventually(async () => {
    const [found] = await world.admin.query(
      `SELECT Id, Amount_Remaining__c FROM Invoice__c WHERE Stripe_Invoice_Id__c = '${invoice.id}'`,
    );
    return found?.Amount_Remaining__c === 40 ? found : undefined;
  }, 'the invoice of Stripe is in the org');
  expect(await row(String(here.Id))).toMatchObject({ CurrencyIsoCode: 'EUR', Total__c: 50 });
  await eventually(async () => (await linesOf(String(here.Id))).length === 1, 'so is its line');
  expect(await linesOf(String(here.Id))).toMatchObject([{ CurrencyIsoCode: 'EUR', Amount__c: 50 }]);
  await eventually(async () => {
    const [credit] = await world.admin.query(
      `SELECT CurrencyIsoCode, Amount__c FROM Credit_Note__c WHERE Stripe_Credit_Note_Id__c = '${note.id}'`,
    );
    return credit?.CurrencyIsoCode === 'EUR' && credit.Amount__c === 10;
  }, 'so is its credit note');
});

test('a changed currency of a draft is put back, kept as a conflict, and the figures go on counting in the invoice’s', async () => {
  const account = await accountIn('USD');
  const { crmId } = await raiseIn(world, { account, lines: [{ unitPrice: 30, quantity: 1 }] });
  await job.sync(crmId);
  await job.quiet();
  await world.rep.update('Invoice__c', crmId, {
    CurrencyIsoCode: 'JPY',
    Currency__c: 'JPY',
    Description__c: 'Beside it',
  });
  const put = await eventually(async () => {
    const now = await row(crmId);
    return now.CurrencyIsoCode === 'USD' && now.Sync_Status__c === 'Conflict' ? now : undefined;
  }, 'the currency is put back');
  expect(put).toMatchObject({ Currency__c: 'USD', Total__c: 30 });
  expect(put.Sync_Error__c).toContain('“USD” of Stripe stayed, “JPY” of Salesforce was put back');
  expect(put.Sync_Error__c).toContain('raise it anew in that currency');
  await job.quiet();
  expect(await job.stripeInvoice(crmId)).toMatchObject({
    currency: 'usd',
    total: 3000,
    description: 'Beside it',
  });
  // Nothing was lost of what was edited beside it, and a sync by hand takes the note away.
  await job.sync(crmId);
  expect(await row(crmId)).toMatchObject({ Sync_Status__c: 'Synced', Sync_Error__c: null });
  const [line] = await linesOf(crmId);
  await world.rep.update('Invoice_Line__c', String(line!.Id), { Unit_Price__c: 31, CurrencyIsoCode: 'EUR' });
  await eventually(async () => (await job.stripeInvoice(crmId)).total === 3100, 'the price is edited');
  await eventually(
    async () => (await linesOf(crmId))[0]!.CurrencyIsoCode === 'USD',
    'the line is in the currency of its invoice',
  );
});

test('a record made by hand is billed in its own currency, and refused in words where it names another one', async () => {
  const account = await accountIn('EUR');
  const make = (fields: object) => makeByHand(world, { Account__c: account, ...fields });
  const yen = await make({ CurrencyIsoCode: 'JPY' });
  await job.sync(yen);
  expect(await job.stripeInvoice(yen)).toMatchObject({ currency: 'jpy', total: 500 });
  await eventually(async () => (await linesOf(yen))[0]!.CurrencyIsoCode === 'JPY', 'its line, too');

  const unclear = await make({ CurrencyIsoCode: 'USD', Currency__c: 'EUR' });
  expect((await job.sync(unclear)).message).toContain('its Currency says EUR, but its amounts are in USD');
  const told = await eventually(async () => {
    const now = await row(unclear);
    return now.Sync_Status__c === 'Error' ? now : undefined;
  }, 'the record says why');
  expect(told.Sync_Error__c).toContain('Set both to the currency that is meant');
  expect(await job.stripeInvoices(unclear)).toEqual([]);
  await world.rep.update('Invoice__c', unclear, { CurrencyIsoCode: 'EUR' });
  await eventually(async () => (await row(unclear)).Sync_Status__c === 'Synced', 'it goes on by itself');
  expect(await job.stripeInvoice(unclear)).toMatchObject({ currency: 'eur', total: 50_000 });
});

test('amounts of a currency that the org has not active are left empty until it is, and no edit is made of that', async () => {
  const account = await accountIn('USD');
  const { crmId } = await raiseIn(world, { account, lines: [{ unitPrice: 1, quantity: 1 }] });
  await job.sync(crmId);
  const customer = String((await job.stripeInvoice(crmId)).customer);
  const draft = await stripeDraft(world, { customer, currency: 'gbp', amount: 7000 });
  const id = await eventually(async () => {
    const [found] = await world.admin.query(
      `SELECT Id FROM Invoice__c WHERE Stripe_Invoice_Id__c = '${draft.id}' AND Sync_Status__c = 'Error'`,
    );
    return found?.Id as string | undefined;
  }, 'the invoice in pounds is in the org');
  await eventually(async () => (await linesOf(id)).length === 1, 'with its line');
  await job.quiet();
  expect(await row(id)).toMatchObject({
    Currency__c: 'GBP',
    CurrencyIsoCode: 'USD',
    Total__c: null,
    Amount_Due__c: null,
  });
  expect((await row(id)).Sync_Error__c).toMatch(/^GBP is no active currency of this org.*activate GBP/);
  expect(await linesOf(id)).toMatchObject([{ Unit_Price__c: null, Amount__c: null }]);
  // Other edits go on, and the empty price is none.
  await world.rep.update('Invoice__c', id, { Description__c: 'Edited in the org' });
  await eventually(
    async () => (await world.stripe.invoices.retrieve(draft.id)).description === 'Edited in the org',
    'the edit is in Stripe',
  );
  await job.quiet();
  expect((await world.stripe.invoices.retrieve(draft.id)).total).toBe(7000);
  const found = await differences(world.worker!.engine, false);
  expect(found.find(({ stripeId }) => stripeId === draft.id)!.fields).toContainEqual({
    field: 'recordCurrency',
    stripe: 'GBP',
    salesforce: 'USD',
  });

  await world.admin.create('CurrencyType', {
    IsoCode: 'GBP',
    DecimalPlaces: 2,
    ConversionRate: 0.8,
    IsActive: true,
  });
  await eventually(async () => {
    await job.sync(id);
    return (await row(id)).Sync_Status__c === 'Synced';
  }, 'the currency is active');
  expect(await row(id)).toMatchObject({ CurrencyIsoCode: 'GBP', Total__c: 70, Sync_Error__c: null });
  expect(await linesOf(id)).toMatchObject([{ CurrencyIsoCode: 'GBP', Unit_Price__c: 70, Amount__c: 70 }]);
  await job.quiet();
  expect((await world.stripe.invoices.retrieve(draft.id)).total).toBe(7000);
  expect(
    await world.database.pool.query(
      'SELECT 1 FROM conflict JOIN sync_record ON sync_record.id = record_id WHERE crm_id = $1',
      [id],
    ),
  ).toMatchObject({ rowCount: 0 });
});

test('a product has a price of each currency, and the picker offers those of the invoice alone', async () => {
  const steps = priceSteps(world);
  const { productId, stripeProductId, entryId } = await steps.pair(100);
  const [book] = await world.admin.query('SELECT Id FROM Pricebook2 WHERE IsStandard = true');
  const euros = {
    Pricebook2Id: book!.Id,
    Product2Id: productId,
    UnitPrice: 90,
    IsActive: true,
    CurrencyIsoCode: 'EUR',
  };
  await world.admin.create('PricebookEntry', euros);
  await expect(world.admin.create('PricebookEntry', euros)).rejects.toThrow('already exists');
  await eventually(async () => (await steps.prices(stripeProductId)).length === 2, 'both have a price');
  expect(await steps.prices(stripeProductId)).toEqual(
    expect.arrayContaining([
      expect.objectContaining({ currency: 'usd', unit_amount: 10_000 }),
      expect.objectContaining({ currency: 'eur', unit_amount: 9_000 }),
    ]),
  );
  const offered = (currencyCode: string) => offeredPrices(world, { productId, currencyCode });
  expect([await offered('USD'), await offered('EUR'), await offered('JPY')]).toEqual([[100], [90], []]);
  const yen = await world.stripe.prices.create({
    product: stripeProductId,
    currency: 'jpy',
    unit_amount: 15_000,
  });
  const francs = await world.stripe.prices.create({
    product: stripeProductId,
    currency: 'chf',
    unit_amount: 9_500,
  });
  await eventually(async () => {
    const [entry] = await world.admin.query(
      `SELECT CurrencyIsoCode, UnitPrice FROM PricebookEntry WHERE Stripe_Price_Id__c = '${yen.id}'`,
    );
    return entry?.CurrencyIsoCode === 'JPY' && entry.UnitPrice === 15_000;
  }, 'a price made in Stripe is an entry in its currency');
  await eventually(
    async () => (await steps.reason(francs.id))?.includes('CHF, which is no active currency of the org'),
    'one in an inactive currency says why it is not',
  );
  expect((await steps.entry(entryId)).UnitPrice).toBe(100);
});

test('an audit finds a record in another currency than its invoice, and healing mends it', async () => {
  const account = await accountIn('EUR');
  const { crmId } = await raiseIn(world, { account, lines: [{ unitPrice: 20, quantity: 1 }] });
  await job.sync(crmId);
  await job.quiet();
  const [line] = await linesOf(crmId);
  await world.stopWorker();
  // As after the org got its currencies: all records are in the corporate one, and nobody has changed them.
  await world.database.pool.query(`UPDATE sync_record SET base = base - 'recordCurrency' WHERE crm_id = $1`, [
    crmId,
  ]);
  await world.admin.update('Invoice__c', crmId, { CurrencyIsoCode: 'USD' });
  await world.admin.update('Invoice_Line__c', String(line!.Id), { CurrencyIsoCode: 'USD' });
  const { engine, close } = await openEngine(world.config, openLog(world.config, 'test'));
  const audited = async (heal: boolean) =>
    (await differences(engine, heal))
      .filter((one) => one.crmId === crmId)
      .flatMap(({ fields }) => fields.map(({ field }) => field.replace(/il_\w+/, 'line')))
      .sort();
  try {
    expect(await audited(true)).toEqual(['lines.line.recordCurrency', 'recordCurrency']);
    await world.startWorker();
    await eventually(async () => (await row(crmId)).CurrencyIsoCode === 'EUR', 'it is healed');
    await job.quiet();
    expect(await audited(false)).toEqual([]);
  } finally {
    await close();
  }
  expect(await row(crmId)).toMatchObject({ Sync_Status__c: 'Synced', Total__c: 20 });
  expect(await linesOf(crmId)).toMatchObject([{ CurrencyIsoCode: 'EUR' }]);
});
