import type { Contract, Exchange } from '../../sandbox/stripe/contract/contract.ts';
import { openContract } from '../../sandbox/stripe/contract/openContract.ts';
import { readSamples } from './samples.ts';

const samples = readSamples();
const customer = samples.get('customer');
let contract: Contract;

beforeAll(async () => {
  contract = await openContract();
}, 120_000);

function found(exchange: Partial<Exchange>): string[] {
  const whole = { method: 'POST', path: '/v1/customers', status: 200, responseBody: customer, ...exchange };
  return contract.check(whole).map(({ part, path }) => `${part} ${path}`);
}

/** What the request alone is held against: the answer is an error that says nothing about the request. */
function requestViolations(path: string, requestBody: string): string[] {
  const responseBody = { error: { type: 'api_error', message: 'The sandbox is told to fail.' } };
  return found({ path, requestBody, status: 500, responseBody });
}

describe('a request', () => {
  test('passes as the product makes it', () => {
    expect(
      requestViolations(
        '/v1/invoices',
        'customer=cus_1&collection_method=send_invoice&due_date=1790000000&auto_advance=false&currency=usd' +
          '&metadata[salesforce_id]=a01&expand[0]=payments.data.payment.payment_intent',
      ),
    ).toEqual([]);
    expect(
      requestViolations(
        '/v1/invoices/in_1/add_lines',
        'lines[0][description]=Design&lines[0][quantity]=2&lines[0][price_data][currency]=usd' +
          '&lines[0][price_data][unit_amount]=1250&lines[0][price_data][product]=prod_1',
      ),
    ).toEqual([]);
  });

  test.each([
    ['an unknown parameter', '/v1/invoices', 'customr=cus_1', 'request /customr'],
    ['an unknown parameter deep down', '/v1/customers', 'address[town]=Bern', 'request /address/town'],
    ['a word where a time belongs', '/v1/invoices', 'due_date=tomorrow', 'request /due_date'],
    [
      'a fraction of a cent',
      '/v1/invoices/in_1/add_lines',
      'lines[0][amount]=1.5',
      'request /lines/0/amount',
    ],
    ['an unknown enum value', '/v1/invoices', 'collection_method=later', 'request /collection_method'],
    ['no boolean', '/v1/invoices', 'auto_advance=yes', 'request /auto_advance'],
    ['a missing required parameter', '/v1/prices', 'unit_amount=5', 'request /currency'],
    ['an object where text belongs', '/v1/customers', 'name[first]=Ada', 'request /name'],
  ])('with %s fails', (_what, path, body, violation) => {
    expect(requestViolations(path, body)).toEqual([violation]);
  });

  test('of a list is read from the query', () => {
    const responseBody = { object: 'list', data: [customer], has_more: false, url: '/v1/customers' };
    const list = { method: 'GET', responseBody };
    expect(found({ ...list, query: 'limit=3&created[gte]=1790000000' })).toEqual([]);
    expect(found({ ...list, query: 'limit=many' })).toEqual(['request /limit']);
  });

  test('may empty what can be emptied', () => {
    expect(requestViolations('/v1/customers/cus_1', 'metadata=&address=&name=')).toEqual([]);
  });

  test('may be wrong where the answer refuses it with 400', () => {
    const error = {
      type: 'invalid_request_error',
      code: 'parameter_unknown',
      param: 'customr',
      message: 'Unknown.',
    };
    const refused = {
      path: '/v1/invoices',
      requestBody: 'customr=cus_1',
      status: 400,
      responseBody: { error },
    };
    expect(found(refused)).toEqual([]);
  });

  test('to an address that Stripe does not have fails, whatever the answer', () => {
    expect(found({ path: '/v1/invoices/in_1/frobnicate' })).toEqual(['operation ']);
    expect(found({ method: 'DELETE', path: '/v1/charges/ch_1', responseBody: {} })).toEqual(['operation ']);
  });
});

describe('an error answer', () => {
  test.each([
    ['an unknown field', 400, { type: 'invalid_request_error', message: 'No.', hint: 'x' }, '/error/hint'],
    ['no message', 404, { type: 'invalid_request_error' }, '/error/message'],
    ['an unknown type', 429, { type: 'rate_limit_error', message: 'Slow down.' }, '/error/type'],
    ['a card error without its code', 402, { type: 'card_error', message: 'Declined.' }, '/error/code'],
    [
      'a status that does not go with it',
      400,
      { type: 'card_error', code: 'card_declined', message: 'x' },
      '/error/type',
    ],
  ])('with %s fails', (_what, status, error, path) => {
    expect(found({ status, responseBody: { error } })).toEqual([`error ${path}`]);
  });

  test('holds whole objects', () => {
    const error = { type: 'card_error', code: 'card_declined', message: 'x', payment_intent: { id: 'pi_1' } };
    expect(found({ status: 402, responseBody: { error } })).toContain('error /error/payment_intent/amount');
  });

  test('that is no JSON object fails', () => {
    expect(found({ status: 500, responseBody: 'Internal Server Error' })).toContain('error ');
  });
});

describe('an event', () => {
  const invoicePaid = () => ({
    ...structuredClone(samples.get('event')),
    type: 'customer.updated',
    data: {
      object: structuredClone(customer),
      previous_attributes: { name: null } as Record<string, unknown>,
    },
  });

  test('passes with the whole object', () => {
    expect(contract.checkEvent(invoicePaid())).toEqual([]);
  });

  test('fails when the object within is wrong, delivered, retrieved or listed', () => {
    const event = invoicePaid();
    delete event.data.object!.livemode;
    expect(contract.checkEvent(event)).toMatchObject([{ part: 'event', path: '/data/object/livemode' }]);
    expect(found({ method: 'GET', path: '/v1/events/evt_1', responseBody: event })).toEqual([
      'event /data/object/livemode',
    ]);
    const list = { object: 'list', data: [event], has_more: false, url: '/v1/events' };
    expect(found({ method: 'GET', path: '/v1/events', responseBody: list })).toEqual([
      'event /data/0/data/object/livemode',
    ]);
  });

  test('fails with an object of another kind, an unknown type or an unknown former field', () => {
    expect(contract.checkEvent({ ...invoicePaid(), type: 'invoice.paid' })).not.toEqual([]);
    expect(contract.checkEvent({ ...invoicePaid(), type: 'invoice.forgotten' })).not.toEqual([]);
    const event = invoicePaid();
    event.data.previous_attributes = { nickname: 'x' };
    expect(contract.checkEvent(event)).toMatchObject([{ path: '/data/previous_attributes/nickname' }]);
  });
});
