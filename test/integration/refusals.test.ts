import request from 'supertest';
import { SideRefusal } from '../../sync/failure.ts';
import { invoicebridge } from '../cli/invoicebridge.ts';
import { jobSteps, withoutFaults, type JobSteps } from './jobSteps.ts';
import { eventually, startWorld, type World } from './world.ts';

let world: World;
let job: JobSteps;
beforeAll(async () => {
  world = await startWorld({ environment: { CRM_SWEEP_SECONDS: '0.5' } });
  job = await jobSteps(world);
});
afterAll(() => world?.stop());
// Whatever a failed case left behind is done before the next one begins.
afterEach(async () => {
  await withoutFaults(world);
  await job.quiet();
});

type Side = 'stripe' | 'org';
const fault = (side: Side, body: object) => world.control(side, 'POST', '/faults', body);
const gates = () => world.worker!.engine.gates;
const run = (...args: string[]) => invoicebridge(args, world.environment);
const callsOf = async (side: Side) => (await world.control<{ total: number }>(side, 'GET', '/calls')).total;

const refuses = (side: Side, status: number, body: unknown) => (path: string) =>
  fault(side, {
    match: { path, ...(path.includes('data') && { client: 'Invoicebridge' }) },
    kind: 'status',
    status,
    body,
  });
const ofStripe = (message: string, code?: string) => ({
  error: { type: 'invalid_request_error', message, code },
});

const refusals = [
  {
    what: 'the key was revoked in Stripe',
    side: 'stripe',
    gate: 'stripe',
    begin: () => refuses('stripe', 401, ofStripe('Invalid API Key provided: rk_test_***1234'))('.*'),
    words: /Stripe refuses our API key: it is unknown or was revoked.*set another STRIPE_SECRET_KEY/,
  },
  {
    what: 'the key may not be used from here any more',
    side: 'stripe',
    gate: 'stripe',
    begin: () =>
      refuses(
        'stripe',
        403,
        ofStripe('The API key provided does not allow requests from your IP address.'),
      )('.*'),
    words: /may not be used from this machine's address\. Allow the address/,
  },
  {
    what: 'the integration user was deactivated and its sessions ended',
    side: 'org',
    gate: 'salesforce',
    begin: async () => {
      await refuses('org', 400, { error: 'invalid_grant', error_description: 'user is inactive' })(
        '/oauth2/token',
      );
      await refuses('org', 401, [{ errorCode: 'INVALID_SESSION_ID', message: 'Session expired or invalid' }])(
        '/services/data/',
      );
    },
    words:
      /Salesforce refuses our login \(user is inactive\)\. Activate, unfreeze or unlock the integration user/,
  },
  {
    what: 'the integration user lost API Enabled',
    side: 'org',
    gate: 'salesforce',
    begin: () =>
      refuses('org', 403, [
        { errorCode: 'API_DISABLED_FOR_ORG', message: 'The REST API is not enabled for this Organization.' },
      ])('/services/data/'),
    words:
      /Salesforce refuses all our calls \(API_DISABLED_FOR_ORG\)\. Give the integration user .*API Enabled/,
  },
  {
    what: 'the org refuses each session that it has just given out',
    side: 'org',
    gate: 'salesforce',
    begin: () =>
      refuses('org', 401, [{ errorCode: 'INVALID_SESSION_ID', message: 'Session expired or invalid' }])(
        '/services/data/',
      ),
    words: /gives us sessions and refuses each of them/,
  },
] as const;

describe.each(refusals)('when $what', ({ side, gate, begin, words }) => {
  test('nothing is claimed or parked, it says what to do, a button hears it, and all goes on when it is over', async () => {
    const sent = await job.raiseAndSync();
    const stripeId = (await job.stripeInvoices(sent))[0]!.id;
    await job.quiet();
    await begin();
    // Work of both kinds, and what the sweep finds.
    await world.admin.update('Invoice__c', sent, { Description__c: 'Edited meanwhile' });
    const raised = await job.raise();
    const answer = await world.rep.send(sent);
    expect(answer).toMatchObject({ status: 'running', message: expect.stringMatching(words) as string });
    expect(answer.message).toMatch(/Your request is kept and will be carried out by itself\.$/);
    await eventually(async () => gates()[gate].refusal, 'the refusal is noticed');

    await world.control(side, 'DELETE', '/calls');
    const startedAt = Date.now();
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    // One look every 0.5 s at most (in the org a login, a call and its second try).
    const made = await callsOf(side);
    const looks = 2 + Math.floor((Date.now() - startedAt) / 500);
    expect(made).toBeLessThanOrEqual(looks * (side === 'stripe' ? 1 : 3));
    const { rows } = await world.database.pool.query<{ state: string; attempts: number }>(
      "SELECT state, attempts, error_message FROM sync_record WHERE state <> 'clean'",
    );
    for (const row of rows) expect(row).toMatchObject({ state: 'dirty', attempts: 0 });
    // Workers say how they are every two seconds.
    await eventually(
      async () => {
        const { body } = (await request(world.webUrl).get('/health').expect(200)) as {
          body: { standstill: string[] };
        };
        return body.standstill.some((told) => words.test(told));
      },
      `the web process tells ${String(words)}`,
    );

    await withoutFaults(world);
    await job.becomes(sent, 'Open');
    await job.isSynced(raised);
    await job.quiet();
    expect((await world.stripe.invoices.retrieve(stripeId)).description).toBe('Edited meanwhile');
    expect(await job.mailsOf(stripeId)).toHaveLength(1);
    expect(await job.stripeInvoices(raised)).toHaveLength(1);
    expect(gates()[gate].state()).toMatchObject({ refusal: null, breaker: { state: 'closed' } });
  });
});

test('status and doctor tell of it, and it is noticed without any work that it is over', async () => {
  await refuses('stripe', 401, ofStripe('Invalid API Key provided: rk_test_***1234'))('.*');
  await expect(world.worker!.engine.stripe.customers.list()).rejects.toMatchObject({
    detail: expect.any(SideRefusal) as SideRefusal,
  });
  const told = await eventually(async () => {
    const { stdout } = await run('status');
    return stdout.includes('refuses our API key') && stdout;
  }, 'status tells');
  expect(told).toMatch(/refuses us since/);
  expect((await run('doctor')).stdout).toMatch(/✗ worker: at work {2}Stripe refuses our API key/);
  await withoutFaults(world);
  await eventually(async () => !gates().stripe.refusal && !gates().stripe.breaker.isDown, 'it is over');
});

test('a permission that the key lacks for one kind of object is no refusal of everything: the record says what to do', async () => {
  const id = await job.raise();
  await job.quiet();
  const account = await world.admin.create('Account', {
    Name: 'Lacks a permission',
    Billing_Email__c: 'a@example.com',
  });
  await fault('stripe', {
    match: { method: 'POST', path: '^/v1/customers$' },
    kind: 'status',
    status: 403,
    body: ofStripe(
      "The provided key 'rk_test_***1234' does not have the required permissions for this endpoint.",
    ),
  });
  const lacking = await world.rep.raiseInvoice({
    account: 'Lacks a permission',
    lines: [{ product: job.products[0]!.name, quantity: 1 }],
  });
  expect(await world.rep.sync(lacking)).toMatchObject({
    status: 'failed',
    message: expect.stringContaining('give the restricted key its permissions') as string,
  });
  expect(gates().stripe.refusal).toBeUndefined();
  await job.isSynced(id);
  await world.admin.delete('Account', account).catch(() => undefined);
});
