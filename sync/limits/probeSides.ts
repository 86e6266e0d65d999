import type { Engine } from '../engine.ts';
import { asPerson } from './priority.ts';

/**
 * Looks whether a side that is down, or refuses us, does so still: with a call of its own, because there may be no work
 * that would show it. The breaker lets one through after each of its pauses.
 */
export async function probeSides({ gates, stripe, org, log }: Engine): Promise<void> {
  const probes = [
    { gate: gates.stripe, call: () => stripe.customers.list({ limit: 1 }) },
    { gate: gates.salesforce, call: () => org.request('GET', '/limits') },
  ];
  const due = probes.filter(
    ({ gate: { breaker, stopped } }) => !stopped && breaker.isDown && !breaker.isOpen,
  );
  await Promise.all(
    due.map(async ({ gate, call }) => {
      try {
        await asPerson<Promise<unknown>>(call);
        log.info({ side: gate.side }, 'It answers again. Work goes on.');
      } catch (error) {
        // What the answer means, the gate has seen.
        log.debug({ error, side: gate.side }, 'It was tried.');
      }
    }),
  );
}
