import { printTable } from './table.ts';
import { calls, customerOf, settled, withWorld } from './worldOfInvoices.ts';

const CHANGES = 10;
const TIMES = 5;

/** Ten events on one invoice: how often the org is written, when they come at once and when they come as they are made. */
export async function burst(): Promise<void> {
  await withWorld(async (world) => {
    const { stripeId } = await customerOf(world);
    await settled(world);
    const writes = async (mode: 'hold' | 'normal') => {
      await world.control('stripe', 'POST', '/deliveries/mode', { mode });
      await world.control('org', 'DELETE', '/calls');
      for (let change = 1; change <= CHANGES; change++) {
        await world.stripe.invoices.update(stripeId, { description: `Change ${change} at ${Date.now()}` });
      }
      await world.control('stripe', 'POST', '/deliveries/release', {});
      // The last delivery is on its way when its change is answered.
      await new Promise((resolve) => setTimeout(resolve, 500));
      await settled(world);
      return Object.entries(await calls(world, 'org')).reduce(
        (sum, [path, count]) => sum + (/^(PATCH|POST|DELETE) .*\/composite/.test(path) ? count : 0),
        0,
      );
    };
    const rows = [];
    for (const mode of ['hold', 'normal'] as const) {
      const seen: number[] = [];
      for (let time = 0; time < TIMES; time++) seen.push(await writes(mode));
      rows.push({
        events: mode === 'hold' ? `${CHANGES} at once` : `${CHANGES}, each as its change is made`,
        'writes to the org, each time': seen.join(' '),
      });
    }
    printTable(`${CHANGES} events on one invoice, ${TIMES} times`, rows);
  });
}
