import type Stripe from 'stripe';
import { eventsOf, rejected, startTestStripe, violations } from './testStripe.ts';
import type { TestStripe } from './testStripe.ts';

let test: TestStripe;
let stripe: Stripe;
let price: string;

beforeAll(async () => {
  test = await startTestStripe({ accountName: 'Northwind Traders' });
  stripe = test.stripe;
  const product = await stripe.products.create({ name: 'Logo <design>' });
  price = (await stripe.prices.create({ product: product.id, currency: 'usd', unit_amount: 1500 })).id;
});
afterEach(async () => {
  await test.control('POST', 'clock', { now: null });
});
afterAll(async () => {
  const found = await violations(test.exchanges);
  await test.stop();
  expect(found).toEqual([]);
});

const success_url = 'https://shop.example/thanks?session={CHECKOUT_SESSION_ID}';
const newSession = (changes: Partial<Stripe.Checkout.SessionCreateParams> = {}) =>
  stripe.checkout.sessions.create({
    mode: 'payment',
    success_url,
    line_items: [{ price, quantity: 2 }],
    ...changes,
  });
const newLink = (changes: Partial<Stripe.PaymentLinkCreateParams> = {}) =>
  stripe.paymentLinks.create({ line_items: [{ price, quantity: 2 }], ...changes });

/** A page, as a browser gets it that follows redirects. */
async function open(url: string | null) {
  const response = await fetch(url!);
  return {
    url: response.url,
    status: response.status,
    text: await response.text(),
    headers: response.headers,
  };
}

async function submit(url: string | null, cardNumber = '4242424242424242', email = 'ada@buyer.example') {
  const card = { cardNumber, cardExpiry: '12 / 34', cardCvc: '123', billingName: 'Ada Lovelace' };
  const body = new URLSearchParams({ ...card, ...(email && { email }) });
  const response = await fetch(url!, { method: 'POST', body });
  return { status: response.status, text: await response.text(), headers: response.headers };
}

