import type { Call } from '../api/call.ts';
import { refused } from '../api/errors.ts';
import type { StripeError } from '../api/errors.ts';
import { given } from '../api/given.ts';
import { chargeIntent } from '../payments/chargeIntent.ts';
import { newIntent } from '../payments/newIntent.ts';
import { cardKind } from '../payments/testCards.ts';
import { createCustomer } from '../resources/customers.ts';
import { emit } from '../webhooks/events.ts';
import type { PaymentIntent, StoredLink, StoredPaymentMethod, StoredSession } from '../wire.ts';
import { isClosed } from './linkObject.ts';
import { newSession, showSession } from './sessionObject.ts';

/** What the customer typed beside the card. */
export interface Buyer {
  email: string | null;
  name: string | null;
}

/** Whoever opens a payment link gets a session of their own. */
export function openLink({ sandbox }: Call, link: StoredLink): StoredSession {
  const { payment_intent_data: data, customer_creation, metadata, submit_type } = link;
  return newSession(sandbox, {
    currency: link.currency,
    items: link.items,
    metadata,
    customer_creation,
    payment_link: link.id,
    submit_type,
    success_url: link.after_completion.redirect?.url ?? null,
    ...(data && { intent: { ...data, receipt_email: null, shipping: null } }),
  });
}

/** Pays an open session. A declined card leaves it open, with a payment intent for the next try. */
export function paySession(
  call: Call,
  session: StoredSession,
  { method, buyer }: { method: StoredPaymentMethod; buyer: Buyer },
): StripeError | undefined {
  const { sandbox } = call;
  const link = sandbox.paymentLinks.get(session.payment_link ?? '');
  refuseEnded(session, link);
  const declines = cardKind(method.test_card).decline !== undefined;
  const customer = session.customer ?? (declines ? null : newCustomer(call, session, buyer));
  const first = sandbox.intents.get(session.payment_intent ?? '') ?? intentOf(call, session, customer);
  const intent = { ...first, customer };
  sandbox.intents.put(intent);
  const tried: StoredSession = { ...session, payment_intent: intent.id };
  sandbox.sessions.put(tried);
  if (customer !== null) sandbox.paymentMethods.put(withOwner(method, { intent, customer }));
  const declined = chargeIntent(call, intent, { method, atCheckout: true });
  if (declined) return declined;
  if (link?.restrictions) sandbox.paymentLinks.put(countedUp(link));
  const complete: StoredSession = {
    ...tried,
    customer,
    customer_details: {
      address: null,
      business_name: null,
      email: session.customer_details?.email ?? buyer.email,
      individual_name: null,
      name: buyer.name ?? session.customer_details?.name ?? null,
      phone: null,
      tax_exempt: 'none',
      tax_ids: [],
    },
    // "The payment funds are not yet available in your account" as long as they are not captured.
    payment_status: intent.capture_method === 'manual' ? 'unpaid' : 'paid',
    status: 'complete',
  };
  sandbox.sessions.put(complete);
  emit(call, 'checkout.session.completed', showSession(sandbox, complete));
  return undefined;
}

function refuseEnded(session: StoredSession, link: StoredLink | undefined): void {
  if (session.status === 'complete') throw refused('This Checkout Session has been paid already.');
  if (session.status === 'expired') throw refused('This Checkout Session has expired: open the link again.');
  if (link && isClosed(link))
    throw refused(link.inactive_message ?? 'This payment link is no longer active.');
}

function newCustomer(call: Call, session: StoredSession, { email, name }: Buyer): string | null {
  if (session.customer_creation !== 'always') return null;
  return createCustomer(call, given({ email: session.customer_email ?? email, name: name ?? undefined })).id;
}

function intentOf(call: Call, session: StoredSession, customer: string | null): PaymentIntent {
  const { capture_method: capture, ...rest } = session.intent;
  const intent = newIntent(call.sandbox, {
    ...rest,
    amount: session.amount_total ?? 0,
    currency: session.currency ?? '',
    customer,
    capture_method: capture ?? 'automatic',
  });
  emit(call, 'payment_intent.created', intent);
  return intent;
}

/** A card is kept for later only if the merchant asked for it. */
function withOwner(
  method: StoredPaymentMethod,
  { intent, customer }: { intent: PaymentIntent; customer: string },
): StoredPaymentMethod {
  return intent.setup_future_usage ? { ...method, customer } : method;
}

function countedUp(link: StoredLink): StoredLink {
  const { count, limit } = link.restrictions!.completed_sessions;
  return { ...link, restrictions: { completed_sessions: { count: count + 1, limit } } };
}
