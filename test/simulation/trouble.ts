import { setTimeout as pause } from 'node:timers/promises';
import { withoutFaults } from '../integration/jobSteps.ts';
import type { Trouble } from './history.ts';
import type { Simulated } from './simulated.ts';

type Of<D extends Trouble['do']> = Extract<Trouble, { do: D }>;

// Only paths that the engine alone takes: what a person writes in the org is written once.
const ENGINE_PATHS = '^/services/(data/v67\\.0/(composite|query)|oauth2/token)';

export async function befall(simulated: Simulated, trouble: Trouble): Promise<void> {
  const { world } = simulated;
  switch (trouble.do) {
    case 'fault':
      return fault(simulated, trouble);
    case 'slow': {
      const { side, ms: delayMs, times } = trouble;
      const match = side === 'stripe' ? {} : { path: ENGINE_PATHS };
      return order(simulated, side, { match, kind: 'delay', delayMs, times });
    }
    case 'deliveries': {
      const { mode, duplicates, shuffle } = trouble;
      return void (await world.control('stripe', 'POST', '/deliveries/mode', { mode, duplicates, shuffle }));
    }
    case 'release':
      return release(simulated, trouble.backwards);
    case 'stream': {
      const body = 'events' in trouble ? { [trouble.kind]: trouble.events } : { [trouble.kind]: true };
      return void (await world.control('org', 'POST', '/stream', body));
    }
    case 'lateCommits': {
      const { ms: commitDelayMs, times } = trouble;
      return void (await world.control('org', 'POST', '/transactions', { commitDelayMs, times }));
    }
    case 'locks':
      return void (await world.control('org', 'POST', '/transactions', { lockHoldMs: trouble.ms }));
    case 'sessionsEnd':
      return simulated.endSessions();
    case 'kill':
      await pause(trouble.afterMs);
      return simulated.restartWorker(trouble.worker);
    case 'killAtCall':
      return killAtCall(simulated, trouble);
    case 'time':
      return simulated.timePasses();
    case 'nothing':
      return;
  }
}

/** Everything works again, and what was held or late comes. */
export async function troubleEnds({ world }: Simulated): Promise<void> {
  await withoutFaults(world);
  await world.control('org', 'DELETE', '/transactions');
  await world.control('org', 'POST', '/stream', { gap: 0, drop: 0, duplicate: 0 });
  await world.control('stripe', 'POST', '/deliveries/release', {});
}

async function fault(simulated: Simulated, { side, kind, status, times }: Of<'fault'>): Promise<void> {
  if (side === 'salesforce')
    return order(simulated, side, { match: { path: ENGINE_PATHS }, kind, status, times });
  const body = { error: { type: 'api_error', message: 'Something went wrong.' } };
  return order(simulated, side, { kind, status, body, times });
}

async function order({ world }: Simulated, side: 'stripe' | 'salesforce', body: object): Promise<void> {
  await world.control(side === 'stripe' ? 'stripe' : 'org', 'POST', '/faults', body);
}

/**
 * Kills the worker at its next writing call, whose answer it never gets: before the call took effect or after. Both workers
 * and people make calls, so it is a call of somebody; if none comes soon, the worker is killed wherever it is.
 */
async function killAtCall(
  simulated: Simulated,
  { worker, side, takesEffect }: Of<'killAtCall'>,
): Promise<void> {
  const { world } = simulated;
  const kind = takesEffect ? 'resetAfter' : 'resetBefore';
  const marker = { kind, times: 1, status: 599 };
  const path = '^/services/data/v67\\.0/composite';
  await order(
    simulated,
    side,
    side === 'stripe' ? { ...marker, match: { method: 'POST' } } : { ...marker, match: { path } },
  );
  const isSet = async () => {
    const listed =
      side === 'stripe'
        ? await world.control<{ status?: number }[]>('stripe', 'GET', '/faults')
        : await world.control<{ status?: number }[]>('org', 'GET', '/faults');
    return listed.some(({ status }) => status === 599);
  };
  simulated.later(async () => {
    const deadline = Date.now() + 400;
    while (Date.now() < deadline && (await isSet())) await pause(2);
    await simulated.restartWorker(worker);
  });
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
