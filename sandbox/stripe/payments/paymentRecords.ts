import type { Call } from '../api/call.ts';
import { changedMetadata, currency, metadata, pageRules } from '../api/commonRules.ts';
import { invalidParameter, missingReference, parameterMissing, resourceMissing } from '../api/errors.ts';
import { newestFirst, page } from '../api/pagination.ts';
import type { Values } from '../api/parameters.ts';
import { route } from '../api/route.ts';
import { hash, integer, oneOf, required, text, timestamp } from '../api/rules.ts';
import { newId } from '../ids.ts';
import type { PaymentRecord } from '../wire.ts';

const reportRules = {
  amount_requested: required(hash({ currency: required(currency), value: required(integer({ min: 1 })) })),
  canceled: hash({ canceled_at: required(timestamp) }),
  customer_details: hash({ customer: text(), email: text(), name: text(), phone: text() }),
  customer_presence: oneOf('off_session', 'on_session'),
  description: text(),
  failed: hash({ failed_at: required(timestamp) }),
  guaranteed: hash({ guaranteed_at: required(timestamp) }),
  initiated_at: required(timestamp),
  metadata,
  outcome: oneOf('canceled', 'failed', 'guaranteed'),
  payment_method_details: required(
    hash({ custom: hash({ display_name: text(), type: text() }), type: oneOf('custom') }, [
      'billing_details',
      'payment_method',
    ]),
  ),
  processor_details: hash({
    custom: hash({ payment_reference: required(text()) }),
    type: required(oneOf('custom')),
  }),
};

export const paymentRecordRoutes = [
  route('POST', '/v1/payment_records/report_payment', {
    parameters: reportRules,
    unsupported: ['shipping_details'],
    run: reportPayment,
  }),
  route('GET', '/v1/payment_records', {
    parameters: pageRules,
    run: ({ sandbox }, values) =>
      page(newestFirst(sandbox.paymentRecords.values()), values, {
        url: '/v1/payment_records',
        kind: 'payment_record',
        show: (one) => one,
      }),
  }),
  route('GET', '/v1/payment_records/:record', {
    parameters: {},
    run({ sandbox, path }) {
      const id = path['record'] ?? '';
      const record = sandbox.paymentRecords.get(id);
      if (!record) throw resourceMissing('payment_record', id, 'id');
      return record;
    },
  }),
];

/** Money that went another way than through Stripe, with its reference; `attach_payment` counts it for an invoice. */
function reportPayment(call: Call, values: Values<typeof reportRules>): object {
  const { sandbox } = call;
  const { amount_requested: asked, outcome, customer_details: customer } = values;
  refuseWithoutMoment(values, sandbox.clock());
  if (customer?.customer !== undefined && !sandbox.customers.get(customer.customer))
    throw missingReference('customer', customer.customer, 'customer_details[customer]');
  const none = { currency: asked.currency, value: 0 };
  const custom = values.payment_method_details.custom;
  const reference = values.processor_details?.custom?.payment_reference ?? null;
  const record: PaymentRecord = {
    id: newId('pr'),
    object: 'payment_record',
    amount: asked,
    amount_authorized: outcome === 'guaranteed' ? asked : none,
    amount_canceled: outcome === 'canceled' ? asked : none,
    amount_failed: outcome === 'failed' ? asked : none,
    amount_guaranteed: outcome === 'guaranteed' ? asked : none,
    amount_refunded: none,
    amount_requested: asked,
    application: null,
    created: sandbox.clock(),
    customer_details: customer
      ? {
          customer: customer.customer ?? null,
          email: customer.email ?? null,
          name: customer.name ?? null,
          phone: customer.phone ?? null,
        }
      : null,
    customer_presence: values.customer_presence ?? null,
    description: values.description ?? null,
    latest_payment_attempt_record: newId('par'),
    livemode: false,
    metadata: changedMetadata({}, values.metadata),
    payment_method_details: {
      billing_details: null,
      payment_method: null,
      type: 'custom',
      custom: { display_name: custom?.display_name ?? '', type: custom?.type ?? null },
    },
    processor_details: { type: 'custom', custom: { payment_reference: reference } },
    reported_by: 'self',
    shipping_details: null,
  };
  sandbox.paymentRecords.put(record);
  return record;
}

/** An outcome needs its moment, which has passed. */
function refuseWithoutMoment(values: Values<typeof reportRules>, now: number): void {
  const { outcome } = values;
  const moments = {
    canceled: values.canceled?.canceled_at,
    failed: values.failed?.failed_at,
    guaranteed: values.guaranteed?.guaranteed_at,
  };
  if (outcome !== undefined && moments[outcome] === undefined) throw parameterMissing(outcome);
  if (values.initiated_at > now)
    throw invalidParameter('The payment cannot have been initiated in the future.', 'initiated_at');
}
