import { jobSteps, type JobSteps } from './jobSteps.ts';
import { startWorld, type World } from './world.ts';

let world: World;
let job: JobSteps;
let accountId: string;

beforeAll(async () => {
  world = await startWorld();
  job = await jobSteps(world);
  const [account] = await world.rep.query(`SELECT Id FROM Account WHERE Name = '${job.account}'`);
  accountId = account!.Id;
});
afterAll(() => world?.stop());

/** A draft that somebody makes in the org by hand, in any currency; brought to Stripe. */
async function raiseIn(
  currency: string,
  lines: { unitPrice: number; quantity: number; description?: string }[],
): Promise<string> {
  const id = await world.admin.create('Invoice__c', {
    Account__c: accountId,
    Description__c: `In ${currency}`,
    Due_Date__c: '2026-12-24',
    Currency__c: currency,
  });
  for (const { unitPrice, quantity, description = 'Work' } of lines)
    await world.admin.create('Invoice_Line__c', {
      Invoice__c: id,
      Description__c: description,
      Unit_Price__c: unitPrice,
      Quantity__c: quantity,
    });
  await job.sync(id);
  return id;
}

test.each([
  ['EUR', [{ unitPrice: 19.99, quantity: 1.5 }], 2999, 29.99],
  ['JPY', [{ unitPrice: 1333, quantity: 0.5 }], 667, 667],
  [
    'KWD',
    [
      { unitPrice: 1.25, quantity: 3 },
      { unitPrice: 0.01, quantity: 1 },
    ],
    3760,
    3.76,
  ],
  ['UGX', [{ unitPrice: 5000, quantity: 2 }], 1_000_000, 10_000],
  ['USD', [{ unitPrice: 0.0025, quantity: 1001 }], 250, 2.5],
  ['USD', [{ unitPrice: 0.000005, quantity: 5000.5 }], 3, 0.03],
])('a draft in %s comes to the same on both sides: %j', async (currency, lines, minor, major) => {
  const id = await raiseIn(currency, lines);
  const invoice = await job.stripeInvoice(id);
  expect(invoice).toMatchObject({ currency: currency.toLowerCase(), total: minor });
  expect(await world.rep.invoice(id)).toMatchObject({ Total__c: major, Sync_Status__c: 'Synced' });
  const kept = await world.rep.lines(id);
  expect(kept.map((line) => [line.Unit_Price__c, line.Quantity__c])).toEqual(
    lines.map(({ unitPrice, quantity }) => [unitPrice, quantity]),
  );
  expect(kept.reduce((sum, line) => sum + Number(line.Amount__c), 0)).toBeCloseTo(major, 6);
});

test('a price with more decimals than the org shows keeps them, until somebody enters another one', async () => {
  const id = await raiseIn('USD', [{ unitPrice: 1, quantity: 1 }]);
  const invoice = await job.stripeInvoice(id);
  const [line] = invoice.lines.data;
  await world.stripe.rawRequest('POST', `/v1/invoices/${invoice.id}/update_lines`, {
    lines: [
      {
        id: line!.id,
        price_data: {
          currency: 'usd',
          unit_amount_decimal: '0.123456789012',
          product_data: { name: 'Byte' },
        },
        quantity_decimal: '1000.00001',
      },
    ],
  });
  await job.sync(id);
  const [kept] = await world.rep.lines(id);
  expect(kept).toMatchObject({
    Unit_Price__c: 0.001235,
    Unit_Price_Exact__c: '0.00123456789012',
    Quantity__c: 1000,
    Quantity_Exact__c: '1000.00001',
    Amount__c: 1.23,
  });

  // An edit of something else, in the org, does not touch it; a copy has it too.
  await world.rep.update('Invoice_Line__c', kept!.Id, { Description__c: 'A byte' });
  await job.sync(id);
  const pricing = async () => (await job.stripeInvoice(id)).lines.data[0];
  expect(await pricing()).toMatchObject({ description: 'A byte', amount: 123 });
  expect(String((await pricing())!.pricing!.unit_amount_decimal)).toBe('0.123456789012');

  await world.rep.update('Invoice_Line__c', kept!.Id, { Unit_Price__c: 0.002, Quantity__c: 10 });
  await job.sync(id);
  expect(String((await pricing())!.pricing!.unit_amount_decimal)).toBe('0.2');
  expect((await world.rep.lines(id))[0]).toMatchObject({
    Unit_Price__c: 0.002,
    Unit_Price_Exact__c: null,
    Quantity_Exact__c: null,
    Amount__c: 0.02,
  });
});

test('a line of three decimals whose last is not 0 is told before somebody sends the invoice', async () => {
  const id = await raiseIn('KWD', [{ unitPrice: 1.25, quantity: 1, description: 'Odd' }]);
  const [line] = await world.rep.lines(id);
  await world.rep.update('Invoice_Line__c', line!.Id, { Unit_Price__c: 1.255 });
  expect((await job.sync(id)).message).toContain('"Odd"');
  expect((await world.rep.invoice(id)).Sync_Error__c).toContain('1.255 KWD');
  expect((await job.stripeInvoice(id)).total).toBe(1250);
  await world.rep.update('Invoice_Line__c', line!.Id, { Unit_Price__c: 1.26 });
  await job.sync(id);
  expect((await job.stripeInvoice(id)).total).toBe(1260);
  expect(await world.rep.invoice(id)).toMatchObject({ Sync_Error__c: null, Total__c: 1.26 });
});
