import type { Call } from '../api/call.ts';
import { changedMetadata, currency, inRange, metadata, pageRules, timeRange } from '../api/commonRules.ts';
import { exclusiveParameters, parameterMissing, refused, resourceMissing } from '../api/errors.ts';
import { given } from '../api/given.ts';
import { newestFirst, page } from '../api/pagination.ts';
import { notInSandbox } from '../api/parameters.ts';
import type { Values } from '../api/parameters.ts';
import { route } from '../api/route.ts';
import { flag, hash, list, oneOf, required, text, timestamp } from '../api/rules.ts';
import { refuseOtherTypes, refuseUnchargeable } from '../payments/chargeable.ts';
import { namedCustomer } from '../resources/customers.ts';
import { DAY } from '../time/sandboxTime.ts';
import type { StoredSession } from '../wire.ts';
import { expireSession } from './expireSession.ts';
import { intentData, sessionIntentRules } from './intentData.ts';
import { boughtItems, itemRules, showItem, totalOf } from './lineItems.ts';
import { refuseNoUrl } from './paymentLinks.ts';
import { newSession, showSession } from './sessionObject.ts';

const MINUTE = 60;

const createRules = {
  allow_promotion_codes: flag,
  allowed_payment_method_types: list(text()),
  cancel_url: text(),
  client_reference_id: text({ max: 200 }),
  currency,
  customer: text(),
  customer_creation: oneOf('always', 'if_required'),
  customer_email: text(),
  expires_at: timestamp,
  line_items: itemRules(100),
  metadata,
  mode: oneOf('payment', 'setup', 'subscription'),
  payment_intent_data: sessionIntentRules,
  submit_type: oneOf('auto', 'book', 'donate', 'pay'),
  success_url: text(),
};
const updateRules = { metadata };
const unsupported = [
  ...[
    'adaptive_pricing',
    'after_expiration',
    'automatic_tax',
    'billing_address_collection',
    'branding_settings',
  ],
  ...[
    'consent_collection',
    'custom_fields',
    'custom_text',
    'customer_account',
    'customer_update',
    'discounts',
  ],
  ...['excluded_payment_method_types', 'integration_identifier', 'invoice_creation', 'locale'],
  ...['managed_payments', 'name_collection', 'optional_items', 'origin_context', 'payment_method_collection'],
  ...['payment_method_configuration', 'payment_method_data', 'payment_method_options', 'permissions'],
  ...['phone_number_collection', 'redirect_on_completion', 'return_url', 'saved_payment_method_options'],
  ...['setup_intent_data', 'shipping_address_collection', 'shipping_options', 'subscription_data'],
  ...['tax_id_collection', 'ui_mode', 'wallet_options'],
];

export const sessionRoutes = [
  route('POST', '/v1/checkout/sessions', { parameters: createRules, unsupported, run: createSession }),
  route('GET', '/v1/checkout/sessions', {
    parameters: {
      ...pageRules,
      created: timeRange,
      customer: text(),
      customer_details: hash({ email: required(text()) }),
      payment_intent: text(),
      payment_link: text(),
      status: oneOf('complete', 'expired', 'open'),
    },
    unsupported: ['customer_account', 'subscription'],
    run({ sandbox }, values) {
      const {
        customer,
        customer_details: details,
        payment_intent: intent,
        payment_link: link,
        status,
      } = values;
      return page(newestFirst(sandbox.sessions.values()), values, {
        url: '/v1/checkout/sessions',
        kind: 'checkout.session',
        show: (one) => showSession(sandbox, one),
        matches: (one) =>
          inRange(one.created, values.created) &&
          (customer ?? one.customer) === one.customer &&
          (details?.email ?? one.customer_details?.email) === one.customer_details?.email &&
          (intent ?? one.payment_intent) === one.payment_intent &&
          (link ?? one.payment_link) === one.payment_link &&
          (status ?? one.status) === one.status,
      });
    },
  }),
  route('GET', '/v1/checkout/sessions/:session', {
    parameters: {},
    run: (call) => showSession(call.sandbox, found(call)),
  }),
  route('POST', '/v1/checkout/sessions/:session', {
    parameters: updateRules,
    unsupported: ['collected_information', 'line_items', 'shipping_options'],
    run: updateSession,
  }),
  route('POST', '/v1/checkout/sessions/:session/expire', {
    parameters: {},
    run: (call) => expireSession(call, found(call)),
  }),
  route('GET', '/v1/checkout/sessions/:session/line_items', {
    parameters: pageRules,
    run(call, values) {
      const { id, items } = found(call);
      return page(items, values, {
        url: `/v1/checkout/sessions/${id}/line_items`,
        kind: 'line_item',
        show: (item) => showItem(call.sandbox, item),
      });
    },
  }),
];

