import type { Call } from '../api/call.ts';
import { changedMetadata, inRange, metadata, pageRules, timeRange } from '../api/commonRules.ts';
import { refused, resourceMissing } from '../api/errors.ts';
import { given } from '../api/given.ts';
import { newestFirst, page } from '../api/pagination.ts';
import type { Values } from '../api/parameters.ts';
import { route } from '../api/route.ts';
import { text } from '../api/rules.ts';
import { newId } from '../ids.ts';
import { namedCustomer } from '../resources/customers.ts';
import type { Sandbox } from '../sandbox.ts';
import { emitChange } from '../webhooks/events.ts';
import type { Charge, PaymentIntent, StoredPaymentMethod } from '../wire.ts';
import { bankDetails } from './bankAccounts.ts';
import type { Decline } from './testCards.ts';

const updateRules = { customer: text(), description: text(), metadata, receipt_email: text() };

export const chargeRoutes = [
  route('GET', '/v1/charges', {
    parameters: {
      ...pageRules,
      created: timeRange,
      customer: text(),
      payment_intent: text(),
      transfer_group: text(),
    },
    run({ sandbox }, values) {
      const { customer, payment_intent: intent } = values;
      const { chargeOfIntent, chargeOfCustomer } = sandbox.by;
      const all =
        intent !== undefined
          ? chargeOfIntent.all(intent)
          : customer !== undefined
            ? chargeOfCustomer.all(customer)
            : sandbox.charges.values();
      const wanted = newestFirst(all).filter(
        (one) =>
          inRange(one.created, values.created) &&
          (customer ?? one.customer) === one.customer &&
          (values.transfer_group ?? one.transfer_group) === one.transfer_group,
      );
      return page(wanted, values, { url: '/v1/charges', kind: 'charge', show: (one) => one });
    },
  }),
  route('GET', '/v1/charges/:charge', {
    parameters: {},
    run({ sandbox, path }) {
      const id = path['charge'] ?? '';
      const charge = sandbox.charges.get(id);
      if (!charge) throw resourceMissing('charge', id, 'id');
      return charge;
    },
  }),
  route('POST', '/v1/charges/:charge', {
    parameters: updateRules,
    unsupported: ['fraud_details', 'shipping', 'transfer_group'],
    run: updateCharge,
  }),
];

/** "This field may only be updated if there is no existing associated customer with this charge": a guest's. */
function updateCharge(call: Call, values: Values<typeof updateRules>): Charge {
  const { sandbox, path } = call;
  const id = path['charge'] ?? '';
  const charge = sandbox.charges.get(id);
  if (!charge) throw resourceMissing('charge', id, 'id');
  const { customer, metadata: change, ...rest } = values;
  if (customer !== undefined) {
    namedCustomer(sandbox, customer);
    if (charge.customer !== null && charge.customer !== customer)
      throw refused('You cannot change the customer of this charge: it has one already.', {
        param: 'customer',
      });
    const intent = sandbox.intents.get(String(charge.payment_intent));
    // Guessed: the payment intent of a guest follows its charge.
    if (intent?.customer === null) sandbox.intents.put({ ...intent, customer });
  }
  const after: Charge = {
    ...charge,
    ...given({ ...rest, customer }),
    metadata: changedMetadata(charge.metadata, change),
  };
  sandbox.charges.put(after);
  emitChange(call, 'charge.updated', { before: charge, after });
  return after;
}

export interface ChargeFields {
  intent: PaymentIntent;
  method: StoredPaymentMethod;
  decline: Decline | undefined;
  receiptUrl: string | null;
}

/** One attempt to take the money: succeeded, or failed with the bank's reason. */
export function makeCharge(sandbox: Sandbox, { intent, method, decline, receiptUrl }: ChargeFields): Charge {
  const { amount } = intent;
  const taken = !decline;
  const captured = taken && intent.capture_method !== 'manual';
  const bank = method.us_bank_account;
  const charge: Charge = {
    id: newId('ch'),
    object: 'charge',
    amount,
    amount_captured: captured ? amount : 0,
    amount_refunded: 0,
    application: null,
    application_fee: null,
    application_fee_amount: null,
    balance_transaction: null,
    billing_details: method.billing_details,
    calculated_statement_descriptor: sandbox.account.name.toUpperCase().slice(0, 22),
    captured,
    created: sandbox.clock(),
    currency: intent.currency,
    customer: intent.customer,
    description: intent.description,
    disputed: false,
    failure_balance_transaction: null,
    failure_code: decline?.code ?? null,
    failure_message: decline?.message ?? null,
    fraud_details: {},
    livemode: false,
    metadata: {},
    on_behalf_of: null,
    outcome: outcome(decline),
    paid: taken && !bank,
    payment_intent: intent.id,
    payment_method: method.id,
    payment_method_details: bank ? bankDetails(bank) : { type: 'card', card: cardDetails(method, amount) },
    receipt_email: null,
    receipt_number: null,
    receipt_url: taken && !bank ? receiptUrl : null,
    refunded: false,
    review: null,
    shipping: null,
    source: null,
    source_transfer: null,
    statement_descriptor: null,
    statement_descriptor_suffix: null,
    // A bank answers in days.
    status: bank ? 'pending' : taken ? 'succeeded' : 'failed',
    transfer_data: null,
    transfer_group: null,
  };
  sandbox.charges.put(charge);
  return charge;
}

function outcome(decline: Decline | undefined): Charge['outcome'] {
  if (!decline)
    return {
      advice_code: null,
      network_advice_code: null,
      network_decline_code: null,
      network_status: 'approved_by_network',
      reason: null,
      risk_level: 'normal',
      risk_score: 20,
      seller_message: 'Payment complete.',
      type: 'authorized',
    };
  return {
    advice_code: 'try_again_later',
    network_advice_code: null,
    network_decline_code: '01',
    network_status: 'declined_by_network',
    reason: decline.decline_code ?? decline.code,
    risk_level: 'normal',
    risk_score: 20,
    seller_message: 'The bank did not return any further details with this decline.',
    type: 'issuer_declined',
  };
}

type CardDetails = NonNullable<NonNullable<Charge['payment_method_details']>['card']>;

function cardDetails({ card }: StoredPaymentMethod, amount: number): CardDetails {
  if (!card) throw new Error('The sandbox knows cards only.');
  const { brand, checks, country, exp_month, exp_year, fingerprint, funding, last4 } = card;
  return {
    ...{ brand, checks, country, exp_month, exp_year, fingerprint, funding, last4 },
    amount_authorized: amount,
    authorization_code: null,
    electronic_commerce_indicator: null,
    extended_authorization: { status: 'disabled' },
    incremental_authorization: { status: 'unavailable' },
    installments: null,
    mandate: null,
    multicapture: { status: 'unavailable' },
    network: brand,
    network_token: { used: false },
    network_transaction_id: null,
    overcapture: { maximum_amount_capturable: amount, status: 'unavailable' },
    regulated_status: 'unregulated',
    three_d_secure: null,
    transaction_link_id: null,
    wallet: null,
  };
}
