import { randomUUID } from 'node:crypto';
import type Stripe from 'stripe';
import { sweepCrm } from '../../sync/inbox/sweepCrm.ts';
import { allStruck, jobSteps, withoutFaults, type JobSteps } from './jobSteps.ts';
import { streamIsRead } from './streamIsRead.ts';
import { eventually, startWorld, type World } from './world.ts';

/** What is known of Accounts and Products: their echoes are none, and no edit is lost with them. */
let world: World;
let job: JobSteps;
beforeAll(async () => {
  world = await startWorld({ changeStream: true });
  job = await jobSteps(world);
});
afterAll(() => world?.stop());
afterEach(async () => {
  await withoutFaults(world);
  await world.control('org', 'POST', '/stream', { drop: 0, duplicate: 0 });
});

interface Pair {
  crmId: string;
  stripeId: string;
}

const KINDS = {
  Account: {
    make: async (Name: string) => {
      const stripeId = (await world.stripe.customers.create({ name: Name, email: 'ap@example.com' })).id;
      return { stripeId, fields: { Name, Stripe_Customer_Id__c: stripeId } };
    },
    update: (id: string, change: { name: string }) => world.stripe.customers.update(id, change),
    read: (id: string) => world.stripe.customers.retrieve(id) as Promise<Stripe.Customer>,
  },
  Product2: {
    make: async (Name: string) => {
      const stripeId = (await world.stripe.products.create({ name: Name })).id;
      return { stripeId, fields: { Name, IsActive: true, Stripe_Product_Id__c: stripeId } };
    },
    update: (id: string, change: { name: string }) => world.stripe.products.update(id, change),
    read: (id: string) => world.stripe.products.retrieve(id),
  },
};
type PairedObject = keyof typeof KINDS;
const objects = Object.keys(KINDS) as PairedObject[];

const unique = (text: string) => `${text} ${randomUUID().slice(0, 8)}`;

async function pair(object: PairedObject): Promise<Pair> {
  const { stripeId, fields } = await KINDS[object].make(unique('Pair'));
  const crmId = await world.admin.create(object, fields);
  await eventually(
    async () => (await inOrg(object, crmId)).Sync_Status__c === 'Synced',
    `${crmId} and ${stripeId} are a pair`,
  );
  return { crmId, stripeId };
}

const inOrg = async (object: string, id: string) =>
  (await world.admin.query(`SELECT FIELDS(ALL) FROM ${object} WHERE Id = '${id}' LIMIT 1`))[0]!;
const rowOf = async (crmId: string) =>
  (await world.database.pool.query('SELECT * FROM sync_record WHERE crm_id = $1', [crmId])).rows[0];
const conflictsOf = async (crmId: string) =>
  (
    await world.database.pool.query(
      `SELECT field, stripe_value, crm_value, winner FROM conflict JOIN sync_record ON sync_record.id = record_id
       WHERE crm_id = $1 ORDER BY conflict.id`,
      [crmId],
    )
  ).rows;

async function rest(): Promise<void> {
  await job.quiet();
  await streamIsRead(world);
  await job.quiet();
}

/** A sweep that looks after the second of every change so far is over. */
const sweep = () => sweepCrm({ ...world.worker!.engine, now: () => new Date(Date.now() + 6_000) });

const WRITES = { method: 'PATCH', path: '/composite/sobjects' };

test.each(objects)('%s: our own write that comes back is not read again, nor swept', async (object) => {
  const pairs = [await pair(object), await pair(object), await pair(object)];
  await rest();
  await world.stopWorker();
  for (const { stripeId } of pairs) await KINDS[object].update(stripeId, { name: unique('By finance') });
  await eventually(async () => {
    const rows = await Promise.all(pairs.map(({ crmId }) => rowOf(crmId)));
    return rows.every(({ state }) => state === 'dirty');
  }, 'all webhooks are here');
  await world.control('org', 'DELETE', '/calls');
  await world.startWorker();
  await rest();
  expect(await sweep()).toBe(0);
  const { byPath, queriesOf } = await world.control<Record<string, Record<string, number>>>(
    'org',
    'GET',
    '/calls',
  );
  // Read once for each write, however the worker has claimed them; what comes back of a write is not read.
  const writes = byPath!['PATCH /services/data/v67.0/composite/sobjects']!;
  expect(queriesOf![object]).toBe(writes);
  expect(writes).toBeLessThanOrEqual(pairs.length);
  for (const { crmId } of pairs) expect((await inOrg(object, crmId)).Name).toContain('By finance');
});

test.each(objects)('%s: an edit whose event is lost is found by the sweep', async (object) => {
  const { crmId, stripeId } = await pair(object);
  await rest();
  await world.control('org', 'POST', '/stream', { drop: 1 });
  const name = unique('Nobody told');
  await world.admin.update(object, crmId, { Name: name });
  await rest();
  expect(await sweep()).toBe(1);
  await rest();
  expect((await KINDS[object].read(stripeId)).name).toBe(name);
  expect(await sweep()).toBe(0);
});

