import Stripe from 'stripe';
import { openStripe, STRIPE_API_VERSION, type StripeCredentials } from '../../../sync/stripe/client.ts';
import { translateStripeError } from '../../../sync/stripe/translateError.ts';
import { tellsWhose } from '../../../sync/inbox/receiveStripeEvent.ts';
import { checkThinEndpoint } from './thinEndpointCheck.ts';
import { checksOf, words, type Check } from './check.ts';
import { clockCheck } from './clock.ts';

const { ok, warning, failed } = checksOf('stripe');

/** The events that make a record dirty; without one of them its news comes with the next catch-up only. */
export const NEEDED_EVENTS: readonly Stripe.WebhookEndpointCreateParams.EnabledEvent[] = [
  'customer.created',
  'customer.updated',
  'customer.deleted',
  'product.created',
  'product.updated',
  'product.deleted',
  'price.created',
  'price.updated',
  'price.deleted',
  'tax_rate.created',
  'tax_rate.updated',
  'invoice.created',
  'invoice.updated',
  'invoice.deleted',
  'invoice.finalized',
  'invoice.sent',
  'invoice.paid',
  'invoice.payment_succeeded',
  'invoice.payment_failed',
  'invoice.payment_action_required',
  'invoice.marked_uncollectible',
  'invoice.voided',
  'invoiceitem.created',
  'invoiceitem.deleted',
  'invoice_payment.paid',
  'payment_intent.succeeded',
  'payment_intent.processing',
  'payment_intent.payment_failed',
  'payment_intent.canceled',
  'charge.refunded',
  'refund.created',
  'refund.updated',
  'refund.failed',
  'credit_note.created',
  'credit_note.updated',
  'credit_note.voided',
  'payment_link.updated',
  'checkout.session.completed',
];

const notThin = NEEDED_EVENTS.filter((type) => !tellsWhose(type));

export interface StripeOptions {
  /** Where Stripe reaches the web process, without a path; undefined when it is not known. */
  publicUrl: string | undefined;
  /** Whether there is a secret for an endpoint of thin events. */
  thin?: boolean;
  livemode: boolean;
  now(): Date;
}

/** Key, permissions, webhook endpoint and clock. */
export async function checkStripe(credentials: StripeCredentials, options: StripeOptions): Promise<Check[]> {
  const stripe = openStripe(credentials);
  const mode = options.livemode ? 'live mode' : 'test mode';
  let account: Stripe.Response<Stripe.Account>;
  try {
    account = await stripe.accounts.retrieveCurrent();
  } catch (error) {
    // A restricted key may be good without being allowed to see its account.
    if (!(error instanceof Stripe.errors.StripePermissionError)) {
      const mend = 'Check STRIPE_SECRET_KEY (Dashboard > Developers > API keys) and STRIPE_API_BASE.';
      return [failed('key', { detail: words(translateStripeError(error, 'read-stripe')), mend })];
    }
    return [
      ok('key', `${mode}, restricted`),
      zoneCheck(credentials.timeZone),
      await checkPermissions(stripe),
      ...(await checkEndpoints(stripe, options)),
    ];
  }
  const name = account.settings?.dashboard.display_name ?? account.business_profile?.name ?? 'unnamed';
  return [
    ok('key', `${mode}, account ${account.id} (${name})`),
    zoneCheck(credentials.timeZone ?? account.settings?.dashboard.timezone ?? undefined),
    await checkPermissions(stripe),
    ...(await checkEndpoints(stripe, options)),
    clockCheck('stripe', account.lastResponse.headers['date'], options.now()),
  ];
}

/** Due dates are days of this zone. */
function zoneCheck(zone: string | undefined): Check {
  if (zone) return ok('time zone', zone);
  return failed('time zone', {
    detail: "The key may not read the account's time zone, so the days of due dates are not known.",
    mend: 'Set STRIPE_TIME_ZONE to what the Dashboard shows (Settings > Account details), e.g. Europe/Berlin.',
  });
}

