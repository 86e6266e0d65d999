import { ownCall } from '../api/call.ts';
import type { Card, CheckoutPort, CheckoutView, PaymentOutcome } from '../pages/port.ts';
import { makeMethod } from '../payments/paymentMethods.ts';
import { attempt, outcomeOf } from '../payments/typedCard.ts';
import type { Sandbox } from '../sandbox.ts';
import { timeOfCustomer } from '../time/frozenTime.ts';
import type { StoredLink, StoredSession } from '../wire.ts';
import { isClosed } from './linkObject.ts';
import { openLink, paySession } from './paySession.ts';

/** What the pages of payment links and checkout sessions see and do. `committed` sends the events of a payment. */
export function checkoutPort(sandbox: Sandbox, committed: () => void): CheckoutPort {
  return {
    openLink(token) {
      const link = sandbox.by.linkOfToken.first(token);
      if (!link) return undefined;
      const inactive = whyInactive(sandbox, link);
      if (inactive !== null) return { inactive };
      return sandbox.store.transaction(() => ({ session: openLink(ownCall(sandbox), link).id }));
    },
    session(id) {
      const session = sandbox.sessions.get(id);
      return session && view(sandbox, session);
    },
    async pay(id, { card, email }) {
      const outcome = attempt(sandbox, card, () => pay(sandbox, id, { card, email }));
      committed();
      return outcome;
    },
  };
}

function pay(sandbox: Sandbox, id: string, { card, email }: { card: Card; email: string }): PaymentOutcome {
  const session = sandbox.sessions.get(id);
  if (!session) return { kind: 'refused', message: 'This Checkout Session does not exist.' };
  const at = timeOfCustomer(sandbox, session.customer ?? '');
  return sandbox.time.at(at, () => {
    const billing = { address: undefined, email, name: card.name, phone: undefined };
    const method = makeMethod(sandbox, card, billing);
    const buyer = { email, name: card.name ?? null };
    return outcomeOf(paySession(ownCall(sandbox), session, { method, buyer }));
  });
}

function view(sandbox: Sandbox, session: StoredSession): CheckoutView {
  const link = sandbox.paymentLinks.get(session.payment_link ?? '');
  const after = link?.after_completion;
  return {
    status: session.status,
    inactive: link ? whyInactive(sandbox, link) : null,
    amount: session.amount_total ?? 0,
    currency: session.currency ?? '',
    lines: session.items.map(({ amount, description, quantity }) => ({ amount, description, quantity })),
    email: session.customer_email ?? session.customer_details?.email ?? null,
    cancelUrl: session.cancel_url,
    complete: {
      message: after?.hosted_confirmation?.custom_message ?? null,
      url: afterwards(session),
    },
  };
}

function afterwards({ id, success_url: url }: StoredSession): string | null {
  return url === null ? null : new URL(url.replaceAll('{CHECKOUT_SESSION_ID}', id)).href;
}

function whyInactive(sandbox: Sandbox, link: StoredLink): string | null {
  if (isClosed(link)) return link.inactive_message ?? 'This link is no longer active.';
  const prices = link.items.map(({ price }) => sandbox.prices.get(price));
  return prices.some((price) => price?.type === 'recurring')
    ? 'The sandbox Stripe cannot sell subscriptions through payment links (real Stripe can).'
    : null;
}
