import * as grpc from '@grpc/grpc-js';
import { otherOrg } from '../../sync/limits/orgIdentity.ts';
import { eventually } from '../integration/world.ts';
import { raiseInvoice, startStreamWorld, TOPIC, type StreamWorld } from './streamWorld.ts';

let world: StreamWorld;
let serial = 0;
beforeAll(async () => {
  world = await startStreamWorld();
});
afterAll(() => world?.stop());
afterEach(async () => {
  await world.unfollowAll();
  Object.assign(world.server, { topicFailure: undefined, canSubscribe: true, purged: 0 });
  world.log.length = 0;
});

const subscribed = (count = 1) =>
  eventually(async () => world.server.subscriberCount === count, `${count} subscriptions`);
/** Publishes a change of a new invoice. */
function publish(): { id: string; replayId: Buffer } {
  const id = `a00000000${String((serial += 1)).padStart(6, '0')}AAA`;
  return { id, replayId: world.server.publish({ entity: 'Invoice__c', recordIds: [id] }) };
}
const isDirty = (id: string) =>
  eventually(
    async () => (await world.rows('SELECT 1 FROM sync_record WHERE crm_id = $1', [id])).length === 1,
    `${id} to be marked`,
  );
const place = async () =>
  (
    await world.rows<{ replay_id: Buffer | null }>('SELECT * FROM cursor WHERE name = $1', [
      `crm-stream ${TOPIC}`,
    ])
  )[0]?.replay_id;
const warnings = () => world.log.filter(({ level }) => level >= 40).map(({ msg }) => msg);

test('a worker that starts again goes on where the last one stopped', async () => {
  const first = world.follow();
  await subscribed();
  const before = publish();
  await isDirty(before.id);
  await world.unfollow(first);
  const missed = [publish(), publish(), publish()];
  const requests = world.server.requests.length;
  world.follow();
  for (const { id } of missed) await isDirty(id);
  expect(world.server.requests[requests]).toMatchObject({
    topicName: TOPIC,
    replayPreset: 'CUSTOM',
    replayId: before.replayId,
  });
  expect(await place()).toEqual(missed[2]!.replayId);
});

test('a worker that dies while it stores an event has stored nothing of it, and the next one all of it once', async () => {
  world.follow();
  await subscribed();
  await isDirty(publish().id);
  const before = await place();
  // Ends the database session within the statement, after the event and the mark and before the commit.
  await world.rows(`
    CREATE FUNCTION die() RETURNS trigger LANGUAGE plpgsql AS
      $$ BEGIN PERFORM pg_terminate_backend(pg_backend_pid()), pg_sleep(5); RETURN NULL; END $$;
    CREATE TRIGGER die AFTER UPDATE ON cursor FOR EACH ROW WHEN (NEW.replay_id IS NOT NULL) EXECUTE FUNCTION die();
  `);
  const { id, replayId } = publish();
  await eventually(async () => world.log.some(({ level }) => level >= 40), 'the failure');
  expect(await world.rows('SELECT 1 FROM inbox_event WHERE replay_id = $1', [replayId])).toEqual([]);
  expect(await world.rows('SELECT 1 FROM sync_record WHERE crm_id = $1', [id])).toEqual([]);
  expect(await place()).toEqual(before);
  await world.rows('DROP TRIGGER die ON cursor; DROP FUNCTION die');
  await isDirty(id);
  expect(await world.rows('SELECT 1 FROM inbox_event WHERE replay_id = $1', [replayId])).toHaveLength(1);
  expect(await place()).toEqual(replayId);
});

test('a stream that breaks off is opened again where it was', async () => {
  world.follow();
  await subscribed();
  await isDirty(publish().id);
  world.server.drop();
  const missed = publish();
  await isDirty(missed.id);
  await isDirty(publish().id);
});

test('a session that has ended is replaced by a new one, on the stream and between streams', async () => {
  world.follow();
  await subscribed();
  for (const whenDropped of [grpc.status.UNAUTHENTICATED, grpc.status.UNAVAILABLE]) {
    const token = world.server.seenTokens.at(-1)!;
    world.server.refusedTokens.add(token);
    world.server.drop(whenDropped);
    await isDirty(publish().id);
    expect(world.server.seenTokens.at(-1)).not.toBe(token);
  }
  expect(JSON.stringify(world.log)).not.toContain(world.server.seenTokens[0]);
});

test('a stream that says nothing any more is opened again', async () => {
  world.follow({ silenceMs: 300 });
  await subscribed();
  const requests = world.server.requests.length;
  await eventually(async () => world.server.requests.length > requests, 'another subscription');
  await subscribed();
  await isDirty(publish().id);
});

