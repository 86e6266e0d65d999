import type { Call } from '../api/call.ts';
import { changedMetadata, currency, metadata, pageRules } from '../api/commonRules.ts';
import { invalidParameter, parameterMissing, refused, resourceMissing } from '../api/errors.ts';
import { given } from '../api/given.ts';
import { newestFirst, page } from '../api/pagination.ts';
import type { Values } from '../api/parameters.ts';
import { route } from '../api/route.ts';
import { clearable, flag, hash, integer, list, oneOf, required, text } from '../api/rules.ts';
import { newId, newLinkToken } from '../ids.ts';
import { refuseUnchargeable } from '../payments/chargeable.ts';
import { emit, emitChange } from '../webhooks/events.ts';
import type { StoredLink } from '../wire.ts';
import { intentData, linkIntentRules } from './intentData.ts';
import { boughtItems, itemRules, showItem, totalOf } from './lineItems.ts';
import { showLink } from './linkObject.ts';

const limitRule = hash({ limit: required(integer({ min: 1 })) });
const commonRules = {
  after_completion: hash({
    hosted_confirmation: hash({ custom_message: text({ max: 500 }) }),
    redirect: hash({ url: required(text()) }),
    type: required(oneOf('hosted_confirmation', 'redirect')),
  }),
  allow_promotion_codes: flag,
  customer_creation: oneOf('always', 'if_required'),
  inactive_message: clearable(text({ max: 500 })),
  metadata,
  payment_intent_data: linkIntentRules,
  payment_method_types: clearable(list(oneOf('card'))),
  restrictions: clearable(hash({ completed_sessions: required(limitRule) })),
  submit_type: oneOf('auto', 'book', 'donate', 'pay', 'subscribe'),
};
const createRules = { ...commonRules, currency, line_items: itemRules(20) };
const updateRules = { ...commonRules, active: flag };
const unsupported = [
  ...['application_fee_amount', 'application_fee_percent', 'automatic_tax', 'billing_address_collection'],
  ...['consent_collection', 'custom_fields', 'custom_text', 'invoice_creation', 'managed_payments'],
  ...['name_collection', 'on_behalf_of', 'optional_items', 'payment_method_collection'],
  ...['payment_method_options', 'phone_number_collection', 'shipping_address_collection'],
  ...['shipping_options', 'subscription_data', 'tax_id_collection', 'transfer_data'],
];

export const paymentLinkRoutes = [
  route('POST', '/v1/payment_links', { parameters: createRules, unsupported, run: createLink }),
  route('GET', '/v1/payment_links/:link', {
    parameters: {},
    run: (call) => showLink(call.sandbox, found(call)),
  }),
  route('POST', '/v1/payment_links/:link', {
    parameters: updateRules,
    unsupported: [...unsupported, 'line_items'],
    run: updateLink,
  }),
  route('GET', '/v1/payment_links', {
    parameters: { ...pageRules, active: flag },
    run: ({ sandbox }, values) =>
      page(newestFirst(sandbox.paymentLinks.values()), values, {
        url: '/v1/payment_links',
        kind: 'payment_link',
        show: (one) => showLink(sandbox, one),
        matches: ({ active }) => (values.active ?? active) === active,
      }),
  }),
  route('GET', '/v1/payment_links/:link/line_items', {
    parameters: pageRules,
    run(call, values) {
      const { id, items } = found(call);
      return page(items, values, {
        url: `/v1/payment_links/${id}/line_items`,
        kind: 'line_item',
        show: (item) => showItem(call.sandbox, item),
      });
    },
  }),
];

function createLink(call: Call, values: Values<typeof createRules>): object {
  const { sandbox } = call;
  const { items, currency: code, recurring } = boughtItems(call, values.line_items);
  if (values.currency !== undefined && values.currency !== code)
    throw refused(`The line items are in ${code}, and the payment link is to be in ${values.currency}.`, {
      param: 'currency',
    });
  if (!recurring) refuseUnchargeable(totalOf(items), code);
  if (recurring) refuseForRecurring(values);
  const link: StoredLink = {
    ...blank,
    id: newId('plink'),
    token: newLinkToken(),
    created: sandbox.clock(),
    currency: code,
    items,
    payment_method_collection: 'always',
    ...settings(values),
    metadata: changedMetadata({}, values.metadata),
  };
  sandbox.paymentLinks.put(link);
  const shown = showLink(sandbox, link);
  emit(call, 'payment_link.created', shown);
  return shown;
}

