import type { Round } from './history.ts';
import { runRound, type Problems } from './round.ts';
import type { Simulated } from './simulated.ts';

const WITHIN_MS = 60_000;
// The moment counts: a round that ended wrong once may end right the next time.
const TRIES = 2;

/** Leaves out histories, trouble and steps as long as the rest still ends wrong; undefined when not even the whole does. */
export async function makeSmaller(
  simulated: Simulated,
  round: Round,
  problems: Problems,
): Promise<Round | undefined> {
  const deadline = Date.now() + WITHIN_MS;
  const wrong = [...problems.keys()].filter((index) => index >= 0);
  const kept = wrong.length > 0 ? wrong.map((index) => round.histories[index]!) : round.histories;
  let smallest: Round | undefined;
  const endsWrong = async (candidate: Round) => {
    for (let tries = 0; tries < TRIES && Date.now() < deadline; tries++)
      if ((await runRound(simulated, candidate)).size > 0) return true;
    return false;
  };
  const first = { ...round, histories: kept };
  if (await endsWrong(first)) smallest = first;
  while (smallest && Date.now() < deadline) {
    const smaller: Round | undefined = await firstThat(endsWrong, smallerOnes(smallest), deadline);
    if (!smaller) break;
    smallest = smaller;
  }
  return smallest;
}

function* smallerOnes({ histories, trouble }: Round): Generator<Round> {
  if (histories.length > 1) for (const one of histories) yield { histories: [one], trouble };
  if (trouble.length > 0) yield { histories, trouble: [] };
  for (const half of halves(trouble)) yield { histories, trouble: half };
  if (histories.length > 1) return;
  for (const half of halves(histories[0]!.slice(1)))
    yield { histories: [[histories[0]![0]!, ...half]], trouble };
}

/** The list without its first half, without its second half, then without each one. */
function* halves<T>(list: T[]): Generator<T[]> {
  const middle = list.length >> 1;
  if (middle > 0) yield list.slice(0, middle);
  if (middle > 0) yield list.slice(middle);
  for (const left of list.keys()) yield list.toSpliced(left, 1);
}

async function firstThat(
  endsWrong: (round: Round) => Promise<boolean>,
  candidates: Iterable<Round>,
  deadline: number,
): Promise<Round | undefined> {
  for (const candidate of candidates) {
    if (Date.now() > deadline) return undefined;
    if (await endsWrong(candidate)) return candidate;
  }
  return undefined;
}
