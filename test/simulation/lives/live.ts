import { Told } from './coverage.ts';
import { CURRENCIES } from './customers.ts';
import { livesOf } from './moves.ts';
import { liveInWorld, type Lived, type PlannedLife } from './world.ts';

// What the sandboxes keep of earlier lives makes later ones slower.
export const LIVES_IN_ONE_WORLD = 250;

export interface LivesOptions {
  lives: number;
  seed: number;
  /** Only this life of the seed. */
  life?: number;
  /** How a world's lives are lived: here, or by another process. */
  inWorld?: (plans: PlannedLife[], first: number) => Promise<Lived>;
  /** How many worlds at the same time. */
  worlds?: number;
  /** With what was found wrong in it. */
  onWorld?: (done: number, problems: string[]) => void;
}

/**
 * Random lives of invoices, from the birth on either side through moves by buttons, the API, Stripe and the org's own
 * fields, allowed and not, with trouble on the way; afterwards both sides have to say the same of every invoice, and
 * nothing may be there twice. Throws where that is not so, with all that is wrong.
 */
export async function live(options: LivesOptions): Promise<Told> {
  const { seed, worlds = 1 } = options;
  const inWorld = options.inWorld ?? ((plans, first) => liveInWorld(plans, currenciesOf(seed, first)));
  const left = worldsOf(options);
  const all: Lived = { told: new Told(), problems: [] };
  let done = 0;
  const oneAfterAnother = async () => {
    for (let next = left.shift(); next; next = left.shift()) {
      const [first, last] = [next[0]!.index, next.at(-1)!.index];
      const { told, problems } = await inWorld(next, first);
      all.told.add(told);
      if (problems.length > 0)
        all.problems.push(...problems, `Seed ${seed} of ${options.lives} lives, ${first} to ${last}.`);
      options.onWorld?.((done += next.length), problems);
    }
  };
  await Promise.all(Array.from({ length: worlds }, oneAfterAnother));
  if (all.problems.length > 0) throw new Error(all.problems.join('\n'));
  return all.told;
}

/** The lives of each world, with their numbers. */
export function worldsOf({
  lives,
  seed,
  life,
}: Pick<LivesOptions, 'lives' | 'seed' | 'life'>): PlannedLife[][] {
  const plans = livesOf(seed, lives)
    .map((plan, index) => ({ plan, index }))
    .filter(({ index }) => life === undefined || index === life);
  const worlds: PlannedLife[][] = [];
  for (let start = 0; start < plans.length; start += LIVES_IN_ONE_WORLD)
    worlds.push(plans.slice(start, start + LIVES_IN_ONE_WORLD));
  return worlds;
}

/** Every other world is an org with several currencies. */
export const currenciesOf = (seed: number, first: number): string[] | undefined =>
  (seed + Math.floor(first / LIVES_IN_ONE_WORLD)) % 2 === 1
    ? CURRENCIES.map((code) => code.toUpperCase())
    : undefined;