const blank: Omit<StoredLink, 'created' | 'currency' | 'id' | 'items' | 'metadata' | 'token'> = {
  object: 'payment_link',
  active: true,
  after_completion: { hosted_confirmation: { custom_message: null }, type: 'hosted_confirmation' },
  allow_promotion_codes: false,
  application: null,
  application_fee_amount: null,
  application_fee_percent: null,
  automatic_tax: { enabled: false, liability: null },
  billing_address_collection: 'auto',
  consent_collection: null,
  custom_fields: [],
  custom_text: {
    after_submit: null,
    shipping_address: null,
    submit: null,
    terms_of_service_acceptance: null,
  },
  customer_creation: 'if_required',
  inactive_message: null,
  invoice_creation: null,
  livemode: false,
  managed_payments: null,
  on_behalf_of: null,
  optional_items: null,
  payment_intent_data: null,
  payment_method_collection: 'always',
  payment_method_options: null,
  payment_method_types: null,
  phone_number_collection: { enabled: false },
  restrictions: null,
  shipping_address_collection: null,
  shipping_options: [],
  submit_type: 'auto',
  subscription_data: null,
  tax_id_collection: { enabled: false, required: 'never' },
  transfer_data: null,
};

function updateLink(call: Call, values: Values<typeof updateRules>): object {
  const { sandbox } = call;
  const link = found(call);
  const before = showLink(sandbox, link);
  const changed: StoredLink = {
    ...link,
    ...given({ active: values.active }),
    ...settings(values, link),
    metadata: changedMetadata(link.metadata, values.metadata),
  };
  const after = showLink(sandbox, changed);
  if (JSON.stringify(before) === JSON.stringify(after)) return before;
  sandbox.paymentLinks.put(changed);
  emitChange(call, 'payment_link.updated', { before, after });
  return after;
}

function settings(values: Values<typeof commonRules>, before?: StoredLink): Partial<StoredLink> {
  const { after_completion: after, payment_intent_data: data, restrictions: limits, ...plain } = values;
  return {
    ...given({
      allow_promotion_codes: plain.allow_promotion_codes,
      customer_creation: plain.customer_creation,
      inactive_message: plain.inactive_message,
      payment_method_types: plain.payment_method_types,
      submit_type: plain.submit_type,
    }),
    ...(after && { after_completion: afterCompletion(after) }),
    ...(data && { payment_intent_data: changedData(data, before) }),
    ...(limits !== undefined && { restrictions: limited(limits, before) }),
  };
}

type Given<K extends keyof typeof commonRules> = NonNullable<Values<typeof commonRules>[K]>;

function afterCompletion(after: Given<'after_completion'>): StoredLink['after_completion'] {
  const { type, redirect, hosted_confirmation: hosted } = after;
  if (type === 'hosted_confirmation')
    return { hosted_confirmation: { custom_message: hosted?.custom_message ?? null }, type };
  if (!redirect) throw parameterMissing('after_completion[redirect][url]');
  refuseNoUrl(redirect.url, 'after_completion[redirect][url]');
  return { redirect, type };
}

function changedData(
  data: Given<'payment_intent_data'>,
  before?: StoredLink,
): StoredLink['payment_intent_data'] {
  const { receipt_email: _email, shipping: _shipping, ...known } = intentData(data);
  const old = before?.payment_intent_data;
  if (!old) return known;
  const { metadata: change, ...plain } = data;
  return { ...old, ...given(plain), metadata: changedMetadata(old.metadata, change) };
}

/** What was paid through the link already counts. */
function limited(limits: Given<'restrictions'> | null, before?: StoredLink): StoredLink['restrictions'] {
  const count = before?.restrictions?.completed_sessions.count ?? 0;
  return limits && { completed_sessions: { count, limit: limits.completed_sessions.limit } };
}

function refuseForRecurring({
  customer_creation: made,
  payment_intent_data: data,
}: Values<typeof createRules>) {
  const param = data ? 'payment_intent_data' : made ? 'customer_creation' : undefined;
  if (param)
    throw refused(`You can not pass \`${param}\` for a payment link with recurring prices.`, { param });
}

export function refuseNoUrl(url: string, param: string): void {
  if (!/^https?:\/\/\S+$/.test(url)) throw invalidParameter('Not a valid URL', param, 'url_invalid');
}

function found({ sandbox, path }: Call): StoredLink {
  const id = path['link'] ?? '';
  const link = sandbox.paymentLinks.get(id);
  if (!link) throw resourceMissing('payment_link', id, 'payment_link');
  return link;
}
