import { createHash } from 'node:crypto';
import type { Call } from '../api/call.ts';
import { address, changedMetadata, metadata, pageRules } from '../api/commonRules.ts';
import { StripeError, missingReference, parameterMissing, resourceMissing } from '../api/errors.ts';
import { newestFirst, page } from '../api/pagination.ts';
import type { Values } from '../api/parameters.ts';
import { route } from '../api/route.ts';
import { clearable, hash, integer, oneOf, required, text } from '../api/rules.ts';
import { newId } from '../ids.ts';
import type { Card } from '../pages/port.ts';
import { namedCustomer } from '../resources/customers.ts';
import type { Sandbox } from '../sandbox.ts';
import { emit, emitChange } from '../webhooks/events.ts';
import type { PaymentMethod, StoredPaymentMethod } from '../wire.ts';
import { cloneTestBank, makeBankMethod } from './bankAccounts.ts';
import { cardKind, digits, mistyped, testMethodNumber, testTokenNumber } from './testCards.ts';
import type { Decline } from './testCards.ts';

const createRules = {
  billing_details: hash({
    address: clearable(address),
    email: clearable(text()),
    name: text(),
    phone: text(),
  }),
  card: hash({
    number: text(),
    exp_month: integer(),
    exp_year: integer(),
    cvc: text(),
    token: text(),
  }),
  metadata,
  type: required(oneOf('card', 'us_bank_account')),
  us_bank_account: hash(
    {
      account_holder_type: oneOf('company', 'individual'),
      account_number: required(text()),
      account_type: oneOf('checking', 'savings'),
      routing_number: required(text()),
    },
    ['financial_connections_account'],
  ),
};

export const paymentMethodRoutes = [
  route('POST', '/v1/payment_methods', {
    parameters: createRules,
    unsupported: ['allow_redisplay', 'customer', 'customer_balance', 'payment_method', 'sepa_debit'],
    run: createMethod,
  }),
  route('GET', '/v1/payment_methods/:method', {
    parameters: {},
    run: (call) => showPaymentMethod(found(call)),
  }),
  route('POST', '/v1/payment_methods/:method/attach', {
    parameters: { customer: required(text()) },
    unsupported: ['customer_account'],
    run: attachMethod,
  }),
  route('POST', '/v1/payment_methods/:method/detach', { parameters: {}, run: detachMethod }),
  route('GET', '/v1/payment_methods', {
    parameters: { ...pageRules, customer: required(text()), type: oneOf('card', 'us_bank_account') },
    unsupported: ['allow_redisplay', 'customer_account'],
    run: ({ sandbox }, values) =>
      page(methodsOf(sandbox, values), values, {
        url: '/v1/payment_methods',
        kind: 'PaymentMethod',
        show: showPaymentMethod,
      }),
  }),
];

export function showPaymentMethod(method: StoredPaymentMethod): PaymentMethod {
  const { test_card: _behaviour, ...shown } = method;
  return shown;
}

function createMethod(call: Call, values: Values<typeof createRules>): object {
  if (values.type === 'us_bank_account') return createBank(call, values);
  if (!values.card) throw parameterMissing('card');
  const card = cardOf(call.sandbox, values.card);
  const wrong = mistyped(card, call.sandbox.clock());
  if (wrong) throw cardError(wrong);
  const method = makeMethod(call.sandbox, card, values.billing_details);
  const described = { ...method, metadata: changedMetadata({}, values.metadata) };
  call.sandbox.paymentMethods.put(described);
  return showPaymentMethod(described);
}

/** Typed, or one of Stripe's test tokens. */
function cardOf(sandbox: Sandbox, values: NonNullable<Values<typeof createRules>['card']>): Card {
  const { number, exp_month: expMonth, exp_year: expYear, cvc = '123', token } = values;
  if (token !== undefined) {
    const known = testTokenNumber(token);
    if (known === undefined) throw missingReference('token', token, 'card[token]');
    return testCard(sandbox, known);
  }
  if (number === undefined) throw parameterMissing('card[number]');
  if (expMonth === undefined) throw parameterMissing('card[exp_month]');
  if (expYear === undefined) throw parameterMissing('card[exp_year]');
  return { number, expMonth, expYear, cvc };
}

function testCard(sandbox: Sandbox, number: string): Card {
  const expYear = new Date(sandbox.clock() * 1000).getUTCFullYear() + 1;
  return { number, expMonth: 12, expYear, cvc: cardKind(number).brand === 'amex' ? '1234' : '123' };
}

