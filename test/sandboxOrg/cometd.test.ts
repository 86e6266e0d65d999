import type { Connection } from 'jsforce';
import { StreamingExtension } from 'jsforce/lib/api/streaming.js';
import { probeMetadata, testOrg } from './org.ts';
import type { TestOrg } from './org.ts';
import { eventually } from './subscriber.ts';

type Payload = { ChangeEventHeader: Record<string, unknown> } & Record<string, unknown>;
type Data = { payload: Payload; event: { replayId: number } };
type Subscribed = PromiseLike<unknown> & { cancel(): void };

const channel = '/data/ChangeEvents';

describe('change events of the sandbox org over the Streaming API', () => {
  let org: TestOrg;
  let connection: Connection;
  const open: { disconnect(): PromiseLike<unknown> }[] = [];

  beforeEach(async () => {
    org = await testOrg({ metadataDir: probeMetadata, seed: false, pubSubPort: 0 });
    connection = await org.connect();
  });
  afterEach(async () => {
    for (const client of open.splice(0)) await client.disconnect();
    await org.stop();
  });

  async function subscribe(replayId: number) {
    const got: Data[] = [];
    const client = connection.streaming.createClient([new StreamingExtension.Replay(channel, replayId)]);
    open.push(client as unknown as (typeof open)[number]);
    await (client.subscribe(channel, (data: Data) => void got.push(data)) as unknown as Subscribed);
    return got;
  }
  const account = async (fields: Record<string, unknown>) =>
    (await connection.sobject('Account').create({ Name: 'Alpha', ...fields })).id!;

  it('replays what is kept and goes on with what comes', async () => {
    const id = await account({ BillingCity: 'Bonn' });
    const got = await subscribe(-2);
    await eventually(() => got.length === 1);
    expect(got[0]!.payload).toMatchObject({
      Name: 'Alpha',
      BillingAddress: { City: 'Bonn' },
      ChangeEventHeader: { entityName: 'Account', changeType: 'CREATE', recordIds: [id] },
    });
    await connection.sobject('Account').update({ Id: id, Phone: '1', BillingCity: null });
    await eventually(() => got.length === 2);
    expect(got[1]!.payload).toMatchObject({
      Phone: '1',
      BillingAddress: { City: null },
      ChangeEventHeader: {
        changeType: 'UPDATE',
        changedFields: ['Phone', 'BillingAddress.City', 'LastModifiedDate'],
        nulledFields: ['BillingAddress.City'],
      },
    });
    const later = await subscribe(got[0]!.event.replayId);
    await eventually(() => later.length === 1);
    expect(later[0]).toEqual(got[1]);
  });

  it('refuses a replay id that is no longer there, and an unknown channel', async () => {
    await account({});
    const got = await subscribe(-2);
    await eventually(() => got.length === 1);
    await org.control('POST', '/stream', { expire: true });
    await expect(subscribe(got[0]!.event.replayId)).rejects.toMatchObject({
      message: expect.stringMatching(/^400::The replayId/),
    });
    const client = connection.streaming.createClient([]);
    open.push(client as unknown as (typeof open)[number]);
    const unknown = client.subscribe('/data/Nothing__chn', () => undefined) as unknown as Subscribed;
    await expect(unknown).rejects.toMatchObject({ message: expect.stringMatching(/^403:/) });
  });

  it('refuses an ended session', async () => {
    await org.control('DELETE', '/sessions');
    const handshake = await fetch(`${org.url}/cometd/67.0`, {
      method: 'POST',
      headers: { authorization: `OAuth ${connection.accessToken}`, 'content-type': 'application/json' },
      body: JSON.stringify([{ channel: '/meta/handshake', version: '1.0' }]),
    });
    expect(await handshake.json()).toMatchObject([
      {
        successful: false,
        advice: { reconnect: 'none' },
        ext: { sfdc: { failureReason: expect.stringMatching(/^401/) } },
      },
    ]);
  });
});
