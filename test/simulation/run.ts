import { withoutFaults } from '../integration/jobSteps.ts';
import { endsRight } from './endsRight.ts';
import type { Step } from './history.ts';
import type { Journal } from './journal.ts';
import { People } from './people.ts';
import type { Simulated } from './simulated.ts';

/**
 * Lets a history happen, then lets the trouble end and the engine come to rest, and looks at what has become of every
 * invoice. Throws a description of all that is not right.
 */
export async function runHistory(simulated: Simulated, history: Step[]): Promise<void> {
  const { world } = simulated;
  await simulated.forgetEarlier();
  const people = new People(simulated);
  try {
    for (const step of history) await happen(simulated, people, step);
  } finally {
    await withoutFaults(world);
    await Promise.all(people.pressed);
  }
  await world.control('stripe', 'POST', '/deliveries/release', {});
  await simulated.sweep();
  await simulated.quiet();
  // A second look of the engine at everything must find nothing to write: otherwise the sides would echo for ever.
  await simulated.sweep();
  await simulated.quiet();
  await Promise.all([world.control('stripe', 'DELETE', '/calls'), world.control('org', 'DELETE', '/calls')]);
  await simulated.sweep();
  await markAll(simulated, people.journals);
  await simulated.quiet();
  const problems = (await simulated.writes()).map((call) => `written though nothing differs: ${call}`);
  problems.push(...(await endsRight(simulated, people.journals)));
  if (problems.length > 0) throw new Error(problems.join('\n'));
}

async function markAll({ world }: Simulated, journals: Journal[]): Promise<void> {
  await world.database.pool.query(
    `SELECT mark_dirty('invoice', stripe_id, crm_id, 'stripe') FROM sync_record WHERE crm_id = ANY($1)`,
    [journals.map(({ crmId }) => crmId)],
  );
}

async function happen(simulated: Simulated, people: People, step: Step): Promise<void> {
  const { world } = simulated;
  const { journals } = people;
  const journal = 'invoice' in step ? journals[step.invoice % journals.length]! : journals[0]!;
  switch (step.do) {
    case 'raise':
      return people.raise(step);
    case 'sync':
    case 'send':
      return people.press(step.do, journal, step.wait);
    case 'pay':
      return people.pay(journal, step.good);
    case 'void':
    case 'uncollectible':
      return people.end(step.do, journal);
    case 'editTerms':
      return people.editTerms(step, journal);
    case 'editLine':
      return people.editLine(step, journal);
    case 'addLine':
      return people.addLine(step, journal);
    case 'deleteLine':
      return people.deleteLine(step, journal);
    case 'contest':
      return people.contest(step, journal);
    case 'fault':
      return fault(simulated, step);
    case 'deliveries':
      return void (await world.control('stripe', 'POST', '/deliveries/mode', {
        mode: step.mode,
        duplicates: step.duplicates,
        shuffle: step.shuffle,
      }));
    case 'release':
      return release(simulated, step.backwards);
    case 'crash':
      await sleep(step.afterMs);
      return simulated.restartWorker();
    case 'pause':
      return sleep(step.ms);
  }
}

async function fault({ world }: Simulated, step: Extract<Step, { do: 'fault' }>): Promise<void> {
  const { kind, status, times } = step;
  if (step.side === 'stripe') {
    const body = { error: { type: 'api_error', message: 'Something went wrong.' } };
    await world.control('stripe', 'POST', '/faults', { kind, status, body, times });
  } else {
    // Only paths that the engine alone takes: what a person writes in the org is written once.
    const match = { path: '^/services/(data/v67\\.0/(composite|query)|oauth2/token)' };
    await world.control('org', 'POST', '/faults', { match, kind, status, times });
  }
}

/** Held deliveries come in the order of their making, or the other way round. */
async function release({ world }: Simulated, backwards: boolean): Promise<void> {
  const { deliveries } = await world.control<{ deliveries: { event: string; status: string }[] }>(
    'stripe',
    'GET',
    '/deliveries',
  );
  const held = deliveries.filter(({ status }) => status === 'held').map(({ event }) => event);
  const order = [...new Set(backwards ? held.reverse() : held)];
  await world.control('stripe', 'POST', '/deliveries/release', { order });
}

const sleep = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));
