import { eventually } from '../integration/world.ts';
import { startStreamWorld, type StreamWorld } from './streamWorld.ts';
import type { TestChange } from './eventSchemas.ts';

let world: StreamWorld;
let serial = 0;

beforeAll(async () => {
  world = await startStreamWorld();
  world.follow();
  await eventually(async () => world.server.subscriberCount === 1, 'the subscription');
});
afterAll(() => world?.stop());

// Bits of the fields in the events of this file; bit 0 is the header.
const [DESCRIPTION, STATUS, DUE_DATE, TOTAL, PRIORITY] = ['0x2', '0x4', '0x8', '0x10', '0x20'] as const;
const JANUARY = Date.UTC(2099, 0, 31);

/** An invoice in sync: the org's record says what we left there. */
async function inSync(state: 'clean' | 'parked' = 'clean'): Promise<string> {
  const id = `a00000000${String((serial += 1)).padStart(6, '0')}AAA`;
  const snapshot = {
    id,
    fields: { Description__c: 'Work', Status__c: 'Open', Due_Date__c: '2099-01-31', Total__c: 12.5 },
    lines: [{ id: `a01${id.slice(3)}`, stripeId: `il_${serial}`, fields: { Quantity__c: 2 } }],
  };
  await world.rows(
    `INSERT INTO sync_record (entity, stripe_id, crm_id, state, crm_snapshot) VALUES ('invoice', $1, $2, $3, $4)`,
    [`in_${serial}`, id, state, JSON.stringify(snapshot)],
  );
  return id;
}

const stateOf = async (id: string) =>
  (await world.rows<{ state: string }>('SELECT state FROM sync_record WHERE crm_id = $1', [id]))[0]!.state;

/** The state of the record once the event has been received. */
async function after(id: string, change: Omit<TestChange, 'entity' | 'recordIds'>): Promise<string> {
  const replayId = world.server.publish({ entity: 'Invoice__c', recordIds: [id], ...change });
  const event = await eventually(
    async () =>
      (
        await world.rows<{ object_id: string }>('SELECT * FROM inbox_event WHERE replay_id = $1', [replayId])
      )[0],
    'the event in the inbox',
  );
  // It is stored with its record, whether it says anything new or not.
  expect(event.object_id).toBe(id);
  return stateOf(id);
}

test('our own write that comes back says nothing new', async () => {
  const id = await inSync();
  expect(await after(id, { changedFields: [STATUS], fields: { Status__c: 'Open' } })).toBe('clean');
  expect(await after(id, { changedFields: [DUE_DATE], fields: { Due_Date__c: JANUARY } })).toBe('clean');
  expect(await after(id, { changedFields: ['0x14'], fields: { Status__c: 'Open', Total__c: 12.5 } })).toBe(
    'clean',
  );
});

test.each<[string, Omit<TestChange, 'entity' | 'recordIds'>]>([
  ['another text', { changedFields: [DESCRIPTION], fields: { Description__c: 'More work' } }],
  ['another day', { changedFields: [DUE_DATE], fields: { Due_Date__c: JANUARY + 86_400_000 } }],
  ['another amount', { changedFields: [TOTAL], fields: { Total__c: 12.51 } }],
  ['an emptied field', { changedFields: [DESCRIPTION] }],
  ['an emptied field that only nulledFields names', { changedFields: [], nulledFields: [DESCRIPTION] }],
  [
    'what automation of the org changed in the transaction of our own write',
    { changedFields: ['0x6'], fields: { Status__c: 'Open', Description__c: 'Set by a flow' } },
  ],
  [
    'a long text of which only the difference is sent',
    { changedFields: [DESCRIPTION], diffFields: [DESCRIPTION], fields: { Description__c: 'Work' } },
  ],
  ['a gap', { changeType: 'GAP_UPDATE' }],
  ['a deletion', { changeType: 'DELETE' }],
  ['an undeletion', { changeType: 'UNDELETE', fields: { Status__c: 'Open', Description__c: 'Work' } }],
])('%s is news', async (_, change) => {
  expect(await after(await inSync(), change)).toBe('dirty');
});

test('a field that is not synced is none of our business, unless the record is parked', async () => {
  const change = { changedFields: [PRIORITY], fields: { Priority__c: 'High' } };
  expect(await after(await inSync(), change)).toBe('clean');
  expect(await after(await inSync('parked'), change)).toBe('dirty');
});

test('of several records in one event only those are marked for which it is news', async () => {
  const [same, other] = [await inSync(), await inSync()];
  await world.rows(
    `UPDATE sync_record SET crm_snapshot = jsonb_set(crm_snapshot, '{fields,Status__c}', '"Draft"') WHERE crm_id = $1`,
    [other],
  );
  const replayId = world.server.publish({
    entity: 'Invoice__c',
    recordIds: [same, other],
    changedFields: [STATUS],
    fields: { Status__c: 'Open' },
  });
  await eventually(
    async () => (await world.rows('SELECT 1 FROM inbox_event WHERE replay_id = $1', [replayId]))[0],
    'the event in the inbox',
  );
  expect([await stateOf(same), await stateOf(other)]).toEqual(['clean', 'dirty']);
});

test('a line is compared with the line that is known, and the org is not asked whose it is', async () => {
  const [same, other] = [await inSync(), await inSync()];
  const quantity = async (invoice: string, value: number) => {
    const replayId = world.server.publish({
      entity: 'Invoice_Line__c',
      recordIds: [`a01${invoice.slice(3)}`],
      changedFields: ['0x4'],
      fields: { Quantity__c: value },
    });
    return eventually(
      async () =>
        (
          await world.rows<{ object_id: string }>('SELECT * FROM inbox_event WHERE replay_id = $1', [
            replayId,
          ])
        )[0],
      'the event in the inbox',
    );
  };
  // The org itself knows none of these lines: their invoice comes from what is known.
  expect(await quantity(same, 2)).toMatchObject({ object_id: same });
  expect(await quantity(other, 3)).toMatchObject({ object_id: other });
  expect([await stateOf(same), await stateOf(other)]).toEqual(['clean', 'dirty']);
});
