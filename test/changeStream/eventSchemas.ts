import avro from 'avsc';

const optional = (type: unknown) => ({ type: ['null', type], default: null });

const header = {
  type: 'record',
  name: 'ChangeEventHeader',
  fields: [
    { name: 'entityName', type: 'string' },
    { name: 'recordIds', type: { type: 'array', items: 'string' } },
    {
      name: 'changeType',
      type: {
        type: 'enum',
        name: 'ChangeType',
        symbols: [
          ...['CREATE', 'UPDATE', 'DELETE', 'UNDELETE'],
          ...['GAP_CREATE', 'GAP_UPDATE', 'GAP_DELETE', 'GAP_UNDELETE', 'GAP_OVERFLOW', 'SNAPSHOT'],
        ],
      },
    },
    { name: 'changeOrigin', type: 'string' },
    { name: 'transactionKey', type: 'string' },
    { name: 'sequenceNumber', type: 'int' },
    { name: 'commitTimestamp', type: 'long' },
    { name: 'commitNumber', type: 'long' },
    { name: 'commitUser', type: 'string' },
    { name: 'nulledFields', type: { type: 'array', items: 'string' } },
    { name: 'diffFields', type: { type: 'array', items: 'string' } },
    { name: 'changedFields', type: { type: 'array', items: 'string' } },
  ],
};

const address = {
  type: 'record',
  name: 'Address',
  fields: ['Street', 'City', 'State'].map((name) => ({ name, ...optional('string') })),
};

const FIELDS: Record<string, { name: string }[]> = {
  Account: [
    { name: 'Name', ...optional('string') },
    { name: 'AnnualRevenue', ...optional('double') },
    { name: 'BillingAddress', ...optional(address) },
    { name: 'LastModifiedDate', ...optional('long') },
  ],
  Invoice__c: [
    { name: 'Description__c', ...optional('string') },
    { name: 'Status__c', ...optional('string') },
    { name: 'Due_Date__c', ...optional('long') },
    { name: 'Total__c', ...optional('double') },
    { name: 'Priority__c', ...optional('string') },
  ],
  Invoice_Line__c: [
    { name: 'Invoice__c', ...optional('string') },
    { name: 'Quantity__c', ...optional('double') },
  ],
};

/** Event schemas as the platform's are, with a few fields each. */
export function eventSchema(entity: string): avro.Schema {
  return {
    type: 'record',
    name: `${entity.replace('__c', '__')}ChangeEvent`,
    namespace: 'com.sforce.eventbus',
    fields: [{ name: 'ChangeEventHeader', type: header }, ...(FIELDS[entity] ?? [])],
  } as avro.Schema;
}

export interface TestChange {
  entity: string;
  recordIds: string[];
  changeType?: string;
  changedFields?: string[];
  nulledFields?: string[];
  diffFields?: string[];
  fields?: Record<string, unknown>;
  commitTimestamp?: number;
}

export function encodeChange(change: TestChange): Buffer {
  const schema = eventSchema(change.entity) as { fields: { name: string }[] };
  const blank = Object.fromEntries(schema.fields.slice(1).map(({ name }) => [name, null]));
  return avro.Type.forSchema(schema as avro.Schema).toBuffer({
    ...blank,
    ...change.fields,
    ChangeEventHeader: {
      entityName: change.entity,
      recordIds: change.recordIds,
      changeType: change.changeType ?? 'UPDATE',
      changeOrigin: 'com/salesforce/api/rest/67.0',
      transactionKey: '0002ac83-fcbd-9443-f901-7d3a380feb2c',
      sequenceNumber: 1,
      commitTimestamp: change.commitTimestamp ?? Date.now(),
      commitNumber: 10585193272713,
      commitUser: '005000000000001AAA',
      nulledFields: change.nulledFields ?? [],
      diffFields: change.diffFields ?? [],
      changedFields: change.changedFields ?? [],
    },
  });
}
