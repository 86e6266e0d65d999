import request from 'supertest';
import { invoicebridge } from '../cli/invoicebridge.ts';
import { jobSteps, type JobSteps } from '../integration/jobSteps.ts';
import { eventually, startWorld, type World } from '../integration/world.ts';
import { emailOf, newAccounts } from './pastOfStripe.ts';

interface Match {
  id: string;
  stripeId: string;
  reason: string;
  state: string;
  accountId: string | null;
  candidates: { accountId: string }[];
}

// Each command is a process of its own: seconds, on a busy machine with two cores.
jest.setTimeout(240_000);

let world: World;
let steps: JobSteps;
let accounts: string[];

beforeAll(async () => {
  world = await startWorld();
  steps = await jobSteps(world);
  accounts = await newAccounts(world, ['Elm Optics', 'Fir Logistics']);
});
afterAll(() => world?.stop());

function call(method: 'get' | 'post', path: string) {
  return request(world.webUrl)
    [method](path)
    .set('authorization', `Bearer ${world.apiToken}`)
    .set('x-salesforce-org-id', world.orgId);
}

const openMatch = (stripeId: string) =>
  eventually(async () => {
    const { matches } = (await call('get', '/v1/matches')).body as { matches: Match[] };
    return matches.find((one) => one.stripeId === stripeId);
  }, `${stripeId} is in the queue`);

const accountOf = async (stripeId: string) =>
  (
    await world.admin.query<{ Id: string; Name: string }>(
      `SELECT Id, Name FROM Account WHERE Stripe_Customer_Id__c = '${stripeId}'`,
    )
  )[0];

/** A customer that somebody makes in Stripe, with an invoice. */
async function customerInStripe(name: string, email: string) {
  const customer = await world.stripe.customers.create({ name, email });
  const invoice = await world.stripe.invoices.create({ customer: customer.id });
  return { stripeId: customer.id, invoice: invoice.id };
}

const invoiceIn = (stripeId: string) =>
  eventually(
    async () =>
      (
        await world.admin.query<{ Account__c: string }>(
          `SELECT Account__c FROM Invoice__c WHERE Stripe_Invoice_Id__c = '${stripeId}'`,
        )
      )[0],
    `${stripeId} is in the org`,
  );

test('a customer made in Stripe is proposed, never paired by itself; a decision brings its invoices', async () => {
  const { stripeId, invoice } = await customerInStripe('Elm Optics LLC', emailOf('Elm Optics'));
  const match = await openMatch(stripeId);
  expect(match).toMatchObject({ state: 'open', candidates: [{ accountId: accounts[0] }] });
  expect(await accountOf(stripeId)).toBeUndefined();

  const answer = await call('post', `/v1/matches/${match.id}`).send({ accountId: accounts[0]!.slice(0, 15) });
  expect(answer).toMatchObject({
    status: 202,
    body: { match: { state: 'resolving', accountId: accounts[0] } },
  });
  expect(await invoiceIn(invoice)).toEqual(expect.objectContaining({ Account__c: accounts[0] }));
  await steps.quiet();
  expect((await call('get', '/v1/matches?state=resolved')).body).toMatchObject({ matches: [{ stripeId }] });

  const other = await customerInStripe('Elm Optics', 'other@elsewhere.example');
  await openMatch(other.stripeId);
  const taken = await call('post', `/v1/matches/${other.stripeId}`).send({ accountId: accounts[0] });
  expect(taken).toMatchObject({ status: 409, body: { code: 'account_taken' } });
});

test('a customer comes into the queue although Stripe fails at the moment in which it is put there', async () => {
  // For a customer without an Account Stripe is asked only then: its record has been settled before.
  await world.control('stripe', 'POST', '/faults', {
    match: { method: 'GET', path: '^/v1/customers/cus_' },
    kind: 'status',
    status: 500,
    body: { error: { type: 'api_error', message: 'Something went wrong.' } },
    times: 2,
  });
  const { stripeId } = await customerInStripe('Juniper Books', 'pay@juniper.example');
  expect(await openMatch(stripeId)).toMatchObject({ state: 'open', reason: 'No Account is like it.' });
});

test('an Account is made for it, once, when that is the decision', async () => {
  const { stripeId, invoice } = await customerInStripe('Ginkgo Labs', 'pay@ginkgo.example');
  await openMatch(stripeId);
  const create = () => call('post', `/v1/matches/${stripeId}`).send({ action: 'create' });
  const answers = await Promise.all([create(), create()]);
  expect(answers.map(({ status }) => status).sort()[0]).toBe(202);
  await invoiceIn(invoice);
  expect(await world.admin.query(`SELECT Id FROM Account WHERE Name = 'Ginkgo Labs'`)).toHaveLength(1);
  expect(await accountOf(stripeId)).toMatchObject({ Name: 'Ginkgo Labs' });
});

test('a customer that has no place in the org is left alone', async () => {
  const { stripeId } = await customerInStripe('Holly Test', 'holly@test.example');
  const { id } = await openMatch(stripeId);
  const { code, stdout } = await invoicebridge(['matches', 'resolve', id, '--ignore'], world.environment);
  expect(stdout).toContain('is left out');
  expect(code).toBe(0);
  await steps.quiet();
  await world.stripe.customers.update(stripeId, { phone: '+1 555 0100' });
  await steps.quiet();
  // It is parked for want of an Account first, and at once found to be left out.
  await eventually(async () => {
    const { rows } = await world.database.pool.query('SELECT state FROM sync_record WHERE stripe_id = $1', [
      stripeId,
    ]);
    return (rows as { state: string }[])[0]?.state === 'clean';
  }, 'the customer is left alone');
  expect(await accountOf(stripeId)).toBeUndefined();
});

test('a decision for an Account that is not in the org comes back to the queue with the reason', async () => {
  const { stripeId } = await customerInStripe('Ivy Metals', 'ivy@metals.example');
  await openMatch(stripeId);
  const nobody = await call('post', `/v1/matches/${stripeId}`).send({ accountId: '001000000000ZZZ' });
  expect(nobody.status).toBe(202);
  const back = await eventually(async () => {
    const match = await openMatch(stripeId);
    return match.reason.includes('Choose another') ? match : undefined;
  }, 'the match is open again');
  expect(back.accountId).toBeNull();
  expect((await call('post', `/v1/matches/${stripeId}`).send({ accountId: accounts[1] })).status).toBe(202);
  await eventually(() => accountOf(stripeId), 'it is linked');
});

test.each([
  [{}, 400],
  [{ accountId: '003000000000001' }, 400],
  [{ action: 'guess' }, 400],
])('the decision %j is refused', async (body, status) => {
  expect((await call('post', '/v1/matches/1').send(body)).status).toBe(status);
});

test('a match that is nobody’s is not found', async () => {
  expect((await call('post', '/v1/matches/cus_nobody').send({ action: 'ignore' })).status).toBe(404);
});
