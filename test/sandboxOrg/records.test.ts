import type { Connection } from 'jsforce';
import { probeMetadata, refusal, testOrg } from './org.ts';
import type { TestOrg } from './org.ts';

type Row = Record<string, unknown>;

describe('single records of the sandbox org', () => {
  let org: TestOrg;
  let connection: Connection;

  beforeAll(async () => {
    org = await testOrg({ metadataDir: probeMetadata, seed: false });
    connection = await org.connect();
    // Its id is 001SB0000000001YAA, as the first account of an org.
    await connection.sobject('Account').create({ Name: 'Alpha' });
  });
  afterAll(() => org.stop());

  const create = async (fields: Row) =>
    (await connection.sobject('Probe__c').create({ Needed__c: 'x', ...fields })).id!;
  const read = async (id: string) => (await connection.sobject('Probe__c').retrieve(id)) as Row;
  const refused = (fields: Row) =>
    refusal(connection.sobject('Probe__c').create({ Needed__c: 'x', ...fields }));

  async function http(method: string, path: string, body?: unknown, headers: Record<string, string> = {}) {
    const response = await fetch(`${org.url}/services/data/v67.0${path}`, {
      method,
      headers: {
        authorization: `Bearer ${connection.accessToken}`,
        'content-type': 'application/json',
        ...headers,
      },
      ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    return {
      status: response.status,
      headers: response.headers,
      body: text ? (JSON.parse(text) as unknown) : undefined,
    };
  }

  it('fills in defaults, system fields and formulas', async () => {
    const id = await create({ Amount__c: 2.5 });
    expect(id).toMatch(/^a0[0-9a-z]SB[0-9A-Za-z]{10}[A-Z0-5]{3}$/);
    const record = await read(id);
    expect(record).toMatchObject({
      Flag__c: true,
      Count__c: 7,
      Stage__c: 'new',
      Doubled__c: 5,
      IsDeleted: false,
    });
    expect(record).toMatchObject({ CreatedDate: record['SystemModstamp'], CreatedById: record['OwnerId'] });
    expect(record['attributes']).toMatchObject({ type: 'Probe__c' });
  });

  it('numbers autonumber names in order', async () => {
    const probe = await create({});
    const partNames = [];
    for (let i = 0; i < 2; i += 1) {
      const { id } = await connection.sobject('Probe_Part__c').create({ Probe__c: probe });
      partNames.push(((await connection.sobject('Probe_Part__c').retrieve(id!)) as Row)['Name']);
    }
    expect(partNames).toEqual(['PART-0001', 'PART-0002']);
  });

  it('names the fields of an error in the answer', async () => {
    const { status, body } = await http('POST', '/sobjects/Probe__c', { Needed__c: 'x', Stage__c: 'odd' });
    expect(status).toBe(400);
    expect(body).toEqual([
      {
        errorCode: 'INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST',
        message: 'Stage: bad value for restricted picklist field: odd',
        fields: ['Stage__c'],
      },
    ]);
  });

  it('refuses an id in the body', async () => {
    const words = 'The Id field should not be specified in the sobject data.';
    expect(await http('POST', '/sobjects/Probe__c', { Id: 'a01SB0000000001', Needed__c: 'x' })).toMatchObject(
      {
        status: 400,
        body: [{ errorCode: 'INVALID_FIELD', message: words }],
      },
    );
  });

  it('reports all bad values of a record together', async () => {
    const { body } = await http('POST', '/sobjects/Probe__c', {
      Needed__c: 'x',
      Stage__c: 'odd',
      Mail__c: 'nobody',
    });
    expect(body).toMatchObject([{ fields: ['Stage__c'] }, { fields: ['Mail__c'] }]);
  });

  it('refuses what a validation rule refuses, in an insert and in an update', async () => {
    const refused = {
      status: 400,
      body: [
        {
          errorCode: 'FIELD_CUSTOM_VALIDATION_EXCEPTION',
          message: 'More than 100 need the flag.',
          fields: ['Count__c'],
        },
      ],
    };
    expect(
      await http('POST', '/sobjects/Probe__c', { Needed__c: 'x', Count__c: 101, Flag__c: false }),
    ).toMatchObject(refused);
    const id = await create({ Count__c: 101 });
    expect(await http('PATCH', `/sobjects/Probe__c/${id}`, { Flag__c: false })).toMatchObject(refused);
    expect((await read(id))['Flag__c']).toBe(true);
  });

  it('refuses a duplicate in the platform words, with regard to case only where the field has it', async () => {
    const id = await create({ Unique__c: 'K1', Unique_Any_Case__c: 'W1' });
    const error = await refused({ Unique__c: 'K1' });
    expect(error.errorCode).toBe('DUPLICATE_VALUE');
    expect(error.message).toBe(
      `duplicate value found: Unique__c duplicates value on record with id: ${id.slice(0, 15)}`,
    );
    await create({ Unique__c: 'k1' });
    expect((await refused({ Unique_Any_Case__c: 'w1' })).errorCode).toBe('DUPLICATE_VALUE');
    await connection.sobject('Probe__c').destroy(id);
    await create({ Unique__c: 'K1' });
  });

  it('updates what was given and stamps the record', async () => {
    let now = new Date('2026-11-21T10:00:00Z');
    const other = await testOrg({ metadataDir: probeMetadata, seed: false, now: () => now });
    const there = await other.connect();
    const { id } = await there.sobject('Probe__c').create({ Needed__c: 'x', Text__c: 'a' });
    now = new Date('2026-11-21T10:05:07.900Z');
    await there.sobject('Probe__c').update({ Id: id!, Text__c: null });
    expect(await there.sobject('Probe__c').retrieve(id!)).toMatchObject({
      Needed__c: 'x',
      Text__c: null,
      CreatedDate: '2026-11-21T10:00:00.000+0000',
      SystemModstamp: '2026-11-21T10:05:07.000+0000',
    });
    await other.stop();
  });

  it('refuses to empty a required field in an update', async () => {
    const id = await create({});
    expect((await refusal(connection.sobject('Probe__c').update({ Id: id, Needed__c: '' }))).errorCode).toBe(
      'REQUIRED_FIELD_MISSING',
    );
  });

  it('upserts by external id: 201 with created, then 200', async () => {
    const first = await http('PATCH', '/sobjects/Probe__c/Unique__c/u-1', { Needed__c: 'x' });
    expect(first).toMatchObject({ status: 201, body: { success: true, created: true, errors: [] } });
    const second = await http('PATCH', '/sobjects/Probe__c/Unique__c/u-1', { Text__c: 'again' });
    expect(second).toMatchObject({ status: 200, body: { created: false, id: (first.body as Row)['id'] } });
    expect(await http('GET', '/sobjects/Probe__c/Unique__c/u-1')).toMatchObject({
      status: 200,
      body: { Text__c: 'again' },
    });
  });

  it('answers 300 with addresses when an external id is not unique', async () => {
    await create({ Legacy_Key__c: 'twice' });
    await create({ Legacy_Key__c: 'twice' });
    const { status, body } = await http('PATCH', '/sobjects/Probe__c/Legacy_Key__c/twice', { Text__c: 'x' });
    expect(status).toBe(300);
    expect(body).toHaveLength(2);
  });

  it('finds parents by their external ids', async () => {
    const id = await create({ Unique__c: 'parent-1' });
    const part = await http('PATCH', '/sobjects/Probe_Part__c/Part_Key__c/part-1', {
      Probe__r: { Unique__c: 'parent-1' },
      Size__c: 1,
    });
    expect(part.status).toBe(201);
    const row = (await connection
      .sobject('Probe_Part__c')
      .retrieve((part.body as Row)['id'] as string)) as Row;
    expect(row['Probe__c']).toBe(id);
    const lost = await http('POST', '/sobjects/Probe_Part__c', { Probe__r: { Unique__c: 'nobody' } });
    expect(lost.body).toEqual([
      {
        errorCode: 'INVALID_FIELD',
        message: 'Foreign key external ID: nobody not found for field Unique__c in entity Probe__c',
      },
    ]);
  });

  it('keeps a detail record with its master: the same may be named again, another is refused', async () => {
    await create({ Unique__c: 'parent-2' });
    await create({ Unique__c: 'parent-3' });
    const upsert = (parent: string) =>
      http('PATCH', '/sobjects/Probe_Part__c/Part_Key__c/part-2', { Probe__r: { Unique__c: parent } });
    expect((await upsert('parent-2')).status).toBe(201);
    expect((await upsert('parent-2')).status).toBe(200);
    expect(await upsert('parent-3')).toMatchObject({
      status: 400,
      body: [{ errorCode: 'INVALID_FIELD_FOR_INSERT_UPDATE' }],
    });
    expect((await refusal(connection.sobject('Probe_Part__c').create({ Size__c: 1 }))).errorCode).toBe(
      'REQUIRED_FIELD_MISSING',
    );
  });

  it('deletes details with their master, clears lookups, and refuses where a lookup restricts it', async () => {
    const parent = (await connection.sobject('Account').create({ Name: 'Doomed' })).id!;
    const probe = await create({ Name: 'watched', Account__c: parent });
    const part = (await connection.sobject('Probe_Part__c').create({ Probe__c: probe })).id!;
    const guard = await create({ Name: 'guard', Guard__c: parent });
    const error = await refusal(connection.sobject('Account').destroy(parent));
    expect(error).toMatchObject({ errorCode: 'DELETE_FAILED' });
    expect(error.message).toContain('Your attempt to delete Doomed could not be completed');
    expect(error.message).toContain('guard');
    await connection.sobject('Probe__c').destroy(guard);
    await connection.sobject('Account').destroy(parent);
    expect((await read(probe))['Account__c']).toBeNull();
    await connection.sobject('Probe__c').destroy(probe);
    expect(await http('GET', `/sobjects/Probe_Part__c/${part}`)).toMatchObject({
      status: 404,
      body: [{ errorCode: 'ENTITY_IS_DELETED' }],
    });
    expect(await http('DELETE', `/sobjects/Probe__c/${probe}`)).toMatchObject({
      status: 404,
      body: [{ errorCode: 'ENTITY_IS_DELETED' }],
    });
  });

  it('answers 412 when the record was changed after If-Unmodified-Since', async () => {
    const id = await create({});
    const stale = { 'If-Unmodified-Since': 'Wed, 01 Jan 2020 00:00:00 GMT' };
    expect((await http('PATCH', `/sobjects/Probe__c/${id}`, { Text__c: 'b' }, stale)).status).toBe(412);
    expect((await read(id))['Text__c']).toBeNull();
    const fresh = { 'If-Unmodified-Since': new Date(Date.now() + 60_000).toUTCString() };
    expect((await http('PATCH', `/sobjects/Probe__c/${id}`, { Text__c: 'b' }, fresh)).status).toBe(204);
  });

  it.each([
    ['GET', '/sobjects/Nope__c/a01SB0000000001', 404, 'NOT_FOUND'],
    ['GET', '/sobjects/Probe__c/nonsense', 404, 'NOT_FOUND'],
    ['GET', '/sobjects/Probe__c/a01SB0000099999', 404, 'NOT_FOUND'],
    ['PATCH', '/sobjects/Probe__c/Nope__c/1', 404, 'NOT_FOUND'],
    ['PATCH', '/sobjects/Probe__c/Unique__c/a/b', 404, 'NOT_FOUND'],
    ['PUT', '/sobjects/Probe__c', 405, 'METHOD_NOT_ALLOWED'],
    ['GET', '/nope', 404, 'NOT_FOUND'],
  ])('answers %s %s with %i %s', async (method, path, status, errorCode) => {
    expect(await http(method, path, method === 'GET' ? undefined : {})).toMatchObject({
      status,
      body: [{ errorCode }],
    });
  });

  it('refuses a body that is not JSON', async () => {
    expect(await http('POST', '/sobjects/Probe__c', '{"Name":')).toMatchObject({
      status: 400,
      body: [{ errorCode: 'JSON_PARSER_ERROR' }],
    });
  });

  it('serves API versions 58 to 68 only', async () => {
    const versions = (await (await fetch(`${org.url}/services/data`)).json()) as { version: string }[];
    expect(versions.map(({ version }) => version)).toEqual([
      '58.0',
      '59.0',
      '60.0',
      '61.0',
      '62.0',
      '63.0',
      '64.0',
      '65.0',
      '66.0',
      '67.0',
      '68.0',
    ]);
    const response = await fetch(`${org.url}/services/data/v57.0/limits`, {
      headers: { authorization: `Bearer ${connection.accessToken}` },
    });
    expect(response.status).toBe(404);
  });
});
