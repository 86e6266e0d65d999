import { randomUUID } from 'node:crypto';
import Stripe from 'stripe';
import { daysFromNow } from '../../integration/orgUser.ts';
import { asPerson } from './asPerson.ts';
import { newCustomer, type LifeCurrency, type LivingCustomer } from './customers.ts';
import type { LifeWorld } from './lifeWorld.ts';
import type { Birth, NewLine } from './moves.ts';
import { stepped } from './params.ts';

/** An invoice on its way through life; ids as far as they are known. */
export interface Living {
  crmId?: string | undefined;
  stripeId?: string | undefined;
  customer: LivingCustomer;
}

const DAY = 24 * 60 * 60;
const CLOCK_KINDS = ['goodCard', 'badCard', 'noCard', 'balance'] as const;

export async function born(systems: LifeWorld, birth: Birth): Promise<Living> {
  const customer = await payer(systems, birth);
  if (birth.in === 'org') return raised(systems, { ...birth, payer: customer });
  const stripeId =
    birth.in === 'stripe'
      ? await madeInStripe(systems, { ...birth, payer: customer })
      : await subscribed(systems, { ...birth, payer: customer });
  return { stripeId, customer };
}

async function payer(systems: LifeWorld, birth: Birth): Promise<LivingCustomer> {
  const currency: LifeCurrency = birth.in === 'stripe' ? birth.currency : 'usd';
  const { world, stripe, customers } = systems;
  if (!birth.hasClock) return customers[currency][Math.floor(birth.customer * customers[currency].length)]!;
  const frozen_time = Math.floor(Date.now() / 1000);
  const { id: clock } = await stripe.testHelpers.testClocks.create({ frozen_time });
  const kind = CLOCK_KINDS[Math.floor(birth.customer * CLOCK_KINDS.length)]!;
  return newCustomer(world, { currency, kind, clock, stripe });
}

async function raised(
  { world, product }: LifeWorld,
  { lines, payer: customer }: Extract<Birth, { in: 'org' }> & { payer: LivingCustomer },
): Promise<Living> {
  const requestKey = randomUUID();
  const { invoiceId } = await asPerson(world, 'rep', (rep) =>
    rep.apex<{ invoiceId: string }>('RaiseInvoiceController', 'createInvoice', {
      accountId: customer.accountId,
      description: 'A life',
      dueDate: daysFromNow(30),
      lines: lines.map(({ cents, quantity, isFraction }) => ({
        productId: product.crmId,
        description: 'Raised',
        unitPrice: cents / 100,
        quantity: isFraction ? quantity + 0.25 : quantity,
      })),
      requestKey,
    }),
  );
  return { crmId: invoiceId, customer };
}

async function madeInStripe(
  systems: LifeWorld,
  birth: Extract<Birth, { in: 'stripe' }> & { payer: LivingCustomer },
): Promise<string> {
  const { stripe, taxRates } = systems;
  const coupon = birth.percentOff === null ? null : await couponOf(stripe, birth.percentOff);
  const { id } = await stripe.invoices.create({
    customer: birth.payer.stripeId,
    currency: birth.currency,
    description: 'A life',
    ...(birth.automatic
      ? { collection_method: 'charge_automatically', auto_advance: false }
      : { collection_method: 'send_invoice', days_until_due: 30 }),
    ...(birth.tax !== 'none' && { default_tax_rates: [taxRates[birth.tax].stripeId] }),
    ...(coupon && { discounts: [{ coupon }] }),
  });
  if (birth.lines.length > 0)
    await stripe.invoices.addLines(id, {
      lines: birth.lines.map((line) => lineInStripe(systems, line, birth.currency)),
    });
  return id;
}

/** Its first invoice, which is final at once; of a customer with a clock the draft of its renewal. */
async function subscribed(
  { stripe, monthly }: LifeWorld,
  { automatic, payer: { stripeId: customer, clock, hasCard } }: { automatic: boolean; payer: LivingCustomer },
): Promise<string> {
  const subscription = await stripe.subscriptions.create({
    customer,
    items: [{ price: monthly }],
    payment_behavior: 'allow_incomplete',
    ...(automatic && hasCard
      ? { collection_method: 'charge_automatically' }
      : { collection_method: 'send_invoice', days_until_due: 30 }),
  });
  if (!clock) return String(subscription.latest_invoice);
  const { current_period_end: renewal } = subscription.items.data[0]!;
  await passUntil(stripe, clock, renewal + 60);
  const { latest_invoice } = await stripe.subscriptions.retrieve(subscription.id);
  return String(latest_invoice);
}

/** Moves the customer's time on, by days at the least. */
export async function passDays(stripe: Stripe, clock: string, days: number): Promise<void> {
  const { frozen_time } = await stripe.testHelpers.testClocks.retrieve(clock);
  await passUntil(stripe, clock, frozen_time + days * DAY);
}

async function passUntil(stripe: Stripe, clock: string, time: number): Promise<void> {
  const { testClocks } = stripe.testHelpers;
  await testClocks.advance(clock, { frozen_time: time });
  while ((await testClocks.retrieve(clock)).status !== 'ready')
    await new Promise((resolve) => setTimeout(resolve, 50));
}

/** One coupon for each percentage, whoever comes first makes it. */
export async function couponOf(stripe: Stripe, percent: number): Promise<string> {
  const id = `lives-${String(percent).replace('.', '-')}`;
  await stripe.coupons
    .create({ id, percent_off: percent, duration: 'forever' })
    .catch((error: Stripe.errors.StripeError) => {
      if (error.code !== 'resource_already_exists') throw error;
    });
  return id;
}

export function lineInStripe(
  { product: { stripeId: product } }: LifeWorld,
  { cents, quantity, isFraction }: NewLine,
  currency: string,
) {
  // A part of what is counted in whole ones, or in tens of thousandths, could come to what cannot be charged.
  const fraction = isFraction && (currency === 'usd' || currency === 'eur');
  return {
    description: 'Made in Stripe',
    ...(fraction ? { quantity_decimal: Stripe.Decimal.from(`${quantity}.25`) } : { quantity }),
    price_data: { currency, unit_amount: stepped(cents, currency), product },
  };
}
