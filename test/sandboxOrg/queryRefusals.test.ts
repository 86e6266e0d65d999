import type { Connection } from 'jsforce';
import { probeMetadata, refusal, testOrg } from './org.ts';
import type { TestOrg } from './org.ts';

describe('SOQL that the sandbox org refuses', () => {
  let org: TestOrg;
  let connection: Connection;

  beforeAll(async () => {
    org = await testOrg({ metadataDir: probeMetadata, seed: false });
    connection = await org.connect();
  });
  afterAll(() => org.stop());

  it.each([
    ['SELECT Nope__c FROM Probe__c', 'INVALID_FIELD', "No such column 'Nope__c' on entity 'Probe__c'"],
    ['SELECT Id FROM Nope__c', 'INVALID_TYPE', "sObject type 'Nope__c' is not supported"],
    [
      'SELECT Nope__r.Name FROM Probe__c',
      'INVALID_FIELD',
      "Didn't understand relationship 'Nope__r' in field path",
    ],
    [
      'SELECT (SELECT Id FROM Nopes__r) FROM Probe__c',
      'INVALID_TYPE',
      "Didn't understand relationship 'Nopes__r'",
    ],
    ['SELECT FROM Probe__c', 'MALFORMED_QUERY', 'unexpected token'],
    [
      "SELECT Id FROM Probe__c WHERE Name = 'a' OR Name = 'b' AND Flag__c = true",
      'MALFORMED_QUERY',
      'unexpected token',
    ],
    ["SELECT Id FROM Probe__c WHERE Name = 'open", 'MALFORMED_QUERY', "expecting '''"],
    [
      'SELECT Id FROM Probe__c WHERE Name = 5',
      'INVALID_FIELD',
      'must be of type string and should be enclosed in quotes',
    ],
    [
      "SELECT Id FROM Probe__c WHERE Amount__c = '5'",
      'INVALID_FIELD',
      'must be of type currency and should not be enclosed in quotes',
    ],
    ["SELECT Id FROM Probe__c WHERE CreatedDate > '2026-01-01'", 'INVALID_FIELD', 'must be of type dateTime'],
    [
      "SELECT Id FROM Probe__c WHERE Id = 'nonsense'",
      'INVALID_QUERY_FILTER_OPERATOR',
      'invalid ID field: nonsense',
    ],
    ["SELECT Id FROM Probe__c WHERE Long__c = 'x'", 'INVALID_FIELD', 'can not be filtered in a query call'],
    ['SELECT Id FROM Probe__c ORDER BY Long__c', 'MALFORMED_QUERY', 'can not be sorted'],
    ['SELECT Id, Id FROM Probe__c', 'INVALID_FIELD', 'duplicate field selected: Id'],
    ['SELECT Name, COUNT(Id) FROM Probe__c', 'MALFORMED_QUERY', 'Field must be grouped or aggregated: Name'],
    ['SELECT SUM(Name) FROM Probe__c', 'MALFORMED_QUERY', 'does not support aggregate operator SUM'],
    ['SELECT Id FROM Probe__c LIMIT 1 OFFSET 2001', 'NUMBER_OUTSIDE_VALID_RANGE', 'Maximum SOQL offset'],
  ])('refuses %s', async (soql, errorCode, words) => {
    const error = await refusal(connection.query(soql));
    expect(error.errorCode).toBe(errorCode);
    expect(error.message).toContain(words);
  });
});
