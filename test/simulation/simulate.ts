import fc from 'fast-check';
import { history, type Step } from './history.ts';
import { runHistory } from './run.ts';
import { startSimulated, type Simulated } from './simulated.ts';

export interface SimulationOptions {
  runs: number;
  seed: number;
  /** Where in the seed's tree of cases a failure was; fast-check prints it. */
  path?: string;
  /** No run is begun after this time; without it all runs are made. */
  withinMs?: number;
  onRun?: (done: number) => void;
}

// What the sandboxes keep of earlier runs (events, exchanges for the contract) makes later ones slower.
const RUNS_IN_ONE_WORLD = 250;
// A counterexample is made smaller as long as that goes on within this time.
const SHRINK_MS = 30_000;

/**
 * Runs random histories and returns how many. Throws at the first that ends wrong, with its seed and the smallest such
 * history found. The seed fixes what happens and in which order; how far the worker is at each step is up to the machine.
 */
export async function simulate({ runs, seed, path, withinMs, onRun }: SimulationOptions): Promise<number> {
  const deadline = withinMs === undefined ? Infinity : Date.now() + withinMs;
  let done = 0;
  for (let part = 0; done < runs && Date.now() < deadline; part++) {
    const simulated = await startSimulated();
    try {
      await simulatePart(simulated, {
        numRuns: Math.min(RUNS_IN_ONE_WORLD, runs - done),
        seed: seed + part,
        deadline,
        ...(path ? { path } : {}),
        onRun: () => {
          done += 1;
          onRun?.(done);
        },
      });
    } finally {
      await simulated.stop();
    }
  }
  return done;
}

interface Part {
  numRuns: number;
  seed: number;
  path?: string;
  deadline: number;
  onRun: () => void;
}

async function simulatePart(simulated: Simulated, { onRun, deadline, ...parameters }: Part): Promise<void> {
  let failedAt: number | undefined;
  let firstHistory: Step[] | undefined;
  const property = fc.asyncProperty(history, async (steps) => {
    if (failedAt === undefined && Date.now() > deadline) return;
    if (failedAt !== undefined && Date.now() - failedAt > SHRINK_MS) return;
    try {
      await runHistory(simulated, steps);
      if (failedAt === undefined) onRun();
    } catch (error) {
      if (failedAt === undefined)
        console.error(
          `A history ended wrong and is made smaller: ${inLines(steps)}\n${String(error).slice(0, 2000)}`,
        );
      failedAt ??= Date.now();
      firstHistory ??= steps;
      throw error;
    }
  });
  const result = await fc.check(property, parameters);
  if (!result.failed) return;
  const cause = result.errorInstance as Error | null;
  throw new Error(
    [
      cause?.message || String(cause),
      `Again: npm run simulate -- --runs 1 --seed ${result.seed} --path ${result.counterexamplePath}`,
      `The history: ${inLines(result.counterexample?.[0])}`,
      `The history before it was made smaller: ${inLines(firstHistory)}`,
    ].join('\n'),
    { cause },
  );
}

const inLines = (steps: Step[] | undefined) =>
  (steps ?? []).map((step) => `\n  ${JSON.stringify(step)}`).join('');