/** Reading can be tried without a trace; writing cannot. */
async function checkPermissions(stripe: Stripe): Promise<Check> {
  const reads: Record<string, () => Promise<unknown>> = {
    Customers: () => stripe.customers.list({ limit: 1 }),
    Products: () => stripe.products.list({ limit: 1 }),
    Invoices: () => stripe.invoices.list({ limit: 1 }),
    'Payment Intents': () => stripe.paymentIntents.list({ limit: 1 }),
    'Payment Links': () => stripe.paymentLinks.list({ limit: 1 }),
    'Checkout Sessions': () => stripe.checkout.sessions.list({ limit: 1 }),
    Coupons: () => stripe.coupons.list({ limit: 1 }),
    'Tax Rates': () => stripe.taxRates.list({ limit: 1 }),
    Refunds: () => stripe.refunds.list({ limit: 1 }),
    'Credit Notes': () => stripe.creditNotes.list({ limit: 1 }),
    Events: () => stripe.events.list({ limit: 1 }),
  };
  const refused: string[] = [];
  for (const [name, read] of Object.entries(reads)) await read().catch(() => refused.push(name));
  if (refused.length === 0) return ok('permissions', `reads ${Object.keys(reads).join(', ')}`);
  return failed('permissions', {
    detail: `The key may not read ${refused.join(', ')}.`,
    mend: 'Edit the restricted key: write access to Customers, Products, Prices, Coupons, Invoices, Payment Records, Payment Links, Checkout Sessions, Charges, Refunds, Credit Notes; read access to Tax Rates, Payment Intents, Payment Methods, Events.',
  });
}

/** With thin events the other endpoint needs only those of which a thin one does not say whose they are. */
async function checkEndpoints(stripe: Stripe, options: StripeOptions): Promise<Check[]> {
  if (!options.thin) return [await checkEndpoint(stripe, options)];
  return [
    await checkEndpoint(stripe, options),
    await checkThinEndpoint(stripe, { publicUrl: options.publicUrl, needed: NEEDED_EVENTS }),
  ];
}

async function checkEndpoint(stripe: Stripe, { publicUrl, thin = false }: StripeOptions): Promise<Check> {
  const name = 'webhook endpoint';
  const at = publicUrl && `${publicUrl.replace(/\/$/, '')}/webhooks/stripe`;
  const endpoints: Stripe.WebhookEndpoint[] = [];
  try {
    for await (const endpoint of stripe.webhookEndpoints.list({ limit: 100 })) endpoints.push(endpoint);
  } catch (error) {
    const detail = words(translateStripeError(error, 'read-stripe'));
    const mend = 'Give the key read access to Webhook Endpoints, or look at the endpoint in the Dashboard.';
    return warning(name, { detail, mend });
  }
  if (!at) {
    return warning(name, {
      detail: `Which of the ${endpoints.length} endpoints is ours is not known.`,
      mend: 'Say where Stripe reaches the web process: --url https://bridge.example.com, or PUBLIC_URL.',
    });
  }
  const endpoint =
    endpoints.find(({ url, status }) => url === at && status === 'enabled') ??
    endpoints.find(({ url }) => url === at);
  if (!endpoint && thin) {
    return warning(name, {
      detail: `There is none beside the one for thin events: what happens to ${notThin.join(', ')} comes with the catch-up.`,
      mend: `Add ${at} with these events if that is too late.`,
    });
  }
  if (!endpoint) {
    return failed(name, {
      detail: `None of the ${endpoints.length} endpoints is ${at}.`,
      mend: `Add it (Dashboard > Developers > Webhooks) with API version ${STRIPE_API_VERSION}, and put its signing secret into STRIPE_WEBHOOK_SECRETS.`,
    });
  }
  const needed = thin ? notThin : NEEDED_EVENTS;
  return endpointAsItIs(endpoint, { name, needed, accountVersion: await defaultVersion(stripe) });
}

function endpointAsItIs(
  endpoint: Stripe.WebhookEndpoint,
  {
    name,
    needed,
    accountVersion,
  }: { name: string; needed: readonly string[]; accountVersion: string | null },
): Check {
  const { id, status, enabled_events } = endpoint;
  if (status !== 'enabled') {
    return failed(name, {
      detail: `${id} is ${status}.`,
      mend: 'Enable it (Dashboard > Developers > Webhooks).',
    });
  }
  const missing = enabled_events.includes('*')
    ? []
    : needed.filter((event) => !enabled_events.includes(event));
  if (missing.length > 0) {
    return failed(name, {
      detail: `${id} lacks events: ${missing.join(', ')}.`,
      mend: 'Select them for the endpoint.',
    });
  }
  const version = endpoint.api_version ?? accountVersion;
  if (version !== null && version !== STRIPE_API_VERSION) {
    return failed(name, {
      detail: `${id} has API version ${version}.`,
      mend: `An endpoint keeps its version: add another one with ${STRIPE_API_VERSION} for the same address, put its secret beside the old one, then delete the old one.`,
    });
  }
  return ok(name, `${id} is enabled with ${version ?? "the account's version"}`);
}

/** An endpoint without a version of its own sends the account's, which the account's newest event shows. */
async function defaultVersion(stripe: Stripe): Promise<string | null> {
  try {
    return (await stripe.events.list({ limit: 1 })).data[0]?.api_version ?? null;
  } catch {
    // A key that may not read events is told of by the check of permissions.
    return null;
  }
}
