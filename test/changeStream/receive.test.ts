import { findKnownRecords, readTimeline } from '../../sync/store/recordTimeline.ts';
import { eventually } from '../integration/world.ts';
import { raiseInvoice, startStreamWorld, TOPIC, type StreamWorld } from './streamWorld.ts';

const CURSOR = `crm-stream ${TOPIC}`;
let world: StreamWorld;
let serial = 0;
/** An invoice's id that no other test uses. */
const newInvoice = () => `a00000000${String((serial += 1)).padStart(6, '0')}AAA`;

beforeAll(async () => {
  world = await startStreamWorld();
  world.follow();
  await eventually(async () => world.server.subscriberCount === 1, 'the subscription');
});
afterAll(() => world?.stop());

const eventsAt = (replayId: Buffer) =>
  world.rows<{
    event_id: string;
    type: string;
    replay_id: Buffer;
    object_id: string | null;
    payload: object;
  }>('SELECT * FROM inbox_event WHERE replay_id = $1', [replayId]);
const received = (replayId: Buffer) =>
  eventually(async () => (await eventsAt(replayId))[0], 'the event in the inbox');
const record = async (crmId: string) =>
  (
    await world.rows<{ entity: string; state: string; dirty_seq: string; crm_dirty: boolean }>(
      'SELECT * FROM sync_record WHERE crm_id = $1',
      [crmId],
    )
  )[0];
const place = async () =>
  (await world.rows<{ replay_id: Buffer | null }>('SELECT * FROM cursor WHERE name = $1', [CURSOR]))[0]
    ?.replay_id;

test('an event is stored with its replay id, its record is dirty, and the place is behind it', async () => {
  const id = newInvoice();
  const replayId = world.server.publish({ entity: 'Invoice__c', recordIds: [id], changedFields: ['0x2'] });
  expect(await received(replayId)).toMatchObject({
    source: 'salesforce',
    event_id: `${TOPIC}/${replayId.toString('hex')}`,
    type: 'Invoice__c UPDATE',
    object_id: id,
    payload: { changedFields: ['Description__c'] },
  });
  expect(await record(id)).toMatchObject({ entity: 'invoice', state: 'dirty', crm_dirty: true });
  expect(await place()).toEqual(replayId);
});

test('a change to several records at once is found for each of them, with who it was and which fields', async () => {
  const ids = [newInvoice(), newInvoice(), newInvoice()];
  const replayId = world.server.publish({ entity: 'Invoice__c', recordIds: ids, changedFields: ['0x2'] });
  const { event_id, payload } = (await received(replayId))!;
  // Which fields, not what is in them.
  expect(payload).not.toHaveProperty('fields');
  for (const id of ids) {
    const [known] = await findKnownRecords(world.engine.database, id);
    expect(await readTimeline(world.engine.database, known!)).toMatchObject([
      {
        kind: 'event',
        what: 'Invoice__c UPDATE',
        who: '005000000000001AAA',
        why: event_id,
        details: { changed: ['Description__c'] },
      },
    ]);
  }
  expect(await findKnownRecords(world.engine.database, String(event_id))).toHaveLength(3);
});

test('an event that comes again is stored once, and marks nothing again', async () => {
  const id = newInvoice();
  const before = world.server.replayId;
  const replayId = world.server.publish({ entity: 'Invoice__c', recordIds: [id] });
  await received(replayId);
  const once = await record(id);
  world.server.repeatFrom(before);
  const next = world.server.publish({ entity: 'Invoice__c', recordIds: [newInvoice()] });
  await received(next);
  expect(await eventsAt(replayId)).toHaveLength(1);
  expect(await record(id)).toEqual(once);
});

test('all records of a merged event are dirty', async () => {
  const ids = [newInvoice(), newInvoice(), newInvoice()];
  await received(world.server.publish({ entity: 'Invoice__c', recordIds: ids }));
  for (const id of ids) expect(await record(id)).toMatchObject({ state: 'dirty' });
});

test('an Account is marked when it is in a pair, and makes none of itself', async () => {
  const [known, unknown] = ['001000000000001AAA', '001000000000002AAA'];
  await world.rows(`INSERT INTO sync_record (entity, crm_id, state) VALUES ('customer', $1, 'clean')`, [
    known,
  ]);
  await received(world.server.publish({ entity: 'Account', recordIds: [known, unknown] }));
  expect(await record(known)).toMatchObject({ state: 'dirty' });
  expect(await record(unknown)).toBeUndefined();
});

