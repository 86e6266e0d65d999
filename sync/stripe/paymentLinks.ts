import type Stripe from 'stripe';
import type { StripeInvoice } from '../domain/invoice.ts';
import { LINKED_INVOICE, NOT_COUNTED, OF_CUSTOMER } from './linkMetadata.ts';
import { idOf, INVOICE_EXPAND, invoiceSnapshot } from './readInvoice.ts';
import { translateStripeError } from './translateError.ts';

export interface NewPaymentLink {
  invoice: string;
  /** Minor units. */
  amount: number;
  currency: string;
  /** What the customer reads. */
  name: string;
  crmId: string;
  orgId: string;
  customerId: string | null;
  key: string;
}

export interface MadeLink {
  stripeId: string;
  url: string;
}

/** Marks of a link that name what it is for, and the request that made it. */
const REQUEST = 'invoicebridge_request';

/** A link over what is left of an invoice: cards only, and paid once. Who pays through it is a guest to Stripe. */
export async function createPaymentLink(
  stripe: Stripe,
  { invoice, amount, currency, name, crmId, orgId, customerId, key }: NewPaymentLink,
): Promise<MadeLink> {
  const metadata = {
    [LINKED_INVOICE]: invoice,
    salesforce_id: crmId,
    salesforce_org_id: orgId,
    ...(customerId && { [OF_CUSTOMER]: customerId }),
  };
  return fromStripe('write-stripe', async () =>
    made(
      await stripe.paymentLinks.create(
        {
          line_items: [
            { price_data: { currency, unit_amount: amount, product_data: { name } }, quantity: 1 },
          ],
          payment_method_types: ['card'],
          restrictions: { completed_sessions: { limit: 1 } },
          submit_type: 'pay',
          metadata: { ...metadata, [REQUEST]: key },
          payment_intent_data: { description: name, metadata },
        },
        { idempotencyKey: key },
      ),
    ),
  );
}

/** The active link that a request has made whose key Stripe may have forgotten by now. */
export async function findPaymentLink(stripe: Stripe, key: string): Promise<MadeLink | undefined> {
  return fromStripe('read-stripe', async () => {
    for await (const link of stripe.paymentLinks.list({ active: true, limit: 100 }))
      if (link.metadata[REQUEST] === key) return made(link);
    return undefined;
  });
}

/** A link that the engine has made, as far as Stripe tells. */
export interface FoundLink extends MadeLink {
  invoice: string;
  crmId: string;
  orgId: string;
  customerId: string | null;
  key: string;
  active: boolean;
}

/** All links that were made for invoices by us, also by an installation before this one; the oldest first. */
export async function ourPaymentLinks(stripe: Stripe): Promise<FoundLink[]> {
  return fromStripe('read-stripe', async () => {
    const found: FoundLink[] = [];
    for await (const { id, url, active, metadata } of stripe.paymentLinks.list({ limit: 100 })) {
      const { [LINKED_INVOICE]: invoice, [REQUEST]: key, salesforce_id: crmId } = metadata;
      if (!invoice || !key || !crmId) continue;
      const [orgId, customerId] = [metadata.salesforce_org_id ?? '', metadata[OF_CUSTOMER] ?? null];
      found.push({ stripeId: id, url, active, invoice, key, crmId, orgId, customerId });
    }
    return found.reverse();
  });
}

/** What a link asks for. */
export const linkAmount = (
  stripe: Stripe,
  id: string,
): Promise<{ amount: number; currency: string } | null> =>
  fromStripe('read-stripe', async () => {
    const [line] = (await stripe.paymentLinks.listLineItems(id, { limit: 1 })).data;
    return line ? { amount: line.amount_total, currency: line.currency } : null;
  });

export const isLinkActive = (stripe: Stripe, id: string): Promise<boolean> =>
  fromStripe('read-stripe', async () => (await stripe.paymentLinks.retrieve(id)).active);

