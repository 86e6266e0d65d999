import { randomUUID } from 'node:crypto';
import request from 'supertest';
import { registerApiToken } from '../../server/token.ts';
import { invoiceActions } from '../../sync/domain/invoiceActions.ts';
import { eventually, startWorld, type World } from './world.ts';

let world: World;
let invoiceId: string;

beforeAll(async () => {
  world = await startWorld();
  const [account] = await world.rep.query<{ Name: string }>(
    'SELECT Name FROM Account WHERE Billing_Email__c != null ORDER BY Name LIMIT 1',
  );
  const [product] = await world.rep.apex<{ name: string }[]>('RaiseInvoiceController', 'getProducts', {
    searchText: '',
  });
  invoiceId = await world.rep.raiseInvoice({
    account: account!.Name,
    lines: [{ product: product!.name, quantity: 1 }],
  });
  await world.rep.sync(invoiceId);
});
afterAll(() => world?.stop());

interface CallOptions {
  token?: string;
  org?: string;
  key?: string | null;
}

function call(method: 'get' | 'post', path: string, { token, org, key = randomUUID() }: CallOptions = {}) {
  const started = request(world.webUrl)[method](path);
  if (token !== '') started.set('authorization', `Bearer ${token ?? world.apiToken}`);
  started.set('x-salesforce-org-id', org ?? world.orgId);
  if (key !== null) started.set('idempotency-key', key);
  return started;
}

async function actionsOf(id: string) {
  const { body } = await call('get', `/v1/invoices/${id}`);
  return (body as { actions: { action: string; possible: boolean; message: string | null }[] }).actions;
}

const problem = (status: number, code: string) => ({
  status,
  code,
  type: 'about:blank',
  title: expect.any(String) as string,
});

describe('who may call', () => {
  test.each([
    ['no token', { token: '' }, 401, 'unauthenticated'],
    ['a made-up token', { token: 'ibt_guessed' }, 401, 'unauthenticated'],
    ['a token of this org that names another', { org: '00D000000000001' }, 403, 'wrong_org'],
    ['a token that names no org', { org: '' }, 403, 'wrong_org'],
  ])('%s is refused with the next step', async (_, options, status, code) => {
    const response = await call('post', `/v1/invoices/${invoiceId}/sync`, options);
    expect(response.headers['content-type']).toMatch(/^application\/problem\+json/);
    expect(response.body).toMatchObject(problem(status, code));
    expect(response.status).toBe(status);
    expect(JSON.stringify(response.body)).not.toContain(world.apiToken);
  });

  test("another org's own valid token does not reach this org's records", async () => {
    const org = '00D000000000002EAA';
    await registerApiToken(world.config.databaseUrl, {
      orgId: org,
      label: 'other',
      token: 'ibt_other_org_token',
    });
    for (const [method, path] of [
      ['post', `/v1/invoices/${invoiceId}/sync`],
      ['get', `/v1/invoices/${invoiceId}`],
      ['get', '/v1/parked'],
    ] as const) {
      const response = await call(method, path, { token: 'ibt_other_org_token', org });
      expect(response.body).toMatchObject(problem(403, 'wrong_org'));
    }
  });

  test('an expired token is refused, a second one of the same org is not', async () => {
    await registerApiToken(world.config.databaseUrl, {
      orgId: world.orgId,
      label: 'next',
      token: 'ibt_next_token',
    });
    expect((await call('get', `/v1/invoices/${invoiceId}`, { token: 'ibt_next_token' })).status).toBe(200);
    await world.database.pool.query(
      `UPDATE api_token SET expires_at = now() - interval '1 s' WHERE label = 'next'`,
    );
    expect((await call('get', `/v1/invoices/${invoiceId}`, { token: 'ibt_next_token' })).status).toBe(401);
    expect((await call('get', `/v1/invoices/${invoiceId}`)).status).toBe(200);
  });

  test('only the hash of a token is stored', async () => {
    const { rows } = await world.database.pool.query(
      `SELECT encode(token_hash, 'escape') AS hash FROM api_token`,
    );
    expect(JSON.stringify(rows)).not.toContain(world.apiToken);
  });
});

