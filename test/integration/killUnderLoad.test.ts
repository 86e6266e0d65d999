import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import type Stripe from 'stripe';
import { CrashingProcess } from '../simulation/crashingProcess.ts';
import { jobSteps, type JobSteps } from './jobSteps.ts';
import { GOOD_CARD, payOnHostedPage } from './payingPerson.ts';
import { eventually, startWorld, type World } from './world.ts';

// KILLS=50 is the long run that docs/performance.md tells of.
const KILLS = Number(process.env.KILLS ?? 6);
// After every second kill of the worker the web process is killed once.
const VICTIMS = Array.from({ length: KILLS }, (_, index) =>
  index % 2 === 0 ? (['worker'] as const) : (['worker', 'web'] as const),
).flat();
const SEED = 7;
// Jobs that are under way at any moment, each on an invoice of its own.
const AT_ONCE = 8;
// How much gets done between two kills is counted in calls, so that a slow machine kills no faster than it works.
const CALLS_BETWEEN = [20, 120] as const;

// About a minute on a machine that has nothing else to do.
jest.setTimeout(20 * 60_000);

let world: World;
let job: JobSteps;
let processes: Record<'worker' | 'web', CrashingProcess>;

beforeAll(async () => {
  world = await startWorld({
    changeStream: true,
    environment: {
      LEASE_SECONDS: '1',
      COMMAND_WAIT_SECONDS: '3',
      CRM_SWEEP_SECONDS: '1',
      STRIPE_CATCH_UP_SECONDS: '1',
    },
    retryDelaysMs: [200, 400, 800, 1600, 3200],
  });
  await Promise.all([world.stopWorker(), world.stopWeb()]);
  processes = {
    worker: new CrashingProcess('workerProcess.ts', world.environment),
    web: new CrashingProcess('webProcess.ts', world.environment),
  };
  await Promise.all([processes.worker.start(), processes.web.start()]);
  job = await jobSteps(world);
});
afterAll(async () => {
  await Promise.all(Object.values(processes ?? {}).map((each) => each.stop()));
  await world?.stop();
});

interface Job {
  crmId: string;
  description: string;
  quantity: number;
}

/** Raise, edit on both sides, send, pay; a step that meets a dead process is pressed again. */
async function wholeJob(index: number): Promise<Job> {
  const { rep, stripe } = world;
  const [first, second] = job.products;
  const crmId = await job.raise([
    { product: first!.name, quantity: 1 },
    { product: second!.name, quantity: 1 },
  ]);
  await works((key) => rep.sync(crmId, key));
  const [description, quantity] = [`Agreed in Stripe ${index}`, 10 + index];
  const [line] = await rep.lines(crmId);
  const { id: stripeId } = await job.stripeInvoice(crmId);
  await Promise.all([
    rep.update('Invoice_Line__c', line!.Id, { Quantity__c: quantity }),
    stripe.invoices.update(stripeId, { description }),
  ]);
  await works((key) => rep.send(crmId, key));
  const url = (await stripe.invoices.retrieve(stripeId)).hosted_invoice_url!;
  await payOnHostedPage(url, GOOD_CARD);
  return { crmId, description, quantity };
}

/** Pressed again with the same key, as the page does after a lost answer; with a new one after a refusal. */
async function works(press: (key: string) => Promise<{ status: string; message: string }>): Promise<void> {
  let [key, last]: [string, unknown] = [randomUUID(), undefined];
  await eventually(
    async () => {
      const answer = await press(key).catch((error: unknown) => void (last = error));
      last = answer ?? last;
      if (answer?.status === 'failed') key = randomUUID();
      if (answer?.status !== 'done') await pause(100);
      return answer?.status === 'done' || /was sent|is paid/.test(answer?.message ?? '');
    },
    'the button works',
    120_000,
  ).catch((error: unknown) => {
    throw new Error(`${String(error)}; at last: ${JSON.stringify(last) ?? String(last)}`);
  });
}

async function callsSoFar(): Promise<number> {
  const sides = (['stripe', 'org'] as const).map((side) =>
    world.control<{ total: number }>(side, 'GET', '/calls'),
  );
  return (await Promise.all(sides)).reduce((sum, { total }) => sum + total, 0);
}

