import { randomUUID } from 'node:crypto';
import Stripe from 'stripe';

const stripe = new Stripe('sk_test_bench');

export interface SignedEvent {
  body: string;
  signature: string;
}

/** Events of 3.8 KB as Stripe sends them, each of an invoice of its own and signed now. */
export function signedEvents(count: number, secret: string): SignedEvent[] {
  const prefix = randomUUID().slice(0, 8);
  return Array.from({ length: count }, (_, index) => {
    const payload = JSON.stringify(invoiceEvent(`${prefix}${index}`, index), null, 2);
    return {
      body: payload,
      signature: stripe.webhooks.generateTestHeaderString({ payload, secret }),
    };
  });
}

function invoiceEvent(name: string, index: number): unknown {
  return {
    id: `evt_${name}`,
    object: 'event',
    api_version: '2026-10-28.endive',
    created: Math.floor(Date.now() / 1000),
    data: {
      object: {
        id: `in_${name}`,
        object: 'invoice',
        account_country: 'US',
        amount_due: 1000 + index,
        amount_paid: 0,
        amount_remaining: 1000 + index,
        attempt_count: 0,
        attempted: false,
        auto_advance: false,
        billing_reason: 'manual',
        collection_method: 'send_invoice',
        created: 1_790_000_000,
        currency: 'usd',
        customer: `cus_${index % 500}`,
        customer_email: 'billing@example.com',
        status: 'open',
        number: `A-${index}`,
        paid: false,
        period_end: 1_790_000_000,
        period_start: 1_790_000_000,
        subtotal: 1000 + index,
        total: 1000 + index,
        metadata: {},
        lines: {
          object: 'list',
          has_more: false,
          url: `/v1/invoices/in_${name}/lines`,
          data: [0, 1, 2].map((line) => ({
            id: `il_${name}_${line}`,
            object: 'line_item',
            amount: 300,
            currency: 'usd',
            description: `Line ${line} ${'x'.repeat(620)}`,
            period: { start: 1, end: 2 },
            quantity: 1,
          })),
        },
      },
    },
    livemode: false,
    pending_webhooks: 1,
    request: { id: null, idempotency_key: null },
    type: 'invoice.updated',
  };
}
