import { roundsOf, type Round } from './history.ts';
import { auditFinds, runRound, type Problems } from './round.ts';
import { startSimulated, type Simulated } from './simulated.ts';
import { makeSmaller } from './smaller.ts';

export interface SimulationOptions {
  /** Histories of invoices in all; a round holds `RUNS_IN_A_ROUND` of them, and some of the keepers beside. */
  runs: number;
  seed: number;
  /** Only this round of the seed, to see a failure again. */
  round?: number;
  /** Only these histories of each round; those of the keepers come last. */
  histories?: number[];
  /** How many rounds have keepers beside the invoices; all where it is left out. */
  keptRounds?: number;
  onRound?: (done: { runs: number; of: number }) => void;
}

export const RUNS_IN_A_ROUND = 50;
/** Beside them, of those who keep customers and the catalogue. */
const KEEPERS_IN_A_ROUND = 8;
// What the sandboxes keep of earlier rounds (events, exchanges for the contract) makes later ones slower.
const ROUNDS_IN_ONE_WORLD = 8;

/**
 * Runs random histories and returns how many. Throws at the first round that ends wrong, with its seed and the smallest such
 * histories found. The seed fixes what happens and in which order; how far the workers are at each step is up to the machine.
 */
export async function simulate(options: SimulationOptions): Promise<number> {
  const { runs, seed, round, onRound } = options;
  const rounds = roundsOf(seed, {
    rounds: Math.ceil(runs / RUNS_IN_A_ROUND),
    runs: RUNS_IN_A_ROUND,
    keepers: KEEPERS_IN_A_ROUND,
  });
  const chosen = rounds
    .map((each, index) => ({ each, index }))
    .filter(({ index }) => round === undefined || index === round);
  let done = 0;
  while (chosen.length > 0) {
    const simulated = await startSimulated();
    try {
      for (const { each, index } of chosen.splice(0, ROUNDS_IN_ONE_WORLD)) {
        const withKeepers = index < (options.keptRounds ?? Infinity);
        // The last round holds what is left.
        const count = Math.min(RUNS_IN_A_ROUND, runs - index * RUNS_IN_A_ROUND);
        const keepers = withKeepers ? each.histories.slice(RUNS_IN_A_ROUND) : [];
        const present = [...each.histories.slice(0, count), ...keepers];
        const histories = only(present, options.histories);
        await oneRound(simulated, { ...each, histories }, `--seed ${seed} --runs ${runs} --round ${index}`);
        done += options.histories ? histories.length : count;
        onRound?.({ runs: done, of: runs });
      }
      for (const [what, edits] of simulated.overtaken)
        console.log(`Overwritten between the engine's read and its write: ${edits} of ${what}.`);
      console.log(`Edited in Stripe while the engine was about to write the same there: ${simulated.raced}.`);
      const decided = [...simulated.decided].map(([what, times]) => `${times} ${what}`).join(', ');
      if (decided) console.log(`Decisions in the match queue: ${decided}.`);
      const found = await auditFinds(simulated);
      if (found.length > 0) throw new Error(found.join('\n'));
    } finally {
      await simulated.stop();
    }
  }
  return done;
}

async function oneRound(simulated: Simulated, round: Round, again: string): Promise<void> {
  const problems = await runRound(simulated, round);
  if (problems.size === 0) return;
  const said = inWords(problems);
  console.error(`A round ended wrong and is made smaller.\n${said}`);
  const smallest = await makeSmaller(simulated, round, problems);
  throw new Error(
    [
      said,
      `Again: npm run simulate -- ${again}`,
      `Histories of it that ended wrong: ${[...problems.keys()].join(', ')}`,
      smallest && smallest.histories.length < 4
        ? `The smallest that still did: ${inLines(smallest)}`
        : 'It did not end wrong again at once: the moment counts.',
    ].join('\n'),
  );
}

const only = <T>(all: T[], indexes: number[] | undefined) =>
  indexes ? indexes.map((index) => all[index]!) : all;

const inWords = (problems: Problems) =>
  [...problems]
    .flatMap(([index, found]) =>
      found.map((one) => `${index < 0 ? 'all' : `history ${index}`}: ${one.slice(0, 4000)}`),
    )
    .join('\n');

const inLines = ({ histories, trouble }: Round) =>
  [
    ...histories.map(
      (steps, index) => `history ${index}: ${steps.map((step) => `\n  ${JSON.stringify(step)}`).join('')}`,
    ),
    `trouble: ${trouble.map((one) => `\n  ${JSON.stringify(one)}`).join('')}`,
  ].join('\n');