/** Jobs go on, several at once, until the last of the victims is killed. */
async function underLoad(): Promise<{ jobs: Job[]; killed: number }> {
  const kills = VICTIMS.length;
  const random = seeded(SEED);
  const jobs: Job[] = [];
  let [killed, begun, atWork] = [0, 0, 0];
  const working = Array.from({ length: AT_ONCE }, async () => {
    while (killed < kills) {
      // Not many more jobs than kills, however long a process takes to start.
      if (begun >= killed + 2 * AT_ONCE) {
        await pause(20);
        continue;
      }
      atWork += 1;
      jobs.push(await wholeJob((begun += 1)));
      atWork -= 1;
    }
  });
  const killing = (async () => {
    while (killed < kills) {
      const [least, most] = CALLS_BETWEEN;
      const until = (await callsSoFar()) + least + Math.floor(random() * (most - least));
      while (atWork > 0 && (await callsSoFar()) < until) await pause(10);
      await processes[VICTIMS[killed]!].restart();
      killed += 1;
    }
  })();
  await Promise.all([...working, killing]);
  return { jobs, killed };
}

/** What is wrong with one job in the end, in words. */
async function wrong(
  { crmId, description, quantity }: Job,
  made: Stripe.Invoice[],
): Promise<{ lost: string[]; doubled: string[] }> {
  const { rep } = world;
  const [lost, doubled]: string[][] = [[], []];
  const marked = made.filter(({ metadata }) => metadata?.salesforce_id === crmId);
  if (marked.length > 1) doubled!.push(`${crmId} is in Stripe ${marked.length} times`);
  const [invoice] = marked;
  const record = await rep.invoice(crmId);
  if (!invoice || record.Stripe_Invoice_Id__c !== invoice.id)
    return { lost: [`${crmId} is not paired`], doubled: doubled! };
  const say = (is: boolean, words: string) => void (is || lost!.push(`${crmId} ${words}`));
  say(
    invoice.status === 'paid' && record.Status__c === 'Paid',
    `is ${String(record.Status__c)} and ${invoice.status}`,
  );
  say(record.Amount_Paid__c === invoice.amount_paid / 100, 'has another amount paid');
  say(
    record.Description__c === description && invoice.description === description,
    'lost the edit made in Stripe',
  );
  const quantities = (lines: (number | null)[]) =>
    lines
      .map(Number)
      .sort((a, b) => a - b)
      .join();
  const wanted = quantities([1, quantity]);
  say(
    quantities(invoice.lines.data.map((line) => line.quantity)) === wanted,
    'lost the edit made in the org',
  );
  say(
    quantities((await rep.lines(crmId)).map((line) => line.Quantity__c as number)) === wanted,
    'has other lines',
  );
  const mails = (await job.mailsOf(invoice.id)).length;
  const payments = await rep.query(`SELECT Id FROM Payment_Confirmation__c WHERE Invoice__c = '${crmId}'`);
  for (const [what, count] of Object.entries({ mails, payments: payments.length })) {
    if (count === 0) lost!.push(`${crmId} has no ${what}`);
    if (count > 1) doubled!.push(`${crmId} has ${count} ${what}`);
  }
  return { lost: lost!, doubled: doubled! };
}

test(`kill -9 of worker and web ${VICTIMS.length} times while ${AT_ONCE} invoices are worked on at once: nothing is lost, nothing is done twice`, async () => {
  const startedAt = Date.now();
  const { jobs, killed } = await underLoad();
  const killedAt = Date.now();
  const results = async () => {
    const made = await world.stripe.invoices.list({ limit: 100 }).autoPagingToArray({ limit: 1000 });
    return Promise.all(jobs.map((each) => wrong(each, made)));
  };
  await eventually(
    async () => (await results()).every(({ lost }) => lost.length === 0),
    'every job is whole',
  ).catch(() => undefined);
  await job.quiet();
  const ended = await results();
  const lost = ended.flatMap((one) => one.lost);
  const doubled = ended.flatMap((one) => one.doubled);
  const customers = await world.stripe.customers.list({ limit: 100 });
  process.stdout.write(
    `${killed} kills of worker and web during ${jobs.length} jobs in ${Math.round((killedAt - startedAt) / 1000)} s: ` +
      `${lost.length} lost, ${doubled.length} doubled\n`,
  );
  expect({ lost, doubled }).toEqual({ lost: [], doubled: [] });
  expect(new Set(customers.data.map(({ metadata }) => metadata.salesforce_id)).size).toBe(
    customers.data.length,
  );
  expect(killed).toBe(VICTIMS.length);
});

function seeded(seed: number): () => number {
  let state = seed * 2654435761 + 1;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}
