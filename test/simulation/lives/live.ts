import { mapConcurrently } from '../../../sync/flows/concurrency.ts';
import { auditFinds } from '../round.ts';
import { startSimulated, type Simulated } from '../simulated.ts';
import { differencesOf } from './alike.ts';
import { CURRENCIES, newCustomers, pair } from './customers.ts';
import { Life, type LifeWorld } from './life.ts';
import { livesOf, type LifePlan } from './moves.ts';

const LIVES_IN_ONE_WORLD = 500;
const AT_ONCE = 16;

export interface LivesOptions {
  lives: number;
  seed: number;
  /** Only this life of the seed. */
  life?: number;
  onWorld?: (done: number) => void;
}

/** How often each move was tried, and how often it was refused in words. */
export type MovesTold = Map<string, { done: number; refused: number }>;

/**
 * Random lives of invoices, from the birth on either side through moves by buttons, the API, Stripe and the org's own
 * fields, allowed and not; afterwards both sides have to say the same of every invoice. Throws where they do not.
 */
export async function live({ lives, seed, life, onWorld }: LivesOptions): Promise<MovesTold> {
  const told: MovesTold = new Map();
  const plans = livesOf(seed, lives)
    .map((plan, index) => ({ plan, index }))
    .filter(({ index }) => life === undefined || index === life);
  for (let start = 0; start < plans.length; start += LIVES_IN_ONE_WORLD) {
    const chosen = plans.slice(start, start + LIVES_IN_ONE_WORLD);
    const currencies = hasCurrencies(seed, start) ? CURRENCIES.map((code) => code.toUpperCase()) : undefined;
    const simulated = await startSimulated(currencies);
    try {
      const problems = await liveThrough(simulated, chosen, told);
      if (problems.length > 0)
        throw new Error(
          [...problems, `Seed ${seed}, lives ${start} to ${start + chosen.length - 1}.`].join('\n'),
        );
    } finally {
      await simulated.stop();
    }
    onWorld?.(start + chosen.length);
  }
  return told;
}

/** Every other world is an org with several currencies. */
const hasCurrencies = (seed: number, start: number) => (seed + start / LIVES_IN_ONE_WORLD) % 2 === 1;

async function liveThrough(
  simulated: Simulated,
  plans: { plan: LifePlan; index: number }[],
  told: MovesTold,
): Promise<string[]> {
  const systems = await prepare(simulated);
  const problems: string[] = [];
  await mapConcurrently(plans, AT_ONCE, async ({ plan, index }) => {
    const life = new Life(systems, plan);
    try {
      await life.live((what, outcome) => {
        const count = told.get(what) ?? { done: 0, refused: 0 };
        count[outcome] += 1;
        told.set(what, count);
      });
    } catch (error) {
      problems.push(`Life ${index}: ${String(error)} after ${life.told.join(', ')}. ${JSON.stringify(plan)}`);
    }
  });
  await simulated.streamRead();
  await simulated.quiet();
  return [...problems, ...(await differencesOf(simulated.world)), ...(await auditFinds(simulated))];
}

async function prepare({ world, sharedProduct }: Simulated): Promise<LifeWorld> {
  const rate = (inclusive: boolean, percentage: number) =>
    world.stripe.taxRates.create({ display_name: 'VAT', percentage, inclusive });
  const [inclusive, exclusive] = await Promise.all([rate(true, 19), rate(false, 8.875)]);
  const { id: stripeId } = await world.stripe.products.create({ name: 'Work' });
  await pair(world, { object: 'Product2', entity: 'product', crmId: sharedProduct, stripeId });
  return {
    world,
    customers: await newCustomers(world),
    taxRates: { inclusive: inclusive.id, exclusive: exclusive.id },
    product: { crmId: sharedProduct, stripeId },
  };
}