describe('bad input', () => {
  test.each([
    ['an id that is none', '/v1/invoices/nonsense/sync', {}],
    ['an id with a quote', "/v1/invoices/a01000000000001'/sync", {}],
    ['no idempotency key', '/v1/invoices/a01000000000001/sync', { key: null }],
    ['a key that is too short', '/v1/invoices/a01000000000001/sync', { key: 'abc' }],
  ])('%s: 400 that says what is wrong', async (_, path, options) => {
    const response = await call('post', path, options);
    expect(response.body).toMatchObject(problem(400, 'invalid_request'));
    expect((response.body as { detail: string }).detail.length).toBeGreaterThan(20);
  });

  test('one key for two different requests: 409', async () => {
    const key = randomUUID();
    expect((await call('post', `/v1/invoices/${invoiceId}/sync`, { key })).status).toBe(200);
    expect((await call('post', `/v1/invoices/${invoiceId}/send`, { key })).body).toMatchObject(
      problem(409, 'idempotency_conflict'),
    );
  });

  test.each(['sync', 'send', 'raise'])(
    '%s of an id that is nobody’s: 404, and nothing is kept of it',
    async (kind) => {
      const response = await call('post', `/v1/invoices/${invoiceId.slice(0, 3)}000000000ZZZ/${kind}`);
      expect(response.body).toMatchObject(problem(404, 'crm_record_gone'));
      const { rows } = await world.database.pool.query(
        `SELECT 1 FROM sync_record WHERE crm_id LIKE '%000000000ZZZ%'`,
      );
      expect(rows).toEqual([]);
    },
  );

  test('an unknown path: 404', async () => {
    expect((await call('get', '/v1/nothing')).body).toMatchObject(problem(404, 'unknown_path'));
  });
});

describe('answers', () => {
  test('a record tells its pair, its state, what was written and who asked', async () => {
    const { body } = await call('get', `/v1/invoices/${invoiceId}`);
    expect(body).toMatchObject({
      id: invoiceId,
      stripeId: expect.stringMatching(/^in_/) as string,
      error: null,
    });
    const { commands, changes } = body as { commands: { actingUser: string }[]; changes: { side: string }[] };
    expect(commands.some(({ actingUser }) => /^005/.test(actingUser ?? ''))).toBe(true);
    expect(changes.map(({ side }) => side)).toEqual(expect.arrayContaining(['stripe', 'salesforce']));
  });

  test('a record tells what can be done with it, and why not the rest', async () => {
    const actions = await actionsOf(invoiceId);
    expect(actions).toEqual(
      expect.arrayContaining([
        { action: 'finalize', possible: true, message: null },
        { action: 'delete', possible: true, message: null },
        {
          action: 'void',
          possible: false,
          message: expect.stringMatching(/^INV-\d+ is still a draft\. Delete the draft/) as string,
        },
      ]),
    );
    expect(actions.map(({ action }) => action)).toEqual([...invoiceActions]);
  });

  test('an id in its 15-character form is the same record', async () => {
    expect((await call('get', `/v1/invoices/${invoiceId.slice(0, 15)}`)).body).toMatchObject({
      id: invoiceId,
    });
  });

  test('a record that was never synced: 404 with the next step', async () => {
    const response = await call('get', `/v1/invoices/${invoiceId.slice(0, 3)}000000000ZZZ`);
    expect(response.body).toMatchObject(problem(404, 'unknown_invoice'));
  });

  test('sending what cannot be sent: 409 with the reason', async () => {
    const stripeId = ((await call('get', `/v1/invoices/${invoiceId}`)).body as { stripeId: string }).stripeId;
    await world.stripe.invoices.finalizeInvoice(stripeId);
    await world.stripe.invoices.voidInvoice(stripeId);
    const response = await call('post', `/v1/invoices/${invoiceId}/send`);
    expect(response.body).toMatchObject(problem(409, 'wrong_state'));
    expect((response.body as { detail: string }).detail).toMatch(/is void\. Raise a new invoice/);
    // The refusal brought the record up to date on the way.
    expect(await world.rep.invoice(invoiceId)).toMatchObject({ Status__c: 'Void' });
    const possible = (await actionsOf(invoiceId)).filter((action) => action.possible);
    expect(possible.filter(({ action }) => !['duplicate', 'revise'].includes(action))).toEqual([]);
  });

  test('without a worker a command is kept, answered with 202, and done when a worker is back', async () => {
    await world.stopWorker();
    await world.stopWeb();
    await world.startWeb({ COMMAND_WAIT_SECONDS: '1' });
    const key = randomUUID();
    const waiting = await call('post', `/v1/invoices/${invoiceId}/sync`, { key });
    expect(waiting.status).toBe(202);
    expect(waiting.body).toMatchObject({
      command: { status: 'running' },
      message: expect.stringMatching(/kept/) as string,
    });
    await world.startWorker();
    await eventually(
      async () => (await call('post', `/v1/invoices/${invoiceId}/sync`, { key })).status === 200,
      'the command is done',
    );
  });
});

