import type { Engine } from '../engine.ts';
import { isSyncFailure } from '../failure.ts';
import { countProcesses, reportWorker, type StreamState } from '../store/workerStates.ts';
import type { OrgIdentity } from './orgIdentity.ts';
import { asPerson } from './priority.ts';
import { standstill } from './standstill.ts';

export interface ReportOptions {
  identity: OrgIdentity;
  startedAt: Date;
  stream: () => StreamState | null;
}

// While calls are kept for people, nobody else's call brings news of how many are left: this costs 288 a day at most.
const ASK_FOR_BUDGET_MS = 5 * 60_000;

/** Says how this worker is, and looks whether what stopped it is over. */
export async function reportState(engine: Engine, options: ReportOptions): Promise<void> {
  await options.identity.lookAgain();
  await askForBudget(engine);
  await reportWorker(engine.database, {
    workerId: engine.workerId,
    startedAt: options.startedAt,
    state: {
      stripe: engine.gates.stripe.state(),
      salesforce: engine.gates.salesforce.state(),
      stream: options.stream(),
      standstill: standstill(engine),
    },
  });
  await shareRate(engine);
}

/** What Stripe takes in a second is for all processes together. */
export async function shareRate({ database, gates }: Engine): Promise<void> {
  gates.stripe.shareAmong(await countProcesses(database));
}

/** Any call tells how many calls are left; this one is made for that alone. */
async function askForBudget({ gates, log, now, org, settings }: Engine): Promise<void> {
  const budget = gates.salesforce.budget?.state();
  if (!budget?.at || budget.stopped.length === 0) return;
  if (now().getTime() - budget.at < (settings.askForBudgetMs ?? ASK_FOR_BUDGET_MS)) return;
  try {
    await asPerson(() => org.request('GET', '/limits'));
  } catch (error) {
    if (!isSyncFailure(error)) throw error;
    log.info({ code: error.code }, error.message);
  }
}
