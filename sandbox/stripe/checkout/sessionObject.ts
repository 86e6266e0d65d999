import { newSessionId } from '../ids.ts';
import type { Sandbox } from '../sandbox.ts';
import { DAY } from '../time/sandboxTime.ts';
import type { CheckoutItem, StoredSession } from '../wire.ts';
import { intentData } from './intentData.ts';
import { totalOf } from './lineItems.ts';

type SessionFields = Partial<StoredSession> & { currency: string; items: CheckoutItem[] };

/** An open session in payment mode. Its payment intent is made with the first attempt to pay. */
export function newSession(sandbox: Sandbox, fields: SessionFields): StoredSession {
  const created = sandbox.clock();
  const total = totalOf(fields.items);
  const session: StoredSession = {
    id: newSessionId(),
    object: 'checkout.session',
    adaptive_pricing: { enabled: false },
    after_expiration: null,
    allow_promotion_codes: null,
    allowed_payment_method_types: null,
    amount_subtotal: total,
    amount_total: total,
    automatic_tax: { enabled: false, liability: null, provider: null, status: null },
    billing_address_collection: null,
    cancel_url: null,
    client_reference_id: null,
    client_secret: null,
    collected_information: null,
    consent: null,
    consent_collection: null,
    created,
    currency_conversion: null,
    custom_fields: [],
    custom_text: {
      after_submit: null,
      shipping_address: null,
      submit: null,
      terms_of_service_acceptance: null,
    },
    customer: null,
    customer_account: null,
    customer_creation: 'if_required',
    customer_details: null,
    customer_email: null,
    discounts: [],
    expires_at: created + DAY,
    integration_identifier: null,
    invoice: null,
    invoice_creation: null,
    livemode: false,
    locale: null,
    managed_payments: null,
    metadata: {},
    mode: 'payment',
    origin_context: null,
    payment_intent: null,
    payment_link: null,
    payment_method_collection: 'if_required',
    payment_method_configuration_details: null,
    payment_method_options: {},
    payment_method_types: ['card'],
    payment_status: 'unpaid',
    permissions: null,
    phone_number_collection: { enabled: false },
    recovered_from: null,
    saved_payment_method_options: null,
    setup_intent: null,
    shipping_address_collection: null,
    shipping_cost: null,
    shipping_options: [],
    status: 'open',
    submit_type: null,
    subscription: null,
    success_url: null,
    total_details: { amount_discount: 0, amount_shipping: 0, amount_tax: 0 },
    ui_mode: 'hosted_page',
    wallet_options: null,
    intent: intentData(),
    ...fields,
  };
  sandbox.sessions.put(session);
  return session;
}

/** Only an open session has an address. */
export function showSession(sandbox: Sandbox, session: StoredSession): object {
  const { items: _items, intent: _intent, ...shown } = session;
  const url = session.status === 'open' ? `${sandbox.publicUrl}/c/pay/${session.id}` : null;
  return { ...shown, url };
}
