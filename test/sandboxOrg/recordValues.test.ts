import type { Connection } from 'jsforce';
import { probeMetadata, refusal, testOrg } from './org.ts';
import type { TestOrg } from './org.ts';

type Row = Record<string, unknown>;

describe('values of fields in the sandbox org', () => {
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

  it.each<[string, Row, unknown]>([
    ['trims text', { Text__c: '  ab  ' }, { Text__c: 'ab' }],
    ['stores nothing for blank text', { Text__c: '   ' }, { Text__c: null }],
    ['rounds to the scale, halves away from zero', { Amount__c: 1.005 }, { Amount__c: 1.01 }],
    ['rounds negative halves away from zero', { Amount__c: -2.345 }, { Amount__c: -2.35 }],
    ['reads numbers in text', { Amount__c: '12.50' }, { Amount__c: 12.5 }],
    ['takes the day of a moment for a date', { Day__c: '2026-02-03T23:00:00Z' }, { Day__c: '2026-02-03' }],
    [
      'keeps moments in UTC and whole seconds',
      { Moment__c: '2026-02-03T10:00:00.987+0200' },
      { Moment__c: '2026-02-03T08:00:00.000+0000' },
    ],
    ['takes values outside an unrestricted picklist', { Color__c: 'mauve' }, { Color__c: 'mauve' }],
    ['does not care about the case of field names', { text__C: 'x' }, { Text__c: 'x' }],
    [
      'takes 15-character ids and answers 18',
      { Account__c: '001SB0000000001' },
      { Account__c: '001SB0000000001YAA' },
    ],
  ])('%s', async (_what, given, expected) => {
    expect(await read(await create(given))).toMatchObject(expected as Row);
  });

  it.each<[string, Row, string, string]>([
    [
      'an unknown field',
      { Nope__c: 1 },
      'INVALID_FIELD',
      "No such column 'Nope__c' on sobject of type Probe__c",
    ],
    [
      'a missing required field',
      { Needed__c: null },
      'REQUIRED_FIELD_MISSING',
      'Required fields are missing: [Needed__c]',
    ],
    [
      'text that is too long',
      { Text__c: '12345678901' },
      'STRING_TOO_LONG',
      'Text: data value too large: 12345678901 (max length=10)',
    ],
    [
      'a value outside a restricted picklist',
      { Stage__c: 'odd' },
      'INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST',
      'Stage: bad value for restricted picklist field: odd',
    ],
    [
      'a bad one among several choices',
      { Tags__c: 'a;z' },
      'INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST',
      'Tags: bad value for restricted picklist field: z',
    ],
    [
      'a number with too many digits',
      { Amount__c: 10000 },
      'NUMBER_OUTSIDE_VALID_RANGE',
      'Amount: value outside of valid range on numeric field: 10000',
    ],
    [
      'a number that rounds to too many digits',
      { Count__c: 9999.5 },
      'NUMBER_OUTSIDE_VALID_RANGE',
      'Count: value outside of valid range on numeric field: 9999.5',
    ],
    ['a bad e-mail address', { Mail__c: 'a@b' }, 'INVALID_EMAIL_ADDRESS', 'Mail: invalid email address: a@b'],
    [
      'text for a number',
      { Amount__c: 'much' },
      'JSON_PARSER_ERROR',
      'Cannot deserialize instance of currency from VALUE_STRING value much',
    ],
    [
      'a number for text',
      { Text__c: 5 },
      'JSON_PARSER_ERROR',
      'Cannot deserialize instance of string from VALUE_NUMBER_INT value 5',
    ],
    [
      'a list for text',
      { Text__c: ['x'] },
      'JSON_PARSER_ERROR',
      'Cannot deserialize instance of string from START_ARRAY',
    ],
    [
      'a day that does not exist',
      { Day__c: '2026-02-30' },
      'JSON_PARSER_ERROR',
      'Cannot deserialize instance of date from VALUE_STRING value 2026-02-30',
    ],
    [
      'a moment without time zone',
      { Moment__c: '2026-02-03 10:00:00' },
      'JSON_PARSER_ERROR',
      'Cannot deserialize instance of datetime',
    ],
    [
      'null for a checkbox',
      { Flag__c: null },
      'INVALID_TYPE_ON_FIELD_IN_RECORD',
      'Flag: value not of required type: ',
    ],
    [
      'text that is no id',
      { Account__c: 'acme' },
      'MALFORMED_ID',
      'Account: id value of incorrect type: acme',
    ],
    [
      'an id with a wrong checksum',
      { Account__c: '001SB0000000001AAA' },
      'MALFORMED_ID',
      'Account: id value of incorrect type: 001SB0000000001AAA',
    ],
    [
      'an id of another object',
      { Account__c: '003SB0000000001YAA' },
      'FIELD_INTEGRITY_EXCEPTION',
      'Account: id value of incorrect type: 003SB0000000001YAA',
    ],
    [
      'an id that leads nowhere',
      { Account__c: '001SB0000009999' },
      'INVALID_CROSS_REFERENCE_KEY',
      'invalid cross reference id',
    ],
    [
      'a formula field',
      { Doubled__c: 1 },
      'INVALID_FIELD_FOR_INSERT_UPDATE',
      'Unable to create/update fields: Doubled__c.',
    ],
    [
      'a system field',
      { CreatedDate: '2026-01-01T00:00:00Z' },
      'INVALID_FIELD_FOR_INSERT_UPDATE',
      'Unable to create/update fields: CreatedDate.',
    ],
    [
      'a parent that is not there',
      { Account__r: { Name: 'x' } },
      'INVALID_FIELD',
      'must name its record by exactly one external id',
    ],
  ])('refuses %s', async (_what, given, errorCode, message) => {
    const error = await refused(given);
    expect(error.errorCode).toBe(errorCode);
    expect(error.message).toContain(message);
  });
});