test('keepalives are signs of life', async () => {
  // A machine that is busy with something else may let a process wait for a second.
  world.follow({ silenceMs: 3_000 });
  await subscribed();
  const requests = world.server.requests.length;
  const sending = setInterval(() => world.server.keepalive(), 100);
  await new Promise((resolve) => setTimeout(resolve, 4_500));
  clearInterval(sending);
  expect(world.server.requests.length).toBe(requests);
});

test('with a replay id that the org no longer has, all changes since are swept and the stream is read from now on', async () => {
  const first = world.follow();
  await subscribed();
  await isDirty(publish().id);
  await world.unfollow(first);
  const lost = await raiseInvoice(world);
  // The sweep by itself would begin after it.
  const later = new Date(Date.now() + 30 * 60_000).toISOString();
  await world.rows(
    `INSERT INTO cursor (name, position) VALUES ('crm-sweep-Invoice__c', $1)
     ON CONFLICT (name) DO UPDATE SET position = $1`,
    [later],
  );
  const requests = world.server.requests.length;
  publish();
  world.server.purged = Number(world.server.replayId.readBigUInt64BE());
  world.follow();
  await isDirty(lost);
  await subscribed();
  const [refused, taken] = world.server.requests.slice(requests);
  expect(refused).toMatchObject({ replayPreset: 'CUSTOM' });
  expect(taken).toMatchObject({ replayPreset: 'LATEST' });
  await isDirty(publish().id);
  expect(warnings()).toEqual([expect.stringMatching(/no longer has the place .* are swept/)]);
});

describe('several workers', () => {
  test('only one of them subscribes; when its connection dies, another takes over within seconds', async () => {
    world.follow();
    await subscribed();
    world.follow();
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    expect(world.server.subscriberCount).toBe(1);
    const holders = () =>
      world.rows<{ pid: number }>(
        `SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND granted
         AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`,
      );
    const [holder, ...others] = await holders();
    expect(others).toEqual([]);
    await world.rows('SELECT pg_terminate_backend($1)', [holder!.pid]);
    await eventually(async () => {
      const [next] = await holders();
      return next && next.pid !== holder!.pid;
    }, 'another holder');
    await isDirty(publish().id);
    await subscribed();
  });

  test('a worker that stops gives the stream to the next', async () => {
    const first = world.follow();
    await subscribed();
    world.follow();
    await world.unfollow(first);
    await subscribed();
    await isDirty(publish().id);
  });
});

describe('without a change stream', () => {
  test.each([
    ['the user may not', { code: grpc.status.PERMISSION_DENIED, details: 'no access' }],
    ['there is no such topic', { code: grpc.status.NOT_FOUND, details: 'no topic' }],
    ['there is no such service', { code: grpc.status.UNIMPLEMENTED, details: 'no method' }],
  ])('when %s, one line says so, and it begins when there is one', async (_reason, failure) => {
    world.server.topicFailure = failure;
    world.follow({ askAgainMs: 100 });
    await eventually(async () => warnings().length > 0, 'the warning');
    await new Promise((resolve) => setTimeout(resolve, 500));
    expect(warnings()).toEqual([expect.stringContaining('found by the sweep alone')]);
    expect(warnings()[0]).toContain(failure.details);
    world.server.topicFailure = undefined;
    await subscribed();
    world.server.keepalive();
    await isDirty(publish().id);
    await eventually(
      async () => world.log.some(({ msg }) => msg.includes('gives out its change stream now')),
      'the good news',
    );
  });

  test('the same when the topic may not be subscribed to', async () => {
    world.server.canSubscribe = false;
    world.follow();
    await eventually(async () => warnings().length > 0, 'the warning');
    expect(warnings()).toEqual([expect.stringContaining('may not subscribe to /data/ChangeEvents')]);
  });
});

test('a worker stops at once, whatever it waits for', async () => {
  world.server.topicFailure = { code: grpc.status.PERMISSION_DENIED, details: 'no' };
  const resting = world.follow();
  await eventually(async () => warnings().length > 0, 'the warning');
  const waiting = world.follow();
  await Promise.all([world.unfollow(resting), world.unfollow(waiting)]);
  expect(world.server.subscriberCount).toBe(0);
});

test('the stream of an org that is not the served one is not read, and read on once it is adopted', async () => {
  const gate = world.engine.gates.salesforce;
  const { calls } = gate.state();
  world.follow();
  await subscribed();
  // A login, the topic: each counts as a call of the org.
  expect(gate.state().calls).toBeGreaterThan(calls);
  gate.stop(otherOrg('00DB0000000Old1MAA', '00DB0000000New1MAA'));
  const { id } = publish();
  await eventually(async () => world.server.subscriberCount === 0, 'the subscription is given up');
  expect(await world.rows('SELECT FROM sync_record WHERE crm_id = $1', [id])).toEqual([]);
  gate.resume();
  await isDirty(id);
});