describe('a checkout session', () => {
  it('is paid on its page by somebody of whom only the e-mail address is known', async () => {
    const session = await newSession({
      client_reference_id: 'order 7',
      metadata: { order: '7' },
      payment_intent_data: { metadata: { salesforce_id: 'a01' }, description: 'Order 7' },
    });
    expect(session).toMatchObject({
      status: 'open',
      payment_status: 'unpaid',
      amount_total: 3000,
      currency: 'usd',
      payment_intent: null,
      customer: null,
    });
    const page = await open(session.url);
    expect(page.status).toBe(200);
    expect(page.text).toContain('$30.00');
    expect(page.text).toContain('Logo &lt;design&gt;');
    expect(page.headers.get('content-security-policy')).toContain("default-src 'none'");

    const { result, events, types } = await eventsOf(stripe, () => submit(session.url));
    expect(result.text).toContain('Thanks for your payment');
    expect(result.headers.get('refresh')).toBe(`3; url=https://shop.example/thanks?session=${session.id}`);
    expect(types).toEqual([
      'payment_intent.created',
      'charge.succeeded',
      'payment_intent.succeeded',
      'checkout.session.completed',
    ]);
    expect(events.at(-1)!.data.object).toMatchObject({ id: session.id, url: null, status: 'complete' });
    const expand = ['payment_intent.latest_charge', 'line_items'];
    const paid = await stripe.checkout.sessions.retrieve(session.id, { expand });
    expect(paid).toMatchObject({
      payment_status: 'paid',
      url: null,
      metadata: { order: '7' },
      customer: null,
      customer_details: { email: 'ada@buyer.example', name: 'Ada Lovelace' },
      line_items: { data: [{ amount_total: 3000, quantity: 2, price: { id: price } }] },
      payment_intent: {
        status: 'succeeded',
        customer: null,
        description: 'Order 7',
        metadata: { salesforce_id: 'a01' },
        latest_charge: { amount: 3000, captured: true, billing_details: { email: 'ada@buyer.example' } },
      },
    });
  });

  it('stays open after a declined card, and takes the next one with the same payment intent', async () => {
    const { url, id } = await newSession();
    const declined = await submit(url, '4000000000000002');
    expect(declined.status).toBe(402);
    expect(declined.text).toMatch(/role="alert"[^]*Your card was declined\./);
    expect(declined.text).not.toContain('4000000000000002');
    const { payment_intent: first, status } = await stripe.checkout.sessions.retrieve(id);
    expect(status).toBe('open');
    expect((await submit(url)).text).toContain('Thanks for your payment');
    const { payment_intent: second } = await stripe.checkout.sessions.retrieve(id);
    expect(second).toBe(first);
    const charges = await stripe.charges.list({ payment_intent: String(second) });
    expect(charges.data.map((one) => one.status)).toEqual(['succeeded', 'failed']);
  });

  it('is paid once by two clicks, and by a click after the payment not again', async () => {
    const { url, id } = await newSession();
    const answers = await Promise.all([submit(url), submit(url)]);
    answers.push(await submit(url));
    for (const { text } of answers) expect(text).toContain('Thanks for your payment');
    const { payment_intent } = await stripe.checkout.sessions.retrieve(id);
    expect((await stripe.charges.list({ payment_intent: String(payment_intent) })).data).toHaveLength(1);
  });

  it('asks for the e-mail address only where it is not known', async () => {
    const { url } = await newSession();
    const missing = await submit(url, undefined, '');
    expect([missing.status, missing.text.includes('Your email is incomplete.')]).toEqual([400, true]);
    const customer = await stripe.customers.create({ email: 'known@buyer.example' });
    const known = await newSession({ customer: customer.id });
    expect((await open(known.url)).text).not.toContain('name="email"');
    await submit(known.url, undefined, '');
    const { payment_intent, customer_details } = await stripe.checkout.sessions.retrieve(known.id, {
      expand: ['payment_intent'],
    });
    expect(payment_intent).toMatchObject({ status: 'succeeded', customer: customer.id });
    expect(customer_details?.email).toBe('known@buyer.example');
  });

  it('makes a customer if the merchant wants one', async () => {
    const { url, id } = await newSession({ customer_creation: 'always' });
    const { types } = await eventsOf(stripe, () => submit(url));
    expect(types[0]).toBe('customer.created');
    const { customer } = await stripe.checkout.sessions.retrieve(id, { expand: ['customer'] });
    expect(customer).toMatchObject({ email: 'ada@buyer.example', name: 'Ada Lovelace' });
  });

  it('that only reserves the money is complete and unpaid until it is captured', async () => {
    const { url, id } = await newSession({ payment_intent_data: { capture_method: 'manual' } });
    await submit(url);
    const session = await stripe.checkout.sessions.retrieve(id);
    expect(session).toMatchObject({ status: 'complete', payment_status: 'unpaid' });
    const captured = await stripe.paymentIntents.capture(String(session.payment_intent));
    expect(captured).toMatchObject({ status: 'succeeded', amount_received: 3000 });
  });

  it('expires when it is told to, with what was tried, and can no longer be paid', async () => {
    const { url, id } = await newSession();
    await submit(url, '4000000000000002');
    const { result, types } = await eventsOf(stripe, () => stripe.checkout.sessions.expire(id));
    expect(result).toMatchObject({ status: 'expired', url: null });
    expect(types).toEqual(['payment_intent.canceled', 'checkout.session.expired']);
    expect((await open(url)).text).toContain('This page has expired');
    expect((await submit(url)).text).toContain('This page has expired');
    const again = await rejected(stripe.checkout.sessions.expire(id));
    expect(again.message).toContain('has a status of `expired`');
  });

  it('expires by itself after a day, also over a restart', async () => {
    const { id } = await newSession();
    await test.restart();
    stripe = test.stripe;
    await test.control('POST', 'clock', { now: Math.floor(Date.now() / 1000) + 25 * 3600 });
    expect((await stripe.checkout.sessions.retrieve(id)).status).toBe('expired');
    expect((await stripe.events.list({ type: 'checkout.session.expired', limit: 1 })).data).toHaveLength(1);
  });

  it('keeps its payment to itself: nobody else cancels or confirms it', async () => {
    const { url, id } = await newSession();
    await submit(url, '4000000000000002');
    const { payment_intent } = await stripe.checkout.sessions.retrieve(id);
    const error = await rejected(stripe.paymentIntents.cancel(String(payment_intent)));
    expect(error.message).toContain('created by a Checkout Session');
  });
});

it.each([
  [{ mode: 'subscription' }, 'sandbox_unsupported'],
  [{ allowed_payment_method_types: ['sepa_debit'] }, 'sandbox_unsupported'],
  [{ line_items: [{ price: 'price_nowhere', quantity: 1 }] }, 'resource_missing'],
  [{ expires_at: 1_000_000_000 }, undefined],
  [{ success_url: 'javascript:alert(1)' }, 'url_invalid'],
  [
    {
      line_items: [
        { price_data: { currency: 'usd', unit_amount: 49, product_data: { name: 'Pin' } }, quantity: 1 },
      ],
    },
    'amount_too_small',
  ],
])('refuses a session with %j', async (changes, code) => {
  const error = await rejected(newSession(changes as Partial<Stripe.Checkout.SessionCreateParams>));
  expect([error.statusCode, error.code]).toEqual([400, code]);
});

