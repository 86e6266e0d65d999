import type { Connection } from 'jsforce';
import { probeMetadata, refusal, signIn, testOrg } from './org.ts';
import type { TestOrg } from './org.ts';

const base = '/services/data/v67.0';

describe('permissions in the sandbox org', () => {
  let org: TestOrg;
  let connection: Connection;
  let probeId: string;

  beforeAll(async () => {
    org = await testOrg({ metadataDir: probeMetadata, seed: false });
    connection = await org.connect();
    probeId = (await connection.sobject('Probe__c').create({ Needed__c: 'x', Text__c: 'seen' })).id!;
  });
  afterAll(() => org.stop());

  it('a field that is not readable does not exist: in describe, queries and writes', async () => {
    const { fields } = await connection.describe('Probe__c');
    expect(fields.map((field) => field.name)).not.toContain('Share__c');
    const query = await refusal(connection.query('SELECT Share__c FROM Probe__c'));
    expect(query.errorCode).toBe('INVALID_FIELD');
    expect(query.message).toContain("No such column 'Share__c' on entity 'Probe__c'");
    const filter = await refusal(connection.query('SELECT Id FROM Probe__c WHERE Share__c > 1'));
    expect(filter.errorCode).toBe('INVALID_FIELD');
    const write = await refusal(connection.sobject('Probe__c').update({ Id: probeId, Share__c: 1 }));
    expect(write).toMatchObject({
      errorCode: 'INVALID_FIELD',
      message: "No such column 'Share__c' on sobject of type Probe__c",
    });
    expect(await connection.sobject('Probe__c').retrieve(probeId)).not.toHaveProperty('Share__c');
  });

  it('a read-only field can be read and not written', async () => {
    const { fields } = await connection.describe('Probe__c');
    expect(fields.find((field) => field.name === 'Telephone__c')).toMatchObject({
      createable: false,
      updateable: false,
    });
    await connection.query('SELECT Telephone__c FROM Probe__c');
    const error = await refusal(
      connection.sobject('Probe__c').update({ Id: probeId, Telephone__c: '1', Text__c: 'x' }),
    );
    expect(error.errorCode).toBe('INVALID_FIELD_FOR_INSERT_UPDATE');
    expect(error.message).toMatch(
      /^Unable to create\/update fields: Telephone__c\. Please check the security settings/,
    );
    expect(await connection.sobject('Probe__c').retrieve(probeId)).toMatchObject({ Text__c: 'seen' });
  });

  it('a compound address is granted as a whole, and other standard fields only one by one', async () => {
    const { fields } = await connection.describe('Account');
    const names = fields.map((field) => field.name);
    expect(names).toEqual(
      expect.arrayContaining(['Name', 'Phone', 'BillingCity', 'BillingAddress', 'OwnerId']),
    );
    expect(names).not.toContain('ShippingCity');
    expect(names).not.toContain('Website');
  });

  it('without create on an object nothing can be made; without read it does not exist', async () => {
    expect(await refusal(connection.sobject('Contact').create({ LastName: 'x' }))).toMatchObject({
      errorCode: 'CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY',
      message: 'entity type cannot be inserted: Contact',
    });
    expect((await refusal(connection.query('SELECT Id FROM Product2'))).errorCode).toBe('INVALID_TYPE');
    expect((await refusal(connection.describe('Product2'))).errorCode).toBe('NOT_FOUND');
    const { sobjects } = await connection.describeGlobal();
    expect(sobjects.map((object) => object.name)).not.toContain('Product2');
  });

  it('without edit and delete on an object its records stay as they are', async () => {
    const robin = await signIn(org);
    const record = `${base}/sobjects/Probe__c/${probeId}`;
    expect((await robin.call('GET', record)).body).toMatchObject({ Text__c: 'seen' });
    for (const method of ['PATCH', 'DELETE']) {
      expect(await robin.call(method, record, {})).toMatchObject({
        status: 403,
        body: [
          {
            errorCode: 'INSUFFICIENT_ACCESS_OR_READONLY',
            message: 'insufficient access rights on object id',
          },
        ],
      });
    }
  });

  it('a user without permission sets sees the standard objects and nothing of Invoicebridge', async () => {
    const nina = await signIn(org, 'Nina New');
    const accounts = await nina.call('GET', `${base}/query?q=SELECT+Id,Website+FROM+Account`);
    expect(accounts.status).toBe(200);
    const probes = await nina.call('GET', `${base}/query?q=SELECT+Id+FROM+Probe__c`);
    expect(probes).toMatchObject({ status: 400, body: [{ errorCode: 'INVALID_TYPE' }] });
  });

  it('an administrator sees every object, but custom fields only through a permission set', async () => {
    const ada = await signIn(org, 'Ada Admin');
    expect((await ada.call('GET', `${base}/query?q=SELECT+Id,Needed__c+FROM+Probe__c`)).status).toBe(200);
    expect((await ada.call('GET', `${base}/query?q=SELECT+Text__c+FROM+Probe__c`)).status).toBe(400);
  });

  it('the integration user of the project can write every synced field and delete nothing but invoices', async () => {
    const real = await testOrg();
    const integration = await real.connect();
    for (const name of ['Account', 'Product2', 'Invoice__c', 'Payment_Confirmation__c', 'Credit_Note__c']) {
      const describe = await integration.describe(name);
      const synced = describe.fields.find((field) => field.name === 'Sync_Status__c');
      expect(synced).toMatchObject({ updateable: true });
      expect(describe.deletable).toBe(name === 'Invoice__c');
    }
    await real.stop();
  });
});