test('a line is its invoice: from the event when it names it, else from the org', async () => {
  const named = newInvoice();
  const line = 'a01000000000001AAA';
  await received(
    world.server.publish({
      entity: 'Invoice_Line__c',
      recordIds: [line],
      changeType: 'CREATE',
      fields: { Invoice__c: named },
    }),
  );
  expect(await record(named)).toMatchObject({ entity: 'invoice', state: 'dirty' });
  expect(await record(line)).toBeUndefined();

  const invoiceId = await raiseInvoice(world);
  const [ofOrg] = await world.rep.query(`SELECT Id FROM Invoice_Line__c WHERE Invoice__c = '${invoiceId}'`);
  await received(
    world.server.publish({ entity: 'Invoice_Line__c', recordIds: [ofOrg!.Id], changedFields: ['0x4'] }),
  );
  expect(await record(invoiceId)).toMatchObject({ entity: 'invoice', state: 'dirty' });
});

test('changes of entities that are not kept are stored, and mark nothing', async () => {
  const before = await world.rows('SELECT id, dirty_seq FROM sync_record ORDER BY id');
  const event = await received(
    world.server.publish({ entity: 'Campaign', recordIds: ['701000000000001AAA'] }),
  );
  expect(event).toMatchObject({ type: 'Campaign UPDATE', object_id: null });
  expect(await world.rows('SELECT id, dirty_seq FROM sync_record ORDER BY id')).toEqual(before);
});

test.each(['GAP_CREATE', 'GAP_UPDATE', 'GAP_DELETE', 'GAP_UNDELETE', 'DELETE'])(
  'a %s, which has no fields, marks its records too',
  async (changeType) => {
    const id = newInvoice();
    const event = await received(world.server.publish({ entity: 'Invoice__c', recordIds: [id], changeType }));
    expect(event.type).toBe(`Invoice__c ${changeType}`);
    expect(await record(id)).toMatchObject({ state: 'dirty' });
  },
);

test('an overflow has everything swept that changed lately, and marks no record that is none', async () => {
  const id = await raiseInvoice(world);
  // The sweep by itself would begin after it.
  const later = new Date(Date.now() + 30 * 60_000).toISOString();
  await world.rows(`INSERT INTO cursor (name, position) VALUES ('crm-sweep-Invoice__c', $1)`, [later]);
  expect(await record(id)).toBeUndefined();
  await received(
    world.server.publish({
      entity: 'Invoice__c',
      recordIds: ['000000000000000AAA'],
      changeType: 'GAP_OVERFLOW',
    }),
  );
  expect(await record(id)).toMatchObject({ state: 'dirty' });
  expect(await record('000000000000000AAA')).toBeUndefined();
});

test('an overflow of an entity that is not kept has nothing swept', async () => {
  const id = await raiseInvoice(world);
  await received(
    world.server.publish({
      entity: 'Campaign',
      recordIds: ['000000000000000AAA'],
      changeType: 'GAP_OVERFLOW',
    }),
  );
  expect(await record(id)).toBeUndefined();
});

test('what is no event by its schema is kept as it is and holds up nothing', async () => {
  const unreadable = world.server.publishBytes('Invoice__c', Buffer.from('00ff', 'hex'));
  const id = newInvoice();
  await received(world.server.publish({ entity: 'Invoice__c', recordIds: [id] }));
  expect(await record(id)).toMatchObject({ state: 'dirty' });
  expect(await received(unreadable)).toMatchObject({ type: 'unreadable', payload: { base64: 'AP8=' } });
});

test('each schema is fetched once, and never more than a hundred events are asked for', async () => {
  const ids = Array.from({ length: 250 }, newInvoice);
  const requests = world.server.requests.length;
  for (const id of ids) world.server.publish({ entity: 'Invoice__c', recordIds: [id] });
  await received(world.server.replayId);
  expect(await world.rows('SELECT 1 FROM sync_record WHERE crm_id = ANY($1)', [ids])).toHaveLength(250);
  const further = world.server.requests.slice(requests);
  expect(further.length).toBeGreaterThan(2);
  expect(Math.max(...further.map(({ numRequested }) => numRequested))).toBeLessThanOrEqual(100);
  expect(world.server.schemaRequests).toBe(4);
});

test('a keepalive moves the place, so that a quiet org does not outlast the stored one', async () => {
  const published = world.server.publish({ entity: 'Campaign', recordIds: ['701000000000001AAA'] });
  await received(published);
  await world.rows('UPDATE cursor SET replay_id = NULL WHERE name = $1', [CURSOR]);
  world.server.keepalive();
  await eventually(async () => (await place())?.equals(world.server.replayId), 'the place of the keepalive');
});
