import { setTimeout as pause } from 'node:timers/promises';
import Stripe from 'stripe';
import type { World } from '../../integration/world.ts';
import type { Simulated } from '../simulated.ts';
import { newCustomers, pair, type LifeCurrency, type LivingCustomer } from './customers.ts';

interface PairedRate {
  stripeId: string;
  crmId: string;
}

/** What lives share. */
export interface LifeWorld {
  world: World;
  /** Tries again, with the key of the first try, what met a fault that is meant for the engine. */
  stripe: Stripe;
  customers: Record<LifeCurrency, LivingCustomer[]>;
  taxRates: { inclusive: PairedRate; exclusive: PairedRate };
  product: { crmId: string; stripeId: string };
  /** A recurring price. */
  monthly: string;
  /** Stripe's log is read, as it is every five minutes, for somebody who waits for what no webhook brings. */
  catchUp(): Promise<void>;
}

// A bank debit takes days; here it is under way for a moment.
const BANK_DEBIT_SECONDS = 2;

export async function prepare(simulated: Simulated): Promise<LifeWorld> {
  const { world, sharedProduct } = simulated;
  const { stripe } = world;
  await world.control('stripe', 'POST', '/billing', { bankDebitSeconds: BANK_DEBIT_SECONDS });
  const rate = async (inclusive: boolean, percentage: number): Promise<PairedRate> => {
    const { id } = await stripe.taxRates.create({ display_name: 'VAT', percentage, inclusive });
    return { stripeId: id, crmId: '' };
  };
  const [inclusive, exclusive] = await Promise.all([rate(true, 19), rate(false, 8.875)]);
  const { id: stripeId } = await stripe.products.create({ name: 'Work' });
  await pair(world, { object: 'Product2', entity: 'product', crmId: sharedProduct, stripeId });
  const price = { product: stripeId, currency: 'usd', unit_amount: 4_900 };
  const { id: monthly } = await stripe.prices.create({ ...price, recurring: { interval: 'month' } });
  const customers = await newCustomers(world);
  for (const one of [inclusive, exclusive]) {
    const [found] = await world.rep.query(
      `SELECT Id FROM Tax_Rate__c WHERE Stripe_Tax_Rate_Id__c = '${one.stripeId}'`,
    );
    if (!found) throw new Error(`${one.stripeId} is not in the org.`);
    one.crmId = found.Id;
  }
  return {
    world,
    stripe: persistent(world),
    customers,
    taxRates: { inclusive, exclusive },
    product: { crmId: sharedProduct, stripeId },
    monthly,
    catchUp: oneAtATime(() => simulated.catchUp()),
  };
}

function persistent({ stripeUrl, config }: World): Stripe {
  const { hostname: host, port } = new URL(stripeUrl);
  return new Stripe(config.stripe.secretKey, {
    host,
    port,
    protocol: 'http',
    maxNetworkRetries: 10,
    httpClient: Stripe.createFetchHttpClient(untilAdmitted),
  });
}

/** Too many calls are what stripe-node does not try again by itself. */
const untilAdmitted: typeof fetch = async (address, init) => {
  for (;;) {
    const answer = await fetch(address, init);
    if (answer.status !== 429) return answer;
    await answer.body?.cancel();
    await pause(50);
  }
};

/** Who asks while it goes on waits for the same. */
function oneAtATime(work: () => Promise<void>): () => Promise<void> {
  let going: Promise<void> | undefined;
  return () => (going ??= work().finally(() => (going = undefined)));
}
