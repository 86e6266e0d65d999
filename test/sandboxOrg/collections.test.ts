import type { Connection } from 'jsforce';
import { probeMetadata, testOrg } from './org.ts';
import type { TestOrg } from './org.ts';

type RowError = { statusCode: string; message: string; fields: string[] };
type Result = { id?: string; success: boolean; created?: boolean; errors: RowError[] };

describe('collections of the sandbox org', () => {
  let org: TestOrg;
  let connection: Connection;

  beforeAll(async () => {
    org = await testOrg({ metadataDir: probeMetadata, seed: false });
    connection = await org.connect();
  });
  afterAll(() => org.stop());

  async function send(method: string, path: string, body?: unknown) {
    const response = await fetch(`${org.url}/services/data/v67.0/composite/sobjects${path}`, {
      method,
      headers: { authorization: `Bearer ${connection.accessToken}`, 'content-type': 'application/json' },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    return { status: response.status, body: (await response.json()) as Result[] };
  }
  const probe = (fields: Record<string, unknown>) => ({
    attributes: { type: 'Probe__c' },
    Needed__c: 'x',
    ...fields,
  });
  const count = async (where: string) =>
    (await connection.query(`SELECT COUNT() FROM Probe__c WHERE ${where}`)).totalSize;

  it('saves the good rows and answers the others with statusCode, message and fields', async () => {
    const records = [
      probe({ Name: 'c1' }),
      probe({ Name: 'c2', Needed__c: null }),
      probe({ Name: 'c3', Nope__c: 1 }),
      probe({ Name: 'c4' }),
    ];
    const { status, body } = await send('POST', '', { allOrNone: false, records });
    expect(status).toBe(200);
    expect(body).toEqual([
      { id: expect.any(String), success: true, errors: [] },
      {
        success: false,
        errors: [
          {
            statusCode: 'REQUIRED_FIELD_MISSING',
            message: 'Required fields are missing: [Needed__c]',
            fields: ['Needed__c'],
          },
        ],
      },
      {
        success: false,
        errors: [
          {
            statusCode: 'INVALID_FIELD',
            message: "No such column 'Nope__c' on sobject of type Probe__c",
            fields: [],
          },
        ],
      },
      { id: expect.any(String), success: true, errors: [] },
    ]);
    expect(await count("Name LIKE 'c_'")).toBe(2);
  });

  it('with allOrNone saves nothing when one row fails, and says so in the other rows', async () => {
    const records = [probe({ Name: 'd1' }), probe({ Name: 'd2', Stage__c: 'odd' })];
    const { body } = await send('POST', '', { allOrNone: true, records });
    expect(body[0]).toEqual({
      success: false,
      errors: [
        {
          statusCode: 'ALL_OR_NONE_OPERATION_ROLLED_BACK',
          message:
            'Record rolled back because not all records were valid and the request was using AllOrNone header',
          fields: [],
        },
      ],
    });
    expect(body[1]!.errors[0]!.statusCode).toBe('INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST');
    expect(await count("Name LIKE 'd_'")).toBe(0);
  });

  it('a failing row leaves nothing of itself behind, not even its number', async () => {
    const [parent] = (await send('POST', '', { records: [probe({ Name: 'numbered' })] })).body;
    const part = (fields: object) => ({
      attributes: { type: 'Probe_Part__c' },
      Probe__c: parent!.id,
      ...fields,
    });
    const { body } = await send('POST', '', {
      records: [part({ Part_Key__c: 'n' }), part({ Part_Key__c: 'n' }), part({})],
    });
    expect(body.map((row) => row.success)).toEqual([true, false, true]);
    expect(body[1]!.errors[0]).toMatchObject({ statusCode: 'DUPLICATE_VALUE' });
    const names = await connection.query<{ Name: string }>(
      `SELECT Name FROM Probe_Part__c WHERE Probe__c = '${parent!.id}' ORDER BY Name`,
    );
    expect(names.records.map((row) => row.Name)).toEqual(['PART-0001', 'PART-0002']);
  });

  it('refuses the whole request for a value of the wrong kind', async () => {
    const { status, body } = await send('POST', '', {
      records: [probe({ Name: 'e1' }), probe({ Amount__c: 'much' })],
    });
    expect({ status, body }).toMatchObject({ status: 400, body: [{ errorCode: 'JSON_PARSER_ERROR' }] });
    expect(await count("Name = 'e1'")).toBe(0);
  });

  it('refuses more than 200 records, and more than 10 runs of one type', async () => {
    const many = Array.from({ length: 201 }, (_none, i) => probe({ Name: `m${i}` }));
    expect(await send('POST', '', { records: many })).toMatchObject({
      status: 400,
      body: [
        {
          errorCode: 'EXCEEDED_ID_LIMIT',
          message: 'record limit reached. cannot submit more than 200 records in this call',
        },
      ],
    });
    const mixed = Array.from({ length: 12 }, (_none, i) =>
      i % 2 ? probe({}) : { attributes: { type: 'Account' }, Name: 'x' },
    );
    expect((await send('POST', '', { records: mixed })).status).toBe(400);
  });

  it('updates rows and tells unknown, malformed and deleted ids apart', async () => {
    const made = (await send('POST', '', { records: [probe({ Name: 'f1' }), probe({ Name: 'f2' })] })).body;
    await connection.sobject('Probe__c').destroy(made[1]!.id!);
    const row = (id?: string) => ({ attributes: { type: 'Probe__c' }, ...(id && { id }), Text__c: 'new' });
    const { body } = await send('PATCH', '', {
      records: [row(made[0]!.id), row(made[1]!.id), row('a01SB0000077777'), row('nonsense'), row()],
    });
    expect(body.map((result) => result.errors[0]?.statusCode ?? 'saved')).toEqual([
      'saved',
      'ENTITY_IS_DELETED',
      'INVALID_CROSS_REFERENCE_KEY',
      'MALFORMED_ID',
      'MISSING_ARGUMENT',
    ]);
    expect(await count("Text__c = 'new'")).toBe(1);
  });

  it('upserts by external id with parents by reference; a failed upsert still says created', async () => {
    const results = (await connection.sobject('Probe__c').upsert(
      [
        { Unique__c: 'g1', Needed__c: 'x', Name: 'g1' },
        { Unique__c: 'g2', Needed__c: 'x', Name: 'g2' },
      ],
      'Unique__c',
    )) as Result[];
    expect(results.map(({ success, created }) => ({ success, created }))).toEqual([
      { success: true, created: true },
      { success: true, created: true },
    ]);
    const records = [
      { attributes: { type: 'Probe__c' }, Unique__c: 'g1', Text__c: 'changed' },
      { attributes: { type: 'Probe__c' }, Unique__c: 'g3' },
      { attributes: { type: 'Probe__c' }, Needed__c: 'x' },
    ];
    const { body } = await send('PATCH', '/Probe__c/Unique__c', { records });
    expect(body[0]).toEqual({ id: results[0]!.id, success: true, created: false, errors: [] });
    expect(body[1]).toMatchObject({
      success: false,
      created: true,
      errors: [{ statusCode: 'REQUIRED_FIELD_MISSING' }],
    });
    expect(body[2]).toMatchObject({
      errors: [{ statusCode: 'MISSING_ARGUMENT', message: 'Unique__c not specified' }],
    });
    const parts = [1, 2].map((i) => ({
      attributes: { type: 'Probe_Part__c' },
      Part_Key__c: `g-${i}`,
      Probe__r: { Unique__c: `g${i}` },
    }));
    expect(
      (await send('PATCH', '/Probe_Part__c/Part_Key__c', { records: parts })).body.every(
        (row) => row.success,
      ),
    ).toBe(true);
  });

  it('refuses an external id that is given twice in one upsert, in both rows', async () => {
    const records = ['h1', 'h2', 'h1'].map((key) => ({
      attributes: { type: 'Probe__c' },
      Unique__c: key,
      Needed__c: 'x',
    }));
    const { body } = await send('PATCH', '/Probe__c/Unique__c', { records });
    expect(body.map((row) => row.success)).toEqual([false, true, false]);
    expect(body[2]!.errors[0]).toMatchObject({
      statusCode: 'DUPLICATE_VALUE',
      message: 'Duplicate external id specified: h1',
    });
  });

  it('retrieves several records with null for those that are not there', async () => {
    const made = (await send('POST', '', { records: [probe({ Name: 'i1' }), probe({ Name: 'i2' })] })).body;
    const ids = [made[1]!.id!, 'a01SB0000088888', made[0]!.id!];
    const { body } = await send('POST', '/Probe__c', { ids, fields: ['Name'] });
    expect(body).toMatchObject([{ Id: ids[0], Name: 'i2' }, null, { Id: ids[2], Name: 'i1' }]);
    expect(await connection.sobject('Probe__c').retrieve([ids[0]!, ids[2]!])).toMatchObject([
      { Name: 'i2' },
      { Name: 'i1' },
    ]);
  });

  it('deletes several records', async () => {
    const made = (await send('POST', '', { records: [probe({ Name: 'j1' }), probe({ Name: 'j2' })] })).body;
    const results = (await connection.sobject('Probe__c').destroy(made.map((row) => row.id!))) as Result[];
    expect(results.every((row) => row.success)).toBe(true);
    expect(await count("Name LIKE 'j_'")).toBe(0);
    const again = await send('DELETE', `?ids=${made.map((row) => row.id).join(',')}&allOrNone=true`);
    expect(again.body[0]!.errors[0]!.statusCode).toBe('ENTITY_IS_DELETED');
  });
});
