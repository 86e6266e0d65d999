import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import request from 'supertest';
import { jobSteps, type JobSteps } from '../integration/jobSteps.ts';
import { eventually, startWorld, type World } from '../integration/world.ts';
import { invoicebridge } from './invoicebridge.ts';

let world: World;
let steps: JobSteps;
/** Synced by a button, so its history holds a command, events and changes. */
let crmId: string;
/** Made in Stripe for a customer that no Account is linked to. */
let parkedInvoice: string;

beforeAll(async () => {
  world = await startWorld();
  steps = await jobSteps(world);
  crmId = await steps.raiseAndSync();
  await changedByButtonAlone();
  const stranger = await world.stripe.customers.create({ name: 'Nobody', email: 'nobody@example.com' });
  parkedInvoice = (await world.stripe.invoices.create({ customer: stranger.id })).id;
  await eventually(() => isParked(parkedInvoice), 'the invoice of a stranger is parked');
  await steps.quiet();
});
afterAll(() => world?.stop());

/** An edit in Stripe that no webhook tells of, so that nobody but the button finds it. */
async function changedByButtonAlone(): Promise<void> {
  await steps.quiet();
  const { id } = await steps.stripeInvoice(crmId);
  await world.control('stripe', 'POST', '/deliveries/mode', { mode: 'hold' });
  await world.stripe.invoices.update(id, { description: 'For the season' });
  await world.rep.sync(crmId);
  await world.control('stripe', 'POST', '/deliveries/mode', { mode: 'normal' });
  await world.control('stripe', 'POST', '/deliveries/release', {});
}

const stateOf = async (stripeId: string) =>
  (
    await world.database.pool.query<{ state: string; attempts: number }>(
      'SELECT state, attempts FROM sync_record WHERE stripe_id = $1',
      [stripeId],
    )
  ).rows[0];
const isParked = async (stripeId: string) => (await stateOf(stripeId))?.state === 'parked';

const run = (...args: string[]) => invoicebridge(args, world.environment);

function call(method: 'get' | 'post', path: string, token = world.apiToken) {
  return request(world.webUrl)
    [method](path)
    .set('authorization', `Bearer ${token}`)
    .set('x-salesforce-org-id', world.orgId);
}

describe('on the command line', () => {
  test('status counts what waits, is held and is parked, and says how far each side was read', async () => {
    const { code, lines } = await run('status', '--json');
    expect(code).toBe(0);
    expect(lines).toContainEqual(
      expect.objectContaining({ kind: 'queue', entity: 'invoice', known: 2, dirty: 0, parked: 1 }),
    );
    expect(lines).toContainEqual(expect.objectContaining({ kind: 'commands', running: 0 }));
    expect(lines).toContainEqual(
      expect.objectContaining({
        kind: 'cursor',
        name: 'stripe-events',
        position: expect.any(String) as string,
      }),
    );
    expect(lines).toContainEqual(
      expect.objectContaining({
        kind: 'lastEvent',
        source: 'stripe',
        eventId: expect.stringMatching(/^evt_/) as string,
      }),
    );
    expect((await run('status')).stdout).toMatch(/^invoice +2 +0 +0 +0 +1 +-$/m);
  });

  test('parked tells the reason and the next step, of one kind of record only if asked', async () => {
    const { stdout } = await run('parked');
    expect(stdout).toMatch(
      new RegExp(`invoice +- +${parkedInvoice} +1 +unlinked_customer +.* which no Account is linked to`),
    );
    expect(stdout).toMatch(/2 parked/);
    const products = await run('parked', '--entity', 'product', '--json');
    expect(products).toMatchObject({ code: 0, lines: [] });
  });

  test('retry has a parked record tried again, and says how many there were', async () => {
    const one = await run('retry', parkedInvoice, crmId, '--json');
    expect(one).toMatchObject({ code: 0, lines: [{ kind: 'retried', retried: 1, unknown: [] }] });
    await steps.quiet();
    expect(await isParked(parkedInvoice)).toBe(true);
    expect((await run('retry', '--all')).stdout).toMatch(/^2 records are tried again/);
    await steps.quiet();
    const customers = await run('retry', '--entity', 'customer', '--json');
    expect(customers.lines).toEqual([{ kind: 'retried', retried: 1, unknown: [] }]);
  });

  test('retry of an id that is nobody’s says so and fails', async () => {
    const { code, stdout } = await run('retry', 'in_nobody');
    expect(code).toBe(1);
    expect(stdout).toContain('Nothing is known of in_nobody.');
  });

  test('events tells who changed a record, when and why, by the id of either side or of an event', async () => {
    const byOrg = await run('events', crmId.slice(0, 15), '--json');
    const stripeId = String(byOrg.lines[0]!.stripeId);
    expect(byOrg.lines[0]).toMatchObject({ kind: 'record', entity: 'invoice', crmId, state: 'clean' });
    const commands = byOrg.lines.filter(({ kind }) => kind === 'command');
    expect(commands).toHaveLength(2);
    for (const command of commands)
      expect(command).toMatchObject({ what: 'sync done', who: expect.stringMatching(/^005/) as string });
    expect(byOrg.lines).toContainEqual(
      expect.objectContaining({
        kind: 'change',
        side: 'salesforce',
        why: `sync ${String(commands[1]!.why)}`,
        details: [expect.objectContaining({ field: 'Description__c', to: 'For the season' })],
      }),
    );
    const event = byOrg.lines.find(({ kind, what }) => kind === 'event' && what === 'invoice.created');
    expect(event).toMatchObject({ side: 'stripe', why: expect.stringMatching(/^evt_/) as string });

    const times = byOrg.lines.slice(1).map(({ at }) => String(at));
    expect(times).toEqual([...times].sort());
    expect((await run('events', stripeId, '--json')).lines).toEqual(byOrg.lines);
    expect((await run('events', String(event!.why), '--json')).lines).toEqual(byOrg.lines);
    expect((await run('events', 'in_nobody')).code).toBe(1);
  });

  test('a change that no button asked for is put down to its event', async () => {
    const { id } = await steps.stripeInvoice(crmId);
    await world.stripe.invoices.finalizeInvoice(id);
    await steps.becomes(crmId, 'Open');
    await steps.quiet();
    const { lines } = await run('events', crmId, '--json');
    const opened = lines.find(
      ({ kind, details }) =>
        kind === 'change' && (details as { field: string }[]).some(({ field }) => field === 'Status__c'),
    );
    const cause = lines.find(({ kind, why }) => kind === 'event' && why === opened?.why);
    expect(cause).toMatchObject({ side: 'stripe', what: expect.stringMatching(/^invoice/) as string });
    expect((await run('events', crmId)).stdout).toMatch(/Status__c: Draft → Open/);
  });

  test.each([
    ['an unknown option', ['status', '--jsn']],
    ['an entity that is none', ['parked', '--entity', 'contact']],
    ['retry of two selections', ['retry', '--all', '--entity', 'invoice']],
  ])('%s is an error of usage: 2', async (_, args) => {
    const { code, stderr } = await run(...args);
    expect(stderr).toMatch(/^error: /);
    expect(code).toBe(2);
  });

  test('a missing setting and a database that is not there are told without a stack', async () => {
    const missing = await invoicebridge(['status'], {});
    expect(missing).toMatchObject({ code: 1, stderr: expect.stringMatching(/DATABASE_URL/) as string });
    const away = await invoicebridge(['status'], { DATABASE_URL: 'postgres://nobody@127.0.0.1:1/nothing' });
    expect(away).toMatchObject({ code: 1, stderr: expect.stringMatching(/cannot be reached/) as string });
    expect(away.stderr).not.toMatch(/ at .*\.ts:/);
  });

  test('migrate says that there is nothing to do', async () => {
    expect(await run('migrate')).toMatchObject({ code: 0, stdout: 'The database is up to date.\n' });
  });

  const oldNode = '/usr/bin/node';
  (existsSync(oldNode) ? test : test.skip)(
    'an older Node hands over to the one of node_modules',
    async () => {
      const launcher = join(__dirname, '../../bin/invoicebridge.mjs');
      const { stdout } = await promisify(execFile)(oldNode, [launcher, '--help']);
      expect(stdout).toContain('Usage: invoicebridge');
    },
  );
});

