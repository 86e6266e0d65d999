import type Stripe from 'stripe';
import { GOOD_CARD, payOnHostedPage } from '../integration/payingPerson.ts';
import type { World } from '../integration/world.ts';

/** What a company has in Stripe before Invoicebridge: made while no webhook is delivered. */
export async function beforeInvoicebridge<T>(world: World, make: () => Promise<T>): Promise<T> {
  await world.control('stripe', 'POST', '/deliveries/mode', { mode: 'drop' });
  try {
    return await make();
  } finally {
    await world.control('stripe', 'POST', '/deliveries/mode', { mode: 'normal' });
  }
}

export interface NewInvoice {
  customer: string;
  lines?: number;
  /** How far it has come. */
  until?: 'draft' | 'open' | 'paid';
  currency?: string;
}

export async function oldInvoice(
  { stripe }: World,
  { customer, lines = 1, until = 'open', currency = 'usd' }: NewInvoice,
): Promise<Stripe.Invoice> {
  const { id } = await stripe.invoices.create({
    customer,
    currency,
    collection_method: 'send_invoice',
    days_until_due: 30,
    auto_advance: false,
    description: 'From before',
  });
  await stripe.invoices.addLines(id, {
    lines: Array.from({ length: lines }, (_, index) => ({
      description: `Work ${index + 1}`,
      amount: 1_000 + index,
    })),
  });
  if (until === 'draft') return stripe.invoices.retrieve(id);
  const open = await stripe.invoices.finalizeInvoice(id);
  if (until === 'paid') await payOnHostedPage(open.hosted_invoice_url!, GOOD_CARD);
  return stripe.invoices.retrieve(id);
}

/** Accounts with a billing e-mail, as many as asked for. */
export async function newAccounts(world: World, names: string[]): Promise<string[]> {
  const ids: string[] = [];
  for (const name of names) {
    ids.push(await world.admin.create('Account', { Name: name, Billing_Email__c: emailOf(name) }));
  }
  return ids;
}

export const emailOf = (name: string) =>
  `billing@${name.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-')}.example`;