describe('webhooks', () => {
  const event = (changes: object = {}) => ({
    id: `evt_${randomUUID()}`,
    object: 'event',
    type: 'invoice.updated',
    created: Math.floor(Date.now() / 1000),
    livemode: false,
    data: { object: { object: 'invoice', id: 'in_nobody' } },
    ...changes,
  });
  const post = (body: string, signature: string) =>
    request(world.webUrl)
      .post('/webhooks/stripe')
      .set('content-type', 'application/json')
      .set('stripe-signature', signature)
      .send(body);
  const sign = (payload: string, options: { secret?: string; timestamp?: number } = {}) =>
    world.stripe.webhooks.generateTestHeaderString({
      payload,
      secret: options.secret ?? world.config.stripe.webhookSecrets[0]!,
      ...(options.timestamp ? { timestamp: options.timestamp } : {}),
    });
  const isStored = async (id: string) =>
    (await world.database.pool.query('SELECT 1 FROM inbox_event WHERE event_id = $1', [id])).rowCount === 1;

  test('a good signature: stored, then 200', async () => {
    const good = event();
    const body = JSON.stringify(good);
    expect((await post(body, sign(body))).status).toBe(200);
    expect(await isStored(good.id)).toBe(true);
  });

  test.each([
    ['a wrong secret', (body: string) => sign(body, { secret: 'whsec_wrong' })],
    [
      'a signature that is too old',
      (body: string) => sign(body, { timestamp: Math.floor(Date.now() / 1000) - 301 }),
    ],
    ['no signature', () => ''],
    ['a signature of another body', () => sign('{}')],
  ])('%s: 400, and nothing is stored', async (_, signature) => {
    const bad = event();
    const body = JSON.stringify(bad);
    const response = await post(body, signature(body));
    expect(response.body).toMatchObject(problem(400, 'invalid_signature'));
    expect(await isStored(bad.id)).toBe(false);
  });

  test('an event of live mode at a test endpoint: 400', async () => {
    const live = event({ livemode: true });
    const body = JSON.stringify(live);
    expect((await post(body, sign(body))).body).toMatchObject(problem(400, 'wrong_mode'));
    expect(await isStored(live.id)).toBe(false);
  });

  test('a store that does not answer: 5xx, so that Stripe comes again', async () => {
    await world.database.pool.query('ALTER TABLE inbox_event RENAME TO inbox_event_away');
    try {
      const body = JSON.stringify(event());
      expect((await post(body, sign(body))).status).toBeGreaterThanOrEqual(500);
    } finally {
      await world.database.pool.query('ALTER TABLE inbox_event_away RENAME TO inbox_event');
    }
  });
});

test('health and readiness', async () => {
  expect((await request(world.webUrl).get('/health')).body).toEqual({ status: 'ok', standstill: [] });
  expect((await request(world.webUrl).get('/ready')).body).toEqual({ status: 'ready' });
});
