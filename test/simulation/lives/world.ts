import { mapConcurrently } from '../../../sync/flows/concurrency.ts';
import { auditFinds } from '../round.ts';
import { startSimulated, type Simulated } from '../simulated.ts';
import { befall, troubleEnds } from '../trouble.ts';
import { differencesOf } from './alike.ts';
import { Told } from './coverage.ts';
import { readStripe } from './inStripe.ts';
import { Life } from './life.ts';
import { prepare } from './lifeWorld.ts';
import { moneyDiffers } from './moneyAlike.ts';
import type { LifePlan } from './moves.ts';
import { doneMoreOrLess } from './onlyOnce.ts';

const AT_ONCE = 16;
// In one world much is asked for anyway; its timers need not hurry.
const CRM_SWEEP_SECONDS = '5';
// Of so many lives one's world holds all exchanges with Stripe to the contract.
const CONTRACT_EVERY = 1_250;
// Trouble that lasts, such as lost webhooks, ends so many lives later.
const TROUBLE_LASTS = 12;

export interface PlannedLife {
  plan: LifePlan;
  index: number;
}

export interface Lived {
  told: Told;
  problems: string[];
}

/** Lives side by side in a world of their own, an org with several `currencies` or with one, with its trouble; then everything comes to rest and is looked at. */
export async function liveInWorld(plans: PlannedLife[], currencies?: string[]): Promise<Lived> {
  const recordExchanges = plans.some(({ index }) => index % CONTRACT_EVERY === 0);
  const simulated = await startSimulated({
    environment: { CRM_SWEEP_SECONDS },
    currencies,
    recordExchanges,
  });
  const lived: Lived = { told: new Told(), problems: [] };
  try {
    await liveThrough(simulated, plans, lived);
  } catch (error) {
    lived.problems.push(String(error));
  }
  await simulated.stop().catch((error: unknown) => lived.problems.push(String(error)));
  return lived;
}

async function liveThrough(simulated: Simulated, plans: PlannedLife[], lived: Lived): Promise<void> {
  const { told, problems } = lived;
  const systems = await prepare(simulated);
  await simulated.forgetEarlier();
  let begun = 0;
  let troubledAt: number | undefined;
  await mapConcurrently(plans, AT_ONCE, async ({ plan, index }) => {
    begun += 1;
    if (plan.trouble.do !== 'nothing') {
      told.count(`trouble: ${plan.trouble.do}`, 'none', 'done');
      troubledAt = begun;
      await befall(simulated, plan.trouble);
    } else if (troubledAt !== undefined && begun - troubledAt > TROUBLE_LASTS) {
      troubledAt = undefined;
      await simulated.laterDone();
      await troubleEnds(simulated);
      await simulated.timePasses();
    }
    const life = new Life(systems, plan);
    try {
      await life.live(told);
    } catch (error) {
      problems.push(`Life ${index}: ${String(error)} after ${life.told.join(', ')}. ${JSON.stringify(plan)}`);
    }
  });
  await simulated.laterDone();
  await troubleEnds(simulated);
  for (let times = 0; times < 2; times++) {
    await simulated.sweep();
    await simulated.quiet();
    await simulated.streamRead();
    await simulated.quiet();
  }
  const inStripe = await readStripe(simulated.world);
  // Stripe lists none of those who have a clock.
  const shared = Object.values(systems.customers).flat().length;
  problems.push(
    ...(await differencesOf(simulated.world, inStripe)),
    ...(await moneyDiffers(simulated.world, inStripe)),
    ...(await doneMoreOrLess(simulated.world, { told, inStripe, customers: shared })),
    ...(await auditFinds(simulated)),
  );
}
