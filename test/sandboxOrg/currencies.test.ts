import type { Connection } from 'jsforce';
import { testOrg, type TestOrg } from './org.ts';

let org: TestOrg;
let connection: Connection;
beforeAll(async () => {
  org = await testOrg({ currencies: ['USD', 'EUR', 'JPY'] });
  connection = await org.connect();
});
afterAll(() => org?.stop());

const currencyOf = async (object: string, id: string) =>
  ((await connection.sobject(object).retrieve(id)) as unknown as { CurrencyIsoCode: string }).CurrencyIsoCode;

async function invoiceIn(currency?: string): Promise<string> {
  const { records } = await connection.query<{ Id: string }>('SELECT Id FROM Account LIMIT 1');
  const made = await connection.sobject('Invoice__c').create({
    Account__c: records[0]!.Id,
    Status__c: 'Draft',
    ...(currency && { CurrencyIsoCode: currency }),
  });
  return made.id!;
}

test.each(['Account', 'PricebookEntry', 'Invoice__c', 'Invoice_Line__c', 'Payment_Confirmation__c'])(
  '%s has the active currencies',
  async (object) => {
    const field = (await connection.describe(object)).fields.find(({ name }) => name === 'CurrencyIsoCode');
    expect(field).toMatchObject({ type: 'picklist', restrictedPicklist: true, defaultedOnCreate: true });
    expect(field!.picklistValues!.map(({ value }) => value)).toEqual(['USD', 'EUR', 'JPY']);
  },
);

test('each record is in the currency of its maker unless it names one; a detail is not that of its master by itself', async () => {
  const id = await invoiceIn('EUR');
  expect(await currencyOf('Invoice__c', await invoiceIn())).toBe('USD');
  expect(await currencyOf('Invoice__c', id)).toBe('EUR');
  const line = await connection.sobject('Invoice_Line__c').create({ Invoice__c: id, Unit_Price__c: 5 });
  expect(await currencyOf('Invoice_Line__c', line.id!)).toBe('USD');
  await connection.sobject('Invoice_Line__c').update({ Id: line.id!, CurrencyIsoCode: 'JPY' });
  const { records } = await connection.query<{ Unit_Price__c: number }>(
    `SELECT Unit_Price__c FROM Invoice_Line__c WHERE CurrencyIsoCode = 'JPY'`,
  );
  // The figures stay as they are.
  expect(records.map(({ Unit_Price__c }) => Unit_Price__c)).toEqual([5]);
});

test('a currency that is not active is refused, until an administrator has activated it', async () => {
  const refused = await connection
    .sobject('Invoice__c')
    .update([{ Id: await invoiceIn(), CurrencyIsoCode: 'GBP' }], { allOrNone: false });
  expect(refused).toMatchObject([
    {
      success: false,
      errors: [
        {
          statusCode: 'INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST',
          message: 'Currency ISO Code: bad value for restricted picklist field: GBP',
        },
      ],
    },
  ]);
  const types = await connection.query<{ IsoCode: string; IsCorporate: boolean }>(
    'SELECT IsoCode, IsCorporate, DecimalPlaces, ConversionRate FROM CurrencyType ORDER BY IsoCode',
  );
  expect(types.records.map(({ IsoCode, IsCorporate }) => [IsoCode, IsCorporate])).toEqual([
    ['EUR', false],
    ['JPY', false],
    ['USD', true],
  ]);
  // The integration user may not customize the application.
  const pound = { IsoCode: 'GBP', DecimalPlaces: 2, ConversionRate: 0.8, IsActive: true };
  await expect(connection.sobject('CurrencyType').create(pound)).rejects.toThrow();
});

test('an org with a single currency has neither the field nor the object', async () => {
  const single = await testOrg();
  try {
    const other = await single.connect();
    await expect(other.query('SELECT CurrencyIsoCode FROM Invoice__c')).rejects.toMatchObject({
      errorCode: 'INVALID_FIELD',
    });
    // Its amounts all have the org's own sign; the text beside them says which currency they are in.
    const { records } = await other.query<{ Id: string }>('SELECT Id FROM Account LIMIT 1');
    const { id } = await other.sobject('Invoice__c').create({
      Account__c: records[0]!.Id,
      Currency__c: 'EUR',
      Total__c: 12.5,
      Amount_Remaining__c: 2.5,
    });
    expect(await other.sobject('Invoice__c').retrieve(id!)).toMatchObject({
      Total_In_Currency__c: 'EUR 12.5, of which 2.5 are left to pay',
    });
    await expect(other.query('SELECT Id FROM CurrencyType')).rejects.toMatchObject({
      errorCode: 'INVALID_TYPE',
    });
  } finally {
    await single.stop();
  }
});
