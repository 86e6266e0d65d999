import type Stripe from 'stripe';
import type { Check } from '../../server/cli/doctor/check.ts';
import { checkStripe } from '../../server/cli/doctor/stripeChecks.ts';
import { destinationAsItIs } from '../../server/cli/doctor/thinEndpointCheck.ts';
import { startWorld, type World } from '../integration/world.ts';

const check = async (world: World, publicUrl?: string): Promise<Map<string, Check>> => {
  const checks = await checkStripe(world.config.stripe, {
    publicUrl,
    thin: true,
    livemode: false,
    now: () => new Date(),
  });
  return new Map(checks.map((one) => [one.name, one]));
};

test('both endpoints are looked at, and one that is not there is told with the way to mend it', async () => {
  const world = await startWorld({ webhooks: 'both' });
  try {
    const both = await check(world, world.webUrl);
    expect([...both.values()].filter(({ state }) => state !== 'ok')).toEqual([]);
    expect(both.get('thin event destination')!.detail).toMatch(/^we_\w+ is enabled$/);
    const [endpoint] = (await world.stripe.webhookEndpoints.list()).data;
    await world.stripe.webhookEndpoints.update(endpoint!.id, {
      enabled_events: ['charge.refunded', 'invoiceitem.created'],
    });
    expect((await check(world, world.webUrl)).get('webhook endpoint')).toMatchObject({
      state: 'failed',
      detail: expect.stringMatching(
        /lacks events: invoiceitem\.deleted, invoice_payment\.paid, payment_link\.updated, checkout\.session\.completed\.$/,
      ),
    });
    const elsewhere = (await check(world, 'https://elsewhere.example.com')).get('thin event destination');
    expect(elsewhere).toMatchObject({
      state: 'failed',
      detail: 'None of the 2 destinations is https://elsewhere.example.com/webhooks/stripe/thin.',
      mend: expect.stringContaining('STRIPE_THIN_WEBHOOK_SECRETS'),
    });
    expect((await check(world)).get('thin event destination')).toMatchObject({ state: 'warning' });
  } finally {
    await world.stop();
  }
});

test('thin events alone are enough, but for what comes later', async () => {
  const world = await startWorld({ webhooks: 'thin' });
  try {
    const checks = await check(world, world.webUrl);
    expect(checks.get('thin event destination')).toMatchObject({ state: 'ok' });
    expect(checks.get('webhook endpoint')).toMatchObject({
      state: 'warning',
      detail: expect.stringContaining('charge.refunded'),
    });
  } finally {
    await world.stop();
  }
});

test.each([
  [{ status: 'disabled' }, 'we_1 is disabled.'],
  [{ event_payload: 'snapshot' }, 'we_1 sends snapshot events.'],
  [{ enabled_events: ['v1.invoice.paid'] }, 'we_1 lacks events: v1.invoice.sent.'],
])('a destination with %j fails', (changes, detail) => {
  const destination = {
    id: 'we_1',
    status: 'enabled',
    event_payload: 'thin',
    enabled_events: ['*'],
    ...changes,
  };
  const found = destinationAsItIs(destination as Stripe.V2.Core.EventDestination, [
    'invoice.paid',
    'invoice.sent',
  ]);
  expect(found).toMatchObject({ state: 'failed', detail });
});
