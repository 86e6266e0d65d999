import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import { childEnvironment } from '../setup/childEnvironment.ts';
import { jobSteps, type JobSteps } from './jobSteps.ts';
import { GOOD_CARD, payOnHostedPage } from './payingPerson.ts';
import { eventually, startWorld, type World } from './world.ts';

/** The processes as they run in production: the child is a process of its own, and dies by kill -9. */
class Killable {
  private child: ChildProcess | undefined;
  private readonly script: string;
  private readonly environment: Record<string, string>;

  constructor(script: string, environment: Record<string, string>) {
    this.script = script;
    this.environment = environment;
  }

  start(): void {
    this.child = spawn(process.execPath, [resolve(__dirname, '../..', this.script)], {
      env: { ...childEnvironment, ...this.environment },
      stdio: 'ignore',
    });
  }

  async kill(signal: 'SIGKILL' | 'SIGTERM' = 'SIGKILL'): Promise<void> {
    const child = this.child!;
    if (child.exitCode !== null || child.signalCode !== null) return;
    const gone = once(child, 'exit');
    child.kill(signal);
    await gone;
  }
}

let world: World;
let web: Killable;
let worker: Killable;
let job: JobSteps;

beforeAll(async () => {
  world = await startWorld({
    environment: {
      LEASE_SECONDS: '1',
      COMMAND_WAIT_SECONDS: '3',
      CRM_SWEEP_SECONDS: '0.5',
      STRIPE_CATCH_UP_SECONDS: '1',
    },
    retryDelaysMs: [200, 400, 800, 1600, 3200],
  });
  await world.stopWorker();
  await world.stopWeb();
  web = new Killable('server/web.ts', world.environment);
  worker = new Killable('server/worker.ts', world.environment);
  await bothStart();
  // Ended in good order once, they keep their compiled modules: a hundred starts follow.
  await Promise.all([web.kill('SIGTERM'), worker.kill('SIGTERM')]);
  await bothStart();
  job = await jobSteps(world);
});
afterAll(async () => {
  await web?.kill();
  await worker?.kill();
  await world?.stop();
});

async function bothStart(): Promise<void> {
  worker.start();
  web.start();
  await eventually(
    async () => (await fetch(`${world.webUrl}/ready`).catch(() => undefined))?.ok,
    'web is ready',
  );
}

/** The main job, step by step. A step that meets a dead process is one that a person presses again. */
async function mainJob(afterStep: (step: string) => Promise<void>): Promise<string> {
  const again = async (step: () => Promise<{ status: string; message: string }>) => {
    await eventually(async () => {
      const answer = await step().catch(() => undefined);
      return answer?.status === 'done' || /was sent|is paid/.test(answer?.message ?? '');
    }, 'the button works');
  };
  const [first, second] = job.products;
  const id = await job.raise([
    { product: first!.name, quantity: 2 },
    { product: second!.name, quantity: 1 },
  ]);
  await afterStep('raise');
  await again(() => world.rep.sync(id));
  await afterStep('sync');
  const [line] = await world.rep.lines(id);
  await world.rep.update('Invoice_Line__c', line!.Id, { Quantity__c: 4 });
  await afterStep('edit');
  await again(() => world.rep.send(id));
  await afterStep('send');
  const [invoice] = await job.stripeInvoices(id);
  await payOnHostedPage(invoice!.hosted_invoice_url!, GOOD_CARD);
  await afterStep('pay');
  return id;
}

async function endedRight(id: string): Promise<void> {
  const paid = await eventually(async () => {
    const invoice = await world.rep.invoice(id);
    return invoice.Status__c === 'Paid' && invoice.Sent_At__c && invoice.Sync_Status__c === 'Synced'
      ? invoice
      : undefined;
  }, `${id} is paid in the org`);
  const stripeId = String(paid.Stripe_Invoice_Id__c);
  const made = await job.stripeInvoices(id);
  expect(made.map((invoice) => invoice.id)).toEqual([stripeId]);
  expect(made[0]).toMatchObject({ status: 'paid', amount_remaining: 0 });
  expect(paid.Amount_Paid__c).toBe(made[0]!.amount_paid / 100);
  expect(made[0]!.lines.data.map(({ quantity }) => quantity).sort()).toEqual([1, 4]);
  expect(await job.mailsOf(stripeId)).toHaveLength(1);
}

describe.each([
  ['web', () => web],
  ['worker', () => worker],
])('kill -9 of %s', (_, victim) => {
  test.each(['raise', 'sync', 'edit', 'send', 'pay'])(
    'after "%s", then a restart: the job ends right, with one invoice and one mail',
    async (killedAfter) => {
      const id = await mainJob(async (step) => {
        if (step !== killedAfter) return;
        await victim().kill();
        victim().start();
      });
      await endedRight(id);
    },
  );
});

// Each rhythm meets other points of the work.
test.each([0, 110])(
  'kill -9 of both every 250 + %i ms while the job runs: it ends right, with one invoice and one mail',
  async (delayMs) => {
    let running = true;
    const killing = (async () => {
      for (let round = 0; round < 3 && running; round++) {
        await new Promise((done) => setTimeout(done, 250 + delayMs));
        await Promise.all([worker.kill(), web.kill()]);
        await bothStart();
      }
    })();
    const id = await mainJob(async () => {});
    running = false;
    await killing;
    await endedRight(id);
  },
);
