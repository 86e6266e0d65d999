import { remindDue } from '../../sync/reminders/remindDue.ts';
import { openEngine, openLog } from '../../server/wiring.ts';
import { CrashingProcess } from '../simulation/crashingProcess.ts';
import { allStruck, jobSteps, withoutFaults, type JobSteps } from './jobSteps.ts';
import { linkSteps, type LinkSteps } from './linkSteps.ts';
import { moneySteps, type MoneySteps } from './moneySteps.ts';
import { NOON_ZONE, sentDaysAgo } from './reminderSteps.ts';
import { eventually, startWorld, type World } from './world.ts';

let world: World;
let job: JobSteps;
let money: MoneySteps;
let links: LinkSteps;

beforeAll(async () => {
  world = await startWorld({ environment: { LEASE_SECONDS: '2', STORE_DOCUMENTS: 'pdf' } });
  await world.control('stripe', 'POST', '/billing', { timeZone: NOON_ZONE });
  job = await jobSteps(world);
  money = moneySteps(world, job);
  links = linkSteps(world, money);
});
afterAll(() => world?.stop());

test.each([
  ['before Stripe and the org have done what was asked of them', 'delay'],
  ['after they have done it, and before it knew', 'delayAnswer'],
])(
  'kill -9 of a worker in the middle of all of this, %s: one mail, one link, one payment, one refund, one file',
  async (_, kind) => {
    const reminded = await sentDaysAgo(world, job, 25);
    const asked = await money.open();
    const [paid, voided] = [await links.linked(), await links.linked()];
    const stored = await job.raiseAndSync();
    await job.quiet();
    await world.stopWorker();
    const hold = (side: 'stripe' | 'org', path: string) =>
      world.control(side, 'POST', '/faults', { match: { method: 'POST', path }, kind, hold: true, times: 1 });
    await hold('org', '/sobjects/ContentVersion$');
    await hold('stripe', `${reminded.id}/send$`);
    await hold('stripe', '/v1/payment_links$');
    await hold('stripe', `${paid.id}/attach_payment$`);
    await hold('stripe', '/v1/refunds$');
    const { id: storedId } = await job.stripeInvoice(stored);
    await world.stripe.invoices.finalizeInvoice(storedId);
    const worker = new CrashingProcess('workerProcess.ts', world.environment);
    try {
      await worker.start();
      await allStruck(world, 'org');
      await askForReminders();
      const pressed = money.act('create-payment-link', asked.crmId);
      await links.pay(await links.openPage(paid.link.url));
      const page = await links.openPage(voided.link.url);
      await world.stripe.invoices.voidInvoice(voided.id);
      await links.pay(page);
      await allStruck(world, 'stripe');
      // What the dead one has asked for goes on, and its successor asks for the same at that moment.
      await worker.restart();
      await withoutFaults(world);
      // A document that is under way belongs to its worker for three minutes.
      await world.database.pool.query(
        'UPDATE document SET lease_until = now() WHERE lease_until IS NOT NULL',
      );

      expect([200, 202]).toContain((await pressed).status);
      await links.shows(asked.crmId, { Payment_Link_Status__c: 'Pending Payment' });
      await links.shows(paid.crmId, { Status__c: 'Paid', Payment_Link_Status__c: 'Paid' });
      await links.shows(voided.crmId, { Status__c: 'Void', Payment_Link_Status__c: 'Deactivated' });
      await eventually(async () => (await remindersOf(reminded.crmId)) === 1, 'the customer was reminded');
      await eventually(async () => (await documentsDue()) === 0, 'all documents are stored');
      await job.quiet();
    } finally {
      await worker.stop();
      await world.startWorker();
    }

    expect(await job.mailsOf(reminded.id)).toHaveLength(2);
    expect(await links.linksOf(asked.id)).toHaveLength(1);
    await links.isPaidOnce(paid);
    const charges = await links.chargesOf(voided.id);
    expect(charges).toMatchObject([{ refunded: true, amount_refunded: Math.round(voided.total * 100) }]);
    expect(await links.refundsOf(charges)).toHaveLength(1);
    expect(await filesOf(stored)).toHaveLength(1);
    for (const { crmId } of [reminded, asked, paid, voided])
      expect(new Set((await filesOf(crmId)).map(({ ContentDocumentId: id }) => id)).size).toBe(1);
    await noneHasTwoVersionsAlike();
  },
);

/** As the schedule of a worker does: the commands are there, and nobody carries them out yet. */
async function askForReminders(): Promise<void> {
  const { engine, close } = await openEngine(world.config, openLog(world.config, 'test'));
  await engine.org.identify();
  expect(await remindDue({ ...engine, settings: { ...engine.settings, reminders: [-25] } })).toBe(1);
  await close();
}

async function remindersOf(crmId: string): Promise<unknown> {
  const [row] = await world.rep.query(`SELECT Reminder_Count__c FROM Invoice__c WHERE Id = '${crmId}'`);
  return row!.Reminder_Count__c;
}

async function documentsDue(): Promise<number> {
  const { rows } = await world.database.pool.query(
    'SELECT FROM document WHERE stored IS DISTINCT FROM wanted',
  );
  return rows.length;
}

const filesOf = (recordId: string) =>
  world.admin.query<{ ContentDocumentId: string }>(
    `SELECT ContentDocumentId FROM ContentDocumentLink WHERE LinkedEntityId = '${recordId}'`,
  );

async function noneHasTwoVersionsAlike(): Promise<void> {
  const versions = await world.admin.query('SELECT Id, Stripe_Document_Key__c FROM ContentVersion');
  const keys = versions.map((version) => version.Stripe_Document_Key__c);
  expect(new Set(keys).size).toBe(keys.length);
}