/** Nobody can open it any more. What was opened before is a session of its own. */
export async function deactivateLink(stripe: Stripe, id: string): Promise<void> {
  await fromStripe('write-stripe', () => stripe.paymentLinks.update(id, { active: false }));
}

/** Ends all that somebody has opened and not paid. One that is paid at this moment stays so. */
export async function expireSessions(stripe: Stripe, link: string): Promise<void> {
  await fromStripe('write-stripe', async () => {
    for await (const { id } of stripe.checkout.sessions.list({
      payment_link: link,
      status: 'open',
      limit: 100,
    })) {
      try {
        await stripe.checkout.sessions.expire(id);
      } catch (error) {
        if ((await stripe.checkout.sessions.retrieve(id)).status === 'open') throw error;
      }
    }
  });
}

/** A payment that has succeeded. */
export interface PaidIntent {
  paymentIntent: string;
  charge: string | null;
  /** Minor units. */
  amount: number;
  currency: string;
  /** ISO 8601, UTC. */
  paidAt: string;
  /** Stripe's customer that the payment is known of; null for a guest's. */
  customerId: string | null;
}

/** What was paid through a link. */
export async function paidThrough(stripe: Stripe, link: string): Promise<PaidIntent[]> {
  return fromStripe('read-stripe', async () => {
    const paid: PaidIntent[] = [];
    const expand = ['data.payment_intent.latest_charge'];
    for await (const { payment_intent: intent } of stripe.checkout.sessions.list({
      payment_link: link,
      status: 'complete',
      limit: 100,
      expand,
    })) {
      if (typeof intent !== 'object' || intent?.status !== 'succeeded') continue;
      const charge = typeof intent.latest_charge === 'object' ? intent.latest_charge : null;
      paid.push({
        paymentIntent: intent.id,
        charge: charge?.id ?? null,
        amount: intent.amount_received,
        currency: intent.currency,
        paidAt: new Date((charge?.created ?? intent.created) * 1000).toISOString(),
        customerId: idOf(charge?.customer ?? intent.customer),
      });
    }
    return paid;
  });
}

/**
 * A payment can be attached to an invoice of its own customer only, and who pays through a link is a guest:
 * https://docs.stripe.com/invoicing/partial-payments. A charge without a customer can be given one.
 */
export async function giveToCustomer(stripe: Stripe, charge: string, customer: string): Promise<void> {
  await fromStripe('write-stripe', () => stripe.charges.update(charge, { customer }));
}

/** Counts a succeeded payment for an open invoice. */
export async function attachIntent(
  stripe: Stripe,
  { invoice, paymentIntent }: { invoice: string; paymentIntent: string },
): Promise<StripeInvoice> {
  return fromStripe('write-stripe', async () => {
    const params = { payment_intent: paymentIntent, expand: INVOICE_EXPAND };
    const idempotencyKey = `attach-${paymentIntent}`;
    return invoiceSnapshot(stripe, await stripe.invoices.attachPayment(invoice, params, { idempotencyKey }));
  });
}

/** Gives back what does not count for the invoice. Stripe's id of the refund, and whether the bank has refused it. */
export async function giveBack(
  stripe: Stripe,
  { paymentIntent, amount }: { paymentIntent: string; amount: number },
): Promise<{ id: string; failed: boolean }> {
  return fromStripe('write-stripe', async () => {
    const { id, status } = await stripe.refunds.create(
      { payment_intent: paymentIntent, amount, metadata: { [NOT_COUNTED]: 'true' } },
      { idempotencyKey: `give-back-${paymentIntent}-${amount}` },
    );
    return { id, failed: status === 'failed' || status === 'canceled' };
  });
}

const made = ({ id, url }: Stripe.PaymentLink): MadeLink => ({ stripeId: id, url });

async function fromStripe<T>(stage: 'read-stripe' | 'write-stripe', work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw translateStripeError(error, stage);
  }
}
