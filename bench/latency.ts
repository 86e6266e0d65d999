import type Stripe from 'stripe';
import type { World } from '../test/integration/world.ts';
import { median, printTable, quantile, round } from './table.ts';
import { customerOf, settled, withWorld } from './worldOfInvoices.ts';

const EVENTS = 200;
const PAUSE_MS = 60;

/** From Stripe's answer to a change (its event goes out at that moment) to the commit of the org's field, in an idle system. */
export async function latency(): Promise<void> {
  await withWorld(async (world) => {
    const { stripeId, crmId } = await customerOf(world);
    await settled(world);
    const commits = await watchCommits(world.orgUrl);
    const times: number[] = [];
    const calls: number[] = [];
    for (let event = 0; event < EVENTS; event++) {
      const committed = commits.next(crmId);
      await world.stripe.invoices.update(stripeId, { description: `Change ${event}` });
      const changedAt = performance.now();
      times.push((await committed) - changedAt);
      await settled(world);
      calls.push(await bareCalls(world, { stripeId, crmId }));
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    }
    commits.close();
    const own = median(calls);
    const row = (what: string, part: number) => ({
      what,
      'event to field, ms': round(quantile(times, part), 1),
      'beyond the calls, ms': round(quantile(times, part) - own, 1),
    });
    printTable(
      `From event to CRM field, idle, ${EVENTS} events; the calls by themselves take ${round(own, 1)} ms`,
      [row('p50', 0.5), row('p90', 0.9), row('p99', 0.99), row('longest', 1)],
    );
  });
}

/** What no engine can do without: read the invoice on both sides, write the org. */
async function bareCalls(
  world: World,
  { stripeId, crmId }: { stripeId: string; crmId: string },
): Promise<number> {
  const startedAt = performance.now();
  await world.stripe.invoices.retrieve(stripeId, {
    expand: ['payments.data.payment.payment_intent'],
  } as Stripe.InvoiceRetrieveParams);
  await world.admin.query(
    `SELECT Id, Description__c, (SELECT Id FROM Invoice_Lines__r) FROM Invoice__c WHERE Id = '${crmId}'`,
  );
  await world.admin.update('Invoice__c', crmId, {});
  return performance.now() - startedAt;
}

interface Commits {
  /** When the record is changed next. */
  next(recordId: string): Promise<number>;
  close(): void;
}

/** The org tells of every commit in a stream of server-sent events. */
async function watchCommits(orgUrl: string): Promise<Commits> {
  const ending = new AbortController();
  const session = await fetch(`${orgUrl}/sandbox/session`);
  const cookie = session.headers.get('set-cookie')?.split(';')[0] ?? '';
  const response = await fetch(`${orgUrl}/sandbox/changes`, { headers: { cookie }, signal: ending.signal });
  let waiting: { recordId: string; found: (at: number) => void } | undefined;
  const reading = (async () => {
    for await (const chunk of response.body!) {
      const text = Buffer.from(chunk).toString('utf8');
      if (waiting && text.includes(waiting.recordId)) waiting.found(performance.now());
    }
  })();
  reading.catch(() => undefined); // Ended by close().
  return {
    next: (recordId) => new Promise((found) => (waiting = { recordId, found })),
    close: () => ending.abort(),
  };
}
