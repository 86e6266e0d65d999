import avro from 'avsc';
import { changeDecoder } from '../../sync/salesforce/changeStream/decodeChange.ts';
import { encodeChange, eventSchema } from './eventSchemas.ts';

const ID = '001000000000001AAA';
const decodeAccount = changeDecoder(JSON.stringify(eventSchema('Account')));

test('an event says what has changed, and nothing of what has not', () => {
  const change = decodeAccount(
    encodeChange({
      entity: 'Account',
      recordIds: [ID],
      fields: { Name: 'Acme', LastModifiedDate: 1_795_219_200_000 },
      changedFields: ['0x12'],
      commitTimestamp: 1_795_219_200_123,
    }),
  );
  expect(change).toMatchObject({
    entityName: 'Account',
    recordIds: [ID],
    changeType: 'UPDATE',
    commitTimestamp: 1_795_219_200_123,
    changedFields: ['Name', 'LastModifiedDate'],
  });
  expect(change.fields).toEqual({ Name: 'Acme', LastModifiedDate: 1_795_219_200_000 });
});

test('bits within a compound field are its parts', () => {
  const { changedFields } = decodeAccount(
    encodeChange({
      entity: 'Account',
      recordIds: [ID],
      fields: { BillingAddress: { Street: null, City: 'Graz', State: 'ST' } },
      changedFields: ['0x10', '3-0x6'],
    }),
  );
  expect(changedFields).toEqual(['LastModifiedDate', 'BillingAddress.City', 'BillingAddress.State']);
});

test('a bitmap wider than 32 bits is read whole', () => {
  const wide = {
    ...(eventSchema('Account') as object),
    fields: [
      ...(eventSchema('Account') as { fields: object[] }).fields,
      ...Array.from({ length: 70 }, (_, index) => ({
        name: `F${index}__c`,
        type: ['null', 'string'],
        default: null,
      })),
    ],
  };
  const type = avro.Type.forSchema(wide as avro.Schema);
  const narrow = avro.Type.forSchema(eventSchema('Account'));
  const event = narrow.fromBuffer(encodeChange({ entity: 'Account', recordIds: [ID] })) as object;
  const blanks = Object.fromEntries(Array.from({ length: 70 }, (_, index) => [`F${index}__c`, null]));
  const header = { ...(event as { ChangeEventHeader: object }).ChangeEventHeader };
  const payload = type.toBuffer({
    ...event,
    ...blanks,
    ChangeEventHeader: { ...header, changedFields: [`0x${(1n << 74n).toString(16)}`] },
  });
  expect(changeDecoder(JSON.stringify(wide))(payload).changedFields).toEqual(['F69__c']);
});

test('a long beyond what a number holds stays exact', () => {
  const one = encodeChange({ entity: 'Account', recordIds: [ID], fields: { LastModifiedDate: 1 } });
  expect(one.subarray(-1)).toEqual(Buffer.from([2]));
  // The value is the last of the event; this is 2^62 as Avro writes it: zigzag, seven bits a byte, lowest first.
  const huge = Buffer.concat([one.subarray(0, -1), Buffer.from('80808080808080808001', 'hex')]);
  expect(decodeAccount(huge).fields.LastModifiedDate).toBe('4611686018427387904');
});

test('a gap names its records only', () => {
  const change = decodeAccount(
    encodeChange({ entity: 'Account', recordIds: [ID], changeType: 'GAP_UPDATE' }),
  );
  expect(change).toMatchObject({ changeType: 'GAP_UPDATE', recordIds: [ID], changedFields: [], fields: {} });
});

test('bytes that are no event are refused', () => {
  expect(() => decodeAccount(Buffer.from('00ff', 'hex'))).toThrow();
});
