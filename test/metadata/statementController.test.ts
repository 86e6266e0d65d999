import { ControllerOrg } from './controllerOrg.ts';

const here = new ControllerOrg();

beforeAll(() => here.start());
afterAll(() => here.close());

const DAYS = { firstDay: '2026-10-01', lastDay: '2026-10-31' };
const FILE_ID = '069000000000001AAA';
const DONE = {
  command: { id: 'c1', status: 'done' },
  message: 'It is stored.',
  statement: { fileId: FILE_ID },
};

const create = (params: object = {}) =>
  here.rep.apex('AccountStatementController', 'createStatement', {
    ...{ accountId: here.accountId, ...DAYS, idempotencyKey: 'key-of-this-click' },
    ...params,
  });

test('the days go to the middleware under the key of the click, and the file comes back', async () => {
  here.middleware.says(200, DONE);
  expect(await create()).toEqual({ status: 'done', message: 'It is stored.', fileId: FILE_ID });
  const [call] = here.middleware.calls;
  expect(call).toMatchObject({ method: 'POST', path: `/v1/accounts/${here.accountId}/statement` });
  expect(JSON.parse(call!.body)).toEqual({ from: '2026-10-01', to: '2026-10-31' });
  expect(call!.headers).toMatchObject({ 'idempotency-key': 'key-of-this-click' });
});

test('a refusal is a result, and a problem of the middleware leaves open what was done', async () => {
  here.middleware.says(409, { detail: 'No customer yet.', command: { id: 'c1', status: 'failed' } });
  expect(await create()).toEqual({ status: 'failed', message: 'No customer yet.', fileId: null });
  here.middleware.says(503, {});
  await expect(create()).rejects.toThrow(/Try again in a few minutes/);
});

test('nobody is asked without days, or for an account that is not there', async () => {
  here.middleware.calls.length = 0;
  await expect(create({ firstDay: null })).rejects.toThrow('Enter the first and the last day');
  await expect(create({ accountId: '001000000000000AAA' })).rejects.toThrow('The account was not found.');
  expect(here.middleware.calls).toEqual([]);
  const context = await here.rep.apex('AccountStatementController', 'getContext', {
    accountId: here.accountId,
  });
  expect(context).toMatchObject({ accountName: 'Wren & Sons', problem: null });
});
