import { checkCurrencies } from '../../server/cli/doctor/currencyChecks.ts';
import type { Check } from '../../server/cli/doctor/check.ts';
import { checkDatabase } from '../../server/cli/doctor/databaseChecks.ts';
import { checkSalesforce, type SalesforceOptions } from '../../server/cli/doctor/salesforceChecks.ts';
import { checkStripe } from '../../server/cli/doctor/stripeChecks.ts';
import { SalesforceOrg } from '../../sync/salesforce/connection.ts';
import { readWorkers } from '../../sync/store/workerStates.ts';
import { withoutFaults } from '../integration/jobSteps.ts';
import { eventually, startWorld, type World } from '../integration/world.ts';
import { invoicebridge } from './invoicebridge.ts';

let world: World;

beforeAll(async () => {
  world = await startWorld({ currencies: ['USD', 'EUR', 'KWD'] });
  // What these tests do to endpoints is no news for the engine.
  await world.stopWorker();
});
afterEach(() => withoutFaults(world));
afterAll(() => world?.stop());

const now = () => new Date();
const salesforce = (options: Partial<SalesforceOptions> = {}, credentials = {}) =>
  checkSalesforce(
    { ...world.config.salesforce, ...credentials },
    { tokenOrgs: [world.orgId], livemode: false, now, ...options },
  );
const stripe = (publicUrl: string | undefined, credentials = {}) =>
  checkStripe({ ...world.config.stripe, ...credentials }, { publicUrl, livemode: false, now });
const named = (checks: Check[], name: string) => checks.find((check) => check.name === name);
const failures = (checks: Check[]) => checks.filter(({ state }) => state !== 'ok').map(({ name }) => name);

test('a whole installation passes, and the command says so with 0', async () => {
  await world.startWorker();
  await eventually(
    async () => (await readWorkers(world.database)).length > 0,
    'the worker has said how it is',
  );
  const healthy = await invoicebridge(['doctor', '--json', '--url', world.webUrl], world.environment);
  await world.stopWorker();
  const checks = healthy.lines.filter(({ kind }) => kind === 'check') as unknown as Check[];
  expect(failures(checks)).toEqual([]);
  expect(healthy.lines.at(-1)).toMatchObject({ kind: 'summary', failed: 0, warnings: 0 });
  expect(healthy.code).toBe(0);
  expect(named(checks, 'login')!.detail).toContain(world.orgId);
  expect(named(checks, 'key')!.detail).toMatch(/test mode, account acct_/);
  expect(named(checks, 'daily API calls')!.detail).toMatch(/^\d+ of \d+ left$/);
  expect(named(checks, 'currencies')!.detail).toBe('several: USD, EUR, KWD');
  expect(healthy.stdout).not.toContain(world.config.stripe.secretKey);
});

test('what failed is told with the way to mend it, and the command says so with 1', async () => {
  const away = { ...world.environment, PUBLIC_URL: 'https://elsewhere.example.com' };
  const { code, stdout } = await invoicebridge(['doctor'], away);
  expect(code).toBe(1);
  expect(stdout).toMatch(
    /✗ stripe: webhook endpoint {2}None of the 1 endpoints is https:\/\/elsewhere\.example\.com/,
  );
  expect(stdout).toMatch(/✗ worker: running {2}No worker runs\.\n +Start one: npm run worker/);
  expect(stdout).toMatch(/Add it \(Dashboard > Developers > Webhooks\) with API version 2026-10-28\.endive/);
  expect(stdout).toMatch(/2 of \d+ checks failed/);
});

test('the doctor says which currencies the org has, and which of them Stripe does not take or the org rounds', async () => {
  const { salesforce, stripe } = world.config;
  const looked = async () =>
    (await checkCurrencies({ salesforce, stripe })).map(({ state, detail }) => [state, detail]);
  expect(await looked()).toEqual([
    ['ok', expect.stringMatching(/^several: USD, EUR, KWD$/)],
    ['ok', expect.stringMatching(/^settles in USD.*customers can pay in \d+ currencies$/)],
  ]);
  await world.admin.create('CurrencyType', {
    IsoCode: 'BHD',
    DecimalPlaces: 2,
    ConversionRate: 1,
    IsActive: true,
  });
  await world.admin.create('CurrencyType', {
    IsoCode: 'IRR',
    DecimalPlaces: 0,
    ConversionRate: 1,
    IsActive: true,
  });
  const [org, other] = await looked();
  expect(org).toEqual([
    'warning',
    expect.stringContaining('shown with too few decimals: BHD (2 of 3), IRR (0 of 2)'),
  ]);
  expect(other).toEqual(['warning', expect.stringContaining('but not in IRR of the org')]);
});