describe('a payment link', () => {
  it('leads everybody to a session of their own that carries its metadata', async () => {
    const { result: link, types } = await eventsOf(stripe, () =>
      newLink({
        metadata: { salesforce_id: 'a01' },
        payment_intent_data: { metadata: { salesforce_id: 'a01' } },
        payment_method_types: ['card'],
        after_completion: {
          type: 'hosted_confirmation',
          hosted_confirmation: { custom_message: 'We begin soon.' },
        },
      }),
    );
    expect(types).toEqual(['payment_link.created']);
    expect(link).toMatchObject({ active: true, currency: 'usd', metadata: { salesforce_id: 'a01' } });
    const [one, other] = [await open(link.url), await open(link.url)];
    expect(one.url).not.toBe(other.url);
    expect((await submit(one.url)).text).toContain('We begin soon.');
    const { data } = await stripe.checkout.sessions.list({
      payment_link: link.id,
      expand: ['data.payment_intent'],
    });
    expect(data.map(({ status }) => status)).toEqual(['open', 'complete']);
    expect(data[1]).toMatchObject({
      payment_link: link.id,
      metadata: { salesforce_id: 'a01' },
      payment_intent: { status: 'succeeded', metadata: { salesforce_id: 'a01' } },
    });
    const items = await stripe.paymentLinks.listLineItems(link.id);
    expect(items.data).toMatchObject([{ object: 'item', amount_total: 3000, description: 'Logo <design>' }]);
  });

  it('that may be paid once is closed after it, also for those who have the page open', async () => {
    const link = await newLink({
      restrictions: { completed_sessions: { limit: 1 } },
      inactive_message: 'Paid already, thank you.',
    });
    const [first, late] = [await open(link.url), await open(link.url)];
    await submit(first.url);
    const { restrictions } = await stripe.paymentLinks.retrieve(link.id);
    expect(restrictions).toEqual({ completed_sessions: { count: 1, limit: 1 } });
    expect((await submit(late.url)).text).toContain('Paid already, thank you.');
    expect((await open(link.url)).text).toContain('Paid already, thank you.');
    expect((await open(first.url)).text).toContain('Thanks for your payment');
  });

  it('is switched off and on again, told with what it was before', async () => {
    const link = await newLink();
    const { url } = await open(link.url);
    const { events } = await eventsOf(stripe, () => stripe.paymentLinks.update(link.id, { active: false }));
    expect(events.map(({ type, data }) => [type, data.previous_attributes])).toEqual([
      ['payment_link.updated', { active: true }],
    ]);
    for (const text of [(await open(link.url)).text, (await submit(url)).text])
      expect(text).toContain('This link is no longer active.');
    expect((await stripe.paymentLinks.list({ active: false })).data.map(({ id }) => id)).toEqual([link.id]);
    await stripe.paymentLinks.update(link.id, { active: true });
    expect((await submit(url)).text).toContain('Thanks for your payment');
  });

  it('cannot be paid twice at once past its limit', async () => {
    const link = await newLink({ restrictions: { completed_sessions: { limit: 1 } } });
    const pages = [await open(link.url), await open(link.url)];
    const answers = await Promise.all(pages.map(({ url }) => submit(url)));
    expect(answers.filter(({ text }) => text.includes('Thanks for your payment'))).toHaveLength(1);
  });

  it('of a recurring price is made, and its page says that the sandbox cannot sell it', async () => {
    const product = await stripe.products.create({ name: 'Hosting' });
    const recurring = { interval: 'month' } as const;
    const monthly = await stripe.prices.create({
      product: product.id,
      currency: 'usd',
      unit_amount: 900,
      recurring,
    });
    const link = await newLink({ line_items: [{ price: monthly.id, quantity: 1 }] });
    expect((await open(link.url)).text).toContain('cannot sell subscriptions');
  });

  it('that nobody made answers 404', async () => {
    for (const where of ['b/test_nowhere', 'c/pay/cs_test_nowhere'])
      expect((await open(`${test.server.url}/${where}`)).status).toBe(404);
  });
});