function createBank(call: Call, values: Values<typeof createRules>): object {
  const { us_bank_account: bank, billing_details: billing } = values;
  if (!bank) throw parameterMissing('us_bank_account');
  if (billing?.name === undefined) throw parameterMissing('billing_details[name]');
  const method = makeBankMethod(call.sandbox, {
    number: bank.account_number,
    routing: bank.routing_number,
    holder: bank.account_holder_type ?? 'individual',
    kind: bank.account_type ?? 'checking',
  });
  const { address: home, email, name, phone } = billing;
  const described: StoredPaymentMethod = {
    ...method,
    billing_details: {
      address: home ?? method.billing_details.address,
      email: email ?? null,
      name,
      phone: phone ?? null,
      tax_id: null,
    },
    metadata: changedMetadata({}, values.metadata),
  };
  call.sandbox.paymentMethods.put(described);
  return showPaymentMethod(described);
}

function methodsOf(sandbox: Sandbox, { customer, type }: { customer: string; type?: string | undefined }) {
  const all = newestFirst(sandbox.by.methodOfCustomer.all(customer));
  return all.filter((one) => (type ?? one.type) === one.type);
}

type BillingDetails = Values<typeof createRules>['billing_details'];

/** Keeps brand, last four digits and expiry; the number is only held if it is one of Stripe's public test numbers. */
export function makeMethod(sandbox: Sandbox, card: Card, billing?: BillingDetails): StoredPaymentMethod {
  const number = digits(card.number);
  const kind = cardKind(number);
  const last4 = number.slice(-4);
  const method: StoredPaymentMethod = {
    id: newId('pm'),
    object: 'payment_method',
    allow_redisplay: 'unspecified',
    billing_details: {
      address: billing?.address ?? blankAddress,
      email: billing?.email ?? null,
      name: billing?.name ?? card.name ?? null,
      phone: billing?.phone ?? null,
      tax_id: null,
    },
    card: {
      brand: kind.brand,
      checks: { address_line1_check: null, address_postal_code_check: null, cvc_check: 'pass' },
      country: 'US',
      display_brand: kind.brand,
      exp_month: card.expMonth,
      exp_year: card.expYear,
      fingerprint: createHash('sha256').update(`${kind.brand}${last4}`).digest('base64url').slice(0, 16),
      funding: kind.funding,
      generated_from: null,
      last4,
      networks: { available: [kind.brand], preferred: null },
      regulated_status: 'unregulated',
      three_d_secure_usage: { supported: true },
      wallet: null,
    },
    created: sandbox.clock(),
    customer: null,
    customer_account: null,
    livemode: false,
    metadata: {},
    type: 'card',
    test_card: kind.decline?.decline_code === 'test_mode_live_card' ? '' : number,
  };
  sandbox.paymentMethods.put(method);
  return method;
}

const blankAddress = { city: null, country: null, line1: null, line2: null, postal_code: null, state: null };

/** A fresh method for one of Stripe's own ids such as pm_card_visa. */
export function cloneTestMethod(sandbox: Sandbox, id: string): StoredPaymentMethod | undefined {
  const number = testMethodNumber(id);
  if (number === undefined) return cloneTestBank(sandbox, id);
  return makeMethod(sandbox, testCard(sandbox, number));
}

/** Recorded: a card that always declines cannot even be attached; 4000 0000 0000 0341 can, and declines when charged. */
function attachMethod(call: Call, values: { customer: string }): object {
  const { sandbox } = call;
  const customer = namedCustomer(sandbox, values.customer);
  const id = call.path['method'] ?? '';
  const method = sandbox.paymentMethods.get(id) ?? cloneTestMethod(sandbox, id);
  if (!method) throw resourceMissing('PaymentMethod', id, 'payment_method');
  const { decline, attachable } = method.card ? cardKind(method.test_card) : {};
  if (decline && !attachable) throw cardError(decline);
  const attached = { ...method, customer: customer.id };
  sandbox.paymentMethods.put(attached);
  const shown = showPaymentMethod(attached);
  emit(call, 'payment_method.attached', shown);
  return shown;
}

function detachMethod(call: Call): object {
  const method = found(call);
  const before = showPaymentMethod(method);
  const detached = { ...method, customer: null };
  call.sandbox.paymentMethods.put(detached);
  const shown = showPaymentMethod(detached);
  emitChange(call, 'payment_method.detached', { before: before, after: shown });
  return shown;
}

/** 402, as for every refused card. */
export function cardError(decline: Decline, charge?: string): StripeError {
  const { code, decline_code, message } = decline;
  return new StripeError(
    402,
    {
      type: 'card_error',
      code,
      message,
      ...(decline_code !== null && { decline_code }),
      ...(decline_code === null ? { param: PARAMS[code] ?? '' } : { param: '' }),
      ...(charge !== undefined && { charge }),
    },
    { replayable: true },
  );
}

const PARAMS: Record<string, string> = {
  incorrect_number: 'number',
  invalid_expiry_month: 'exp_month',
  invalid_expiry_year: 'exp_year',
  invalid_cvc: 'cvc',
};

function found(call: Call): StoredPaymentMethod {
  const id = call.path['method'] ?? '';
  const method = call.sandbox.paymentMethods.get(id);
  if (!method) throw resourceMissing('PaymentMethod', id, 'payment_method');
  return method;
}