test('settings that are missing are checks that failed', async () => {
  const { DATABASE_URL } = world.environment;
  const { code, lines } = await invoicebridge(['doctor', '--json'], { DATABASE_URL: DATABASE_URL! });
  expect(code).toBe(1);
  expect(lines).toContainEqual(
    expect.objectContaining({
      area: 'settings',
      detail: expect.stringMatching(/^STRIPE_SECRET_KEY/) as string,
    }),
  );
});

describe('the database', () => {
  test('one that is not there', async () => {
    const { checks, tokenOrgs } = await checkDatabase('postgres://nobody@127.0.0.1:1/nothing');
    expect(checks).toMatchObject([{ name: 'reachable', state: 'failed' }]);
    expect(tokenOrgs).toBeNull();
  });

  test('one that is not migrated', async () => {
    const url = new URL(world.config.databaseUrl);
    const empty = `${url.pathname.slice(1)}_empty`;
    await world.database.pool.query(`CREATE DATABASE ${empty}`);
    try {
      url.pathname = empty;
      expect(named((await checkDatabase(url.href)).checks, 'migrated')).toMatchObject({
        state: 'failed',
        mend: 'Run `invoicebridge migrate`.',
      });
    } finally {
      await world.database.pool.query(`DROP DATABASE ${empty} WITH (FORCE)`);
    }
  });
});

describe('the org', () => {
  const describeAs = async (object: string, change: (described: Described) => Described) => {
    const real = await new SalesforceOrg(world.config.salesforce).request<Described>(
      'GET',
      `/sobjects/${object}/describe`,
    );
    await answer(`/sobjects/${object}/describe`, { status: 200, body: change(real) });
  };
  const answer = (path: string, given: { status: number; body: unknown }) =>
    world.control('org', 'POST', '/faults', { match: { path }, kind: 'status', ...given });
  interface Described {
    deletable: boolean;
    fields: { name: string; updateable: boolean }[];
  }

  test('fields that are hidden or read-only are named, each of them and no other', async () => {
    await describeAs('Invoice__c', (described) => ({
      ...described,
      fields: described.fields
        .filter(({ name }) => name !== 'Tax__c' && name !== 'Sent_At__c')
        .map((field) => (field.name === 'Status__c' ? { ...field, updateable: false } : field)),
    }));
    await describeAs('Invoice_Line__c', (described) => ({ ...described, deletable: false }));
    const checks = await salesforce();
    expect(failures(checks)).toEqual(['Invoice__c', 'Invoice_Line__c']);
    expect(named(checks, 'Invoice__c')).toMatchObject({
      state: 'failed',
      detail: 'missing or hidden: Tax__c, Sent_At__c; read-only: Status__c.',
      mend: expect.stringMatching(/permission set Invoicebridge Integration/) as string,
    });
    expect(named(checks, 'Invoice_Line__c')!.detail).toBe('may not delete records.');
  });

  test('an object that was not deployed', async () => {
    const missing = [{ errorCode: 'NOT_FOUND', message: 'The requested resource does not exist' }];
    await answer('/sobjects/Invoice__c/describe', { status: 404, body: missing });
    expect(named(await salesforce(), 'Invoice__c')).toMatchObject({
      state: 'failed',
      detail: expect.stringMatching(/is not there/) as string,
    });
  });

  test('a login that is refused, and an address where nobody answers', async () => {
    expect(named(await salesforce({}, { clientId: 'unknown' }), 'login')).toMatchObject({ state: 'failed' });
    expect(await salesforce({}, { loginUrl: 'http://127.0.0.1:1' })).toMatchObject([
      { name: 'reachable', state: 'failed', detail: expect.stringContaining('127.0.0.1:1') as string },
    ]);
  });

  test('an API version that is not served', async () => {
    await answer('^/services/data/?$', { status: 200, body: [{ version: '66.0' }] });
    expect(named(await salesforce(), 'API version')).toMatchObject({
      state: 'failed',
      detail: 'The org serves 66.0 at most.',
    });
  });

  test.each([
    [15_000, 'warning'],
    [4_000, 'failed'],
  ])('%d daily calls left of 100,000: %s', async (left, state) => {
    await answer('/limits', { status: 200, body: { DailyApiRequests: { Max: 100_000, Remaining: left } } });
    expect(named(await salesforce(), 'daily API calls')).toMatchObject({ state });
  });

  test('a token of another org only', async () => {
    const checks = await salesforce({ tokenOrgs: ['00D000000000001AAA'] });
    expect(named(checks, 'token of the org')).toMatchObject({
      state: 'failed',
      mend: expect.stringContaining(`npm run token -- --org ${world.orgId}`) as string,
    });
  });
});

