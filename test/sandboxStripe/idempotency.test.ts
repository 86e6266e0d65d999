import type Stripe from 'stripe';
import { makeDraft, rejected, startTestStripe, until, violations } from './testStripe.ts';
import type { TestStripe } from './testStripe.ts';

let test: TestStripe;
const stripe = (): Stripe => test.stripe;

beforeAll(async () => {
  test = await startTestStripe();
});
afterAll(async () => {
  const found = await violations(test.exchanges);
  await test.stop();
  expect(found).toEqual([]);
});

async function customersNamed(name: string): Promise<number> {
  return (await stripe().customers.list({ limit: 100 })).data.filter((one) => one.name === name).length;
}

describe('an idempotency key', () => {
  it('makes a repeated request answer the same, and do nothing again', async () => {
    const first = await stripe().customers.create({ name: 'Once' }, { idempotencyKey: 'k1' });
    const again = await stripe().customers.create({ name: 'Once' }, { idempotencyKey: 'k1' });
    expect(again).toEqual(first);
    expect(await customersNamed('Once')).toBe(1);
    expect(again.lastResponse.headers).toMatchObject({
      'idempotent-replayed': 'true',
      'original-request': first.lastResponse.requestId,
      'idempotency-key': 'k1',
    });
    expect(again.lastResponse.requestId).not.toBe(first.lastResponse.requestId);
    expect(first.lastResponse.headers['idempotent-replayed']).toBeUndefined();
  });

  it('is in the events of the request', async () => {
    await stripe().customers.create({ name: 'Keyed' }, { idempotencyKey: 'k-event' });
    expect((await stripe().events.list({ limit: 1 })).data[0]?.request).toMatchObject({
      idempotency_key: 'k-event',
    });
  });

  it('survives a restart', async () => {
    const first = await stripe().customers.create({ name: 'Durable' }, { idempotencyKey: 'k2' });
    await test.restart();
    expect(await stripe().customers.create({ name: 'Durable' }, { idempotencyKey: 'k2' })).toEqual(first);
    expect(await customersNamed('Durable')).toBe(1);
  });

  it('is refused for other parameters and for another address', async () => {
    await stripe().customers.create({ name: 'A' }, { idempotencyKey: 'k3' });
    expect(await rejected(stripe().customers.create({ name: 'B' }, { idempotencyKey: 'k3' }))).toMatchObject({
      type: 'StripeIdempotencyError',
      statusCode: 400,
      message:
        "Keys for idempotent requests can only be used with the same parameters they were first used with. Try using a key other than 'k3' if you meant to execute a different request.",
    });
    expect(await rejected(stripe().products.create({ name: 'A' }, { idempotencyKey: 'k3' }))).toMatchObject({
      type: 'StripeIdempotencyError',
      message: expect.stringContaining("('/v1/customers' vs '/v1/products')"),
    });
  });

  it('keeps the error of a request that was executed', async () => {
    const draft = await makeDraft(stripe());
    const refusal = await rejected(stripe().invoices.voidInvoice(draft.id, {}, { idempotencyKey: 'k4' }));
    await stripe().invoices.finalizeInvoice(draft.id);
    const again = await rejected(stripe().invoices.voidInvoice(draft.id, {}, { idempotencyKey: 'k4' }));
    expect(again.message).toBe(refusal.message);
    expect(again.headers?.['idempotent-replayed']).toBe('true');
    expect((await stripe().invoices.retrieve(draft.id)).status).toBe('open');
  });

  it('keeps a declined payment and does not charge twice', async () => {
    const draft = await makeDraft(stripe());
    await stripe().invoices.finalizeInvoice(draft.id);
    const pay = () =>
      rejected(
        stripe().invoices.pay(
          draft.id,
          { payment_method: 'pm_card_chargeDeclined' },
          { idempotencyKey: 'k5' },
        ),
      );
    const [first, second] = [await pay(), await pay()];
    expect(second).toMatchObject({ statusCode: 402, charge: first.charge });
    expect((await stripe().charges.list({ customer: draft.customer as string })).data).toHaveLength(1);
  });

  it('is free again after refused parameters, as nothing was executed', async () => {
    expect(
      await rejected(stripe().customers.create({ email: 'wrong' }, { idempotencyKey: 'k6' })),
    ).toMatchObject({ code: 'email_invalid' });
    expect(
      await stripe().customers.create({ email: 'right@acme.example' }, { idempotencyKey: 'k6' }),
    ).toMatchObject({ email: 'right@acme.example' });
  });

  it('in use by a request that is under way answers 409', async () => {
    await test.control('POST', 'faults', {
      match: { method: 'POST', path: '^/v1/customers$' },
      kind: 'delay',
      hold: true,
      times: 1,
    });
    await test.control('DELETE', 'calls');
    const slow = stripe().customers.create({ name: 'Slow' }, { idempotencyKey: 'k7' });
    await until(async () => ((await test.control('GET', 'calls')) as { total: number }).total === 1);
    expect(
      await rejected(stripe().customers.create({ name: 'Slow' }, { idempotencyKey: 'k7' })),
    ).toMatchObject({
      statusCode: 409,
      code: 'idempotency_key_in_use',
    });
    await test.control('DELETE', 'faults');
    const { id } = await slow;
    expect((await stripe().customers.create({ name: 'Slow' }, { idempotencyKey: 'k7' })).id).toBe(id);
    expect(await customersNamed('Slow')).toBe(1);
  });

  it('makes twenty concurrent requests one', async () => {
    const outcomes = await Promise.allSettled(
      Array.from({ length: 20 }, () =>
        stripe().customers.create({ name: 'Twenty' }, { idempotencyKey: 'k8' }),
      ),
    );
    const ids = outcomes.flatMap((one) => (one.status === 'fulfilled' ? [one.value.id] : []));
    expect(new Set(ids).size).toBe(1);
    expect(await customersNamed('Twenty')).toBe(1);
  });

  it('is forgotten after a day', async () => {
    const first = await stripe().customers.create({ name: 'Daily' }, { idempotencyKey: 'k9' });
    await test.control('POST', 'clock', { now: first.created + 25 * 3600 });
    const second = await stripe().customers.create({ name: 'Daily' }, { idempotencyKey: 'k9' });
    await test.control('POST', 'clock', { now: null });
    expect(second.id).not.toBe(first.id);
  });

  it('may not be longer than 255 characters', async () => {
    expect(await rejected(stripe().customers.create({}, { idempotencyKey: 'x'.repeat(256) }))).toMatchObject({
      statusCode: 400,
    });
  });
});