test.each(['resetBefore', 'resetAfter'])(
  'a write that is lost (%s) is followed by a full look',
  async (kind) => {
    const { crmId, stripeId } = await pair('Account');
    await rest();
    await world.control('org', 'POST', '/faults', { match: WRITES, kind, times: 1 });
    const name = unique('By finance');
    await world.stripe.customers.update(stripeId, { name });
    await eventually(async () => (await inOrg('Account', crmId)).Name === name, 'the name is in the org');
    await rest();
    expect(await rowOf(crmId)).toMatchObject({ state: 'clean', crm_unsure: false, attempts: 0 });
  },
);

test('a parked Account is not tried again because of its own text, but because of any edit', async () => {
  const { crmId, stripeId } = await pair('Account');
  await rest();
  const errors = [
    { statusCode: 'FIELD_CUSTOM_VALIDATION_EXCEPTION', message: 'A tax id is needed', fields: [] },
  ];
  await world.control('org', 'POST', '/faults', {
    match: WRITES,
    kind: 'status',
    status: 200,
    body: [{ success: false, errors }],
    times: 1,
  });
  await world.stripe.customers.update(stripeId, { name: unique('By finance') });
  const parked = await eventually(async () => {
    const row = await rowOf(crmId);
    return row.state === 'parked' ? row : undefined;
  }, 'it is parked');
  await eventually(
    async () => (await inOrg('Account', crmId)).Sync_Status__c === 'Error',
    'the reason is on the record',
  );
  await streamIsRead(world);
  expect(await rowOf(crmId)).toMatchObject({ state: 'parked', dirty_seq: parked.dirty_seq });
  await world.admin.update('Account', crmId, { Website: 'https://example.com' });
  await eventually(
    async () => (await inOrg('Account', crmId)).Sync_Status__c === 'Synced',
    'an edit of any field tries it again',
  );
});

describe('what people edit in the org between our read and our write', () => {
  /** Something happens in Stripe, and while the engine is about to write it to the org, somebody edits there. */
  async function editedMeanwhile(
    { crmId }: Pair,
    {
      inStripe,
      inOrg: edit,
      kind = 'delay',
    }: { inStripe: () => Promise<unknown>; inOrg: () => Promise<unknown>; kind?: string },
  ): Promise<void> {
    await world.control('org', 'POST', '/faults', { match: WRITES, kind, hold: true, times: 1 });
    await inStripe();
    await allStruck(world, 'org');
    expect((await rowOf(crmId)).crm_unsure).toBe(true);
    await edit();
    await withoutFaults(world);
    await rest();
  }

  test.each(objects)('%s: the edit wins, and the one in Stripe is kept', async (object) => {
    const both = await pair(object);
    await rest();
    const [theirs, ours] = [unique('By finance'), unique('By the rep')];
    await editedMeanwhile(both, {
      inStripe: () => KINDS[object].update(both.stripeId, { name: theirs }),
      inOrg: () => world.admin.update(object, both.crmId, { Name: ours }),
    });
    expect((await KINDS[object].read(both.stripeId)).name).toBe(ours);
    expect(await inOrg(object, both.crmId)).toMatchObject({ Name: ours, Sync_Status__c: 'Conflict' });
    expect(await conflictsOf(both.crmId)).toEqual([
      { field: 'name', stripe_value: theirs, crm_value: ours, winner: 'salesforce' },
    ]);
    expect(await rowOf(both.crmId)).toMatchObject({ state: 'clean', crm_told: null });
  });

  test('of an address, which is one value in Stripe and several fields in the org', async () => {
    const both = await pair('Account');
    await world.admin.update('Account', both.crmId, {
      BillingStreet: 'Hauptstr. 1',
      BillingCity: 'Basel',
      BillingCountry: 'Switzerland',
    });
    await rest();
    const { address } = await KINDS.Account.read(both.stripeId);
    await editedMeanwhile(both, {
      inStripe: () =>
        world.stripe.customers.update(both.stripeId, { address: { ...address, city: 'Bern' } as object }),
      inOrg: () => world.admin.update('Account', both.crmId, { BillingCity: 'Chur' }),
    });
    expect((await KINDS.Account.read(both.stripeId)).address).toMatchObject({
      line1: 'Hauptstr. 1',
      city: 'Chur',
    });
    expect(await inOrg('Account', both.crmId)).toMatchObject({ BillingCity: 'Chur' });
    expect(await conflictsOf(both.crmId)).toMatchObject([
      { field: 'address', stripe_value: { city: 'Bern' }, crm_value: { city: 'Chur' } },
    ]);
  });

  test('events that come twice, and a write whose answer is lost, restore nothing twice', async () => {
    const both = await pair('Account');
    await rest();
    const ours = unique('By the rep');
    await world.control('org', 'POST', '/stream', { duplicate: 4 });
    await editedMeanwhile(both, {
      kind: 'resetAfter',
      inStripe: () => world.stripe.customers.update(both.stripeId, { name: unique('By finance') }),
      inOrg: () => world.admin.update('Account', both.crmId, { Name: ours }),
    });
    expect((await KINDS.Account.read(both.stripeId)).name).toBe(ours);
    expect((await inOrg('Account', both.crmId)).Name).toBe(ours);
    expect(await conflictsOf(both.crmId)).toHaveLength(1);
  });
});