describe('the org and what is known of it', () => {
  test('another org than the one whose records are known', async () => {
    const known = await salesforce({ servedOrg: '00D000000000001AAA' });
    expect(named(known, 'served org')).toMatchObject({
      state: 'failed',
      mend: expect.stringContaining('invoicebridge adopt-org') as string,
    });
    expect(named(await salesforce({ servedOrg: world.orgId }), 'served org')).toMatchObject({ state: 'ok' });
  });

  test('a live key of Stripe for an org that is for tests, and the other way round', async () => {
    expect(named(await salesforce({ livemode: true }), 'kind of org')).toMatchObject({
      state: 'warning',
      detail: expect.stringContaining('real money') as string,
    });
    const answers = (OrganizationType: string) =>
      world.control('org', 'POST', '/faults', {
        match: { path: '/query.*Organization' },
        kind: 'status',
        status: 200,
        times: 1,
        body: {
          totalSize: 1,
          done: true,
          records: [{ Name: 'Acme', IsSandbox: false, OrganizationType }],
        },
      });
    await answers('Enterprise Edition');
    expect(named(await salesforce(), 'kind of org')).toMatchObject({
      state: 'warning',
      detail: expect.stringContaining('nobody is charged') as string,
    });
    await answers('Developer Edition');
    expect(named(await salesforce(), 'kind of org')).toMatchObject({ state: 'ok' });
  });
});

describe('Stripe', () => {
  const endpoint = async () => (await world.stripe.webhookEndpoints.list()).data[0]!;

  test('a key that is refused', async () => {
    expect(await stripe(world.webUrl, { secretKey: 'sk_test_wrong' })).toMatchObject([
      { name: 'key', state: 'failed', detail: expect.stringMatching(/refuses our API key/) as string },
    ]);
  });

  test('a key that may not read something', async () => {
    await world.control('stripe', 'POST', '/faults', {
      match: { path: '^/v1/events' },
      kind: 'status',
      status: 403,
      body: { error: { type: 'invalid_request_error', message: 'The provided key does not have access.' } },
    });
    expect(named(await stripe(world.webUrl), 'permissions')).toMatchObject({
      state: 'failed',
      detail: 'The key may not read Events.',
    });
  });

  test('an endpoint without an event we need, and one that is switched off', async () => {
    const { id } = await endpoint();
    await world.stripe.webhookEndpoints.update(id, { enabled_events: ['invoice.paid'] });
    expect(named(await stripe(`${world.webUrl}/`), 'webhook endpoint')).toMatchObject({
      state: 'failed',
      detail: expect.stringMatching(/lacks events: customer\.created, .*invoice\.voided/) as string,
    });
    await world.stripe.webhookEndpoints.update(id, { enabled_events: ['*'], disabled: true });
    expect(named(await stripe(world.webUrl), 'webhook endpoint')!.detail).toMatch(/is disabled/);
    await world.stripe.webhookEndpoints.update(id, { disabled: false });
    expect(failures(await stripe(world.webUrl))).toEqual([]);
  });

  test('an endpoint with another API version', async () => {
    const old = { ...(await endpoint()), api_version: '2024-06-20' };
    await world.control('stripe', 'POST', '/faults', {
      match: { path: '^/v1/webhook_endpoints' },
      kind: 'status',
      status: 200,
      body: { object: 'list', data: [old], has_more: false, url: '/v1/webhook_endpoints' },
    });
    expect(named(await stripe(world.webUrl), 'webhook endpoint')).toMatchObject({
      state: 'failed',
      detail: expect.stringContaining('2024-06-20') as string,
    });
  });

  test('an address that is not known is something to look at', async () => {
    expect(named(await stripe(undefined), 'webhook endpoint')).toMatchObject({ state: 'warning' });
  });
});