function createSession(call: Call, values: Values<typeof createRules>): object {
  const { sandbox } = call;
  const { mode = 'payment', customer, customer_email: email, expires_at: until } = values;
  if (mode !== 'payment') throw notInSandbox(`mode=${mode}`);
  if (values.success_url === undefined) throw parameterMissing('success_url');
  refuseNoUrl(values.success_url, 'success_url');
  if (values.cancel_url !== undefined) refuseNoUrl(values.cancel_url, 'cancel_url');
  if (customer !== undefined && email !== undefined)
    throw exclusiveParameters(['customer', 'customer_email'], 'customer');
  if (customer !== undefined && values.customer_creation !== undefined)
    throw exclusiveParameters(['customer', 'customer_creation'], 'customer');
  const known = customer === undefined ? undefined : namedCustomer(sandbox, customer);
  refuseOtherTypes(values.allowed_payment_method_types);
  if (until !== undefined) refuseExpiry(until, sandbox.clock());
  const { items, currency: code, recurring } = boughtItems(call, values.line_items);
  if (recurring)
    throw refused(
      'You specified `payment` mode but passed a recurring price. Either switch to `subscription` mode or use only one-time prices.',
    );
  if (values.currency !== undefined && values.currency !== code)
    throw refused(`The line items are in ${code}, and the session is to be in ${values.currency}.`, {
      param: 'currency',
    });
  refuseUnchargeable(totalOf(items), code);
  const session = newSession(sandbox, {
    currency: code,
    items,
    ...given({
      allow_promotion_codes: values.allow_promotion_codes,
      allowed_payment_method_types: values.allowed_payment_method_types,
      cancel_url: values.cancel_url,
      client_reference_id: values.client_reference_id,
      customer_creation: values.customer_creation,
      customer_email: email,
      expires_at: until,
      submit_type: values.submit_type,
      success_url: values.success_url,
    }),
    ...(known && { customer: known.id, customer_creation: null, customer_details: detailsOf(known) }),
    metadata: changedMetadata({}, values.metadata),
    intent: intentData(values.payment_intent_data),
  });
  return showSession(sandbox, session);
}

function detailsOf({
  email,
  name,
}: {
  email: string | null;
  name?: string | null;
}): StoredSession['customer_details'] {
  return {
    address: null,
    business_name: null,
    email,
    individual_name: null,
    name: name ?? null,
    phone: null,
    tax_exempt: 'none',
    tax_ids: null,
  };
}

/** "It can be anywhere from 30 minutes to 24 hours after Checkout Session creation." A minute is for slow requests. */
function refuseExpiry(until: number, now: number): void {
  if (until < now + 29 * MINUTE)
    throw refused('The `expires_at` timestamp must be at least 30 minutes from Checkout Session creation.', {
      param: 'expires_at',
    });
  if (until > now + DAY + MINUTE)
    throw refused('The `expires_at` timestamp must be less than 24 hours from Checkout Session creation.', {
      param: 'expires_at',
    });
}

/** No event tells of it. */
function updateSession(call: Call, values: Values<typeof updateRules>): object {
  const session = found(call);
  const after = { ...session, metadata: changedMetadata(session.metadata, values.metadata) };
  call.sandbox.sessions.put(after);
  return showSession(call.sandbox, after);
}

function found({ sandbox, path }: Call): StoredSession {
  const id = path['session'] ?? '';
  const session = sandbox.sessions.get(id);
  if (!session) throw resourceMissing('checkout.session', id, 'session');
  return session;
}