describe('over HTTP', () => {
  interface ParkedPage {
    parked: { stripeId: string; code: string }[];
    next: null;
  }

  test('the parked records with their reasons', async () => {
    const { status, body } = await call('get', '/v1/parked?entity=invoice');
    expect(status).toBe(200);
    expect(body as ParkedPage).toMatchObject({
      parked: [{ stripeId: parkedInvoice, code: 'unlinked_customer' }],
      next: null,
    });
  });

  test('one record is tried again, or all of a kind', async () => {
    const one = await call('post', `/v1/records/${parkedInvoice}/retry`);
    expect(one.body).toMatchObject({ retried: 1, states: [{ state: 'parked', stripeId: parkedInvoice }] });
    await steps.quiet();
    expect((await call('post', '/v1/parked/retry').send({ entity: 'customer' })).body).toEqual({
      retried: 1,
    });
    expect((await call('post', '/v1/parked/retry').send({ ids: [crmId] })).body).toEqual({ retried: 0 });
    await steps.quiet();
    expect((await call('post', '/v1/parked/retry')).body).toEqual({ retried: 2 });
    await steps.quiet();
  });

  test('the history of a record by the id of either side', async () => {
    const { body } = await call('get', `/v1/records/${crmId}/history`);
    const { records } = body as { records: { stripeId: string; history: { kind: string }[] }[] };
    expect(records).toHaveLength(1);
    expect(new Set(records[0]!.history.map(({ kind }) => kind))).toEqual(
      new Set(['event', 'command', 'change']),
    );
    expect((await call('get', `/v1/records/${records[0]!.stripeId}/history`)).body).toEqual(body);
  });

  test.each([
    ['get', '/v1/records/in_nobody/history', 404, 'unknown_record'],
    ['post', '/v1/records/in_nobody/retry', 404, 'unknown_record'],
    ['get', "/v1/records/in_'/history", 400, 'invalid_request'],
    ['get', '/v1/parked?entity=contact', 400, 'invalid_request'],
    ['get', '/v1/parked?after=x', 400, 'invalid_request'],
  ] as const)('%s %s: %d %s', async (method, path, status, code) => {
    const response = await call(method, path);
    expect(response.body).toMatchObject({ status, code });
    expect(response.headers['content-type']).toMatch(/^application\/problem\+json/);
  });

  test('a body that selects in a way that is none, or is no JSON: 400', async () => {
    const wrong = await call('post', '/v1/parked/retry').send({ entities: ['invoice'] });
    expect(wrong.body).toMatchObject({ status: 400, code: 'invalid_request' });
    const broken = await call('post', '/v1/parked/retry').set('content-type', 'application/json').send('{');
    expect(broken.body).toMatchObject({ status: 400, code: 'invalid_request' });
  });

  test('without a token of the org nothing is told or tried', async () => {
    for (const path of ['/v1/parked', `/v1/records/${crmId}/history`]) {
      expect((await call('get', path, 'ibt_guessed')).status).toBe(401);
    }
    expect((await call('post', '/v1/parked/retry', 'ibt_guessed')).status).toBe(401);
  });
});
