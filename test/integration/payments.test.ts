import { randomUUID } from 'node:crypto';
import { jobSteps, withoutFaults, type JobSteps } from './jobSteps.ts';
import { moneySteps, type MoneySteps } from './moneySteps.ts';
import { GOOD_CARD, payOnHostedPage } from './payingPerson.ts';
import { eventually, startWorld, type World } from './world.ts';

let world: World;
let job: JobSteps;
let money: MoneySteps;
beforeAll(async () => {
  world = await startWorld();
  job = await jobSteps(world);
  money = moneySteps(world, job);
});
afterAll(() => world?.stop());
afterEach(() => withoutFaults(world));

const confirmationsOf = (invoiceId: string) =>
  world.rep.query(
    'SELECT Id, Name, Type__c, Status__c, Amount__c, Currency__c, Method__c, Paid_At__c, Stripe_Payment_Id__c, Account__r.Name, ' +
      `Sync_Status__c FROM Payment_Confirmation__c WHERE Invoice__c = '${invoiceId}' ORDER BY CreatedDate, Name`,
  );

async function paid(): Promise<string> {
  const id = await job.raiseAndSend();
  await payOnHostedPage((await job.stripeInvoice(id)).hosted_invoice_url!, GOOD_CARD);
  await job.becomes(id, 'Paid');
  return id;
}

describe('payments', () => {
  test('a payment is confirmed in the org with amount, method and time, once', async () => {
    await world.control('stripe', 'POST', '/deliveries/mode', { mode: 'normal', duplicates: 5 });
    const id = await paid();
    const [confirmation, ...more] = await eventually(async () => {
      const found = await confirmationsOf(id);
      return found[0]?.Status__c === 'Succeeded' ? found : undefined;
    }, 'the payment is in the org');
    expect(more).toEqual([]);
    expect(confirmation).toMatchObject({
      Type__c: 'Payment',
      Amount__c: (await job.stripeInvoice(id)).total / 100,
      Currency__c: 'USD',
      Method__c: 'Visa •••• 4242',
      Stripe_Payment_Id__c: expect.stringMatching(/^pi_/) as string,
      Account__r: { Name: job.account },
      Sync_Status__c: 'Synced',
    });
    expect(confirmation!.Paid_At__c).not.toBeNull();
    await job.quiet();
    expect(await confirmationsOf(id)).toHaveLength(1);
  });

  test('an invoice that nobody has paid yet has no confirmation', async () => {
    const id = await job.raiseAndSend();
    await job.quiet();
    expect(await confirmationsOf(id)).toEqual([]);
  });

  test('a refund made in Stripe stands beside its payment, which says that it was refunded', async () => {
    const id = await paid();
    const [payment] = await eventually(async () => {
      const found = await confirmationsOf(id);
      return found[0]?.Status__c === 'Succeeded' ? found : undefined;
    }, 'the payment is in the org');
    await world.stripe.refunds.create({ payment_intent: String(payment!.Stripe_Payment_Id__c) });
    const [refunded, refund] = await eventually(async () => {
      const found = await confirmationsOf(id);
      return found.length === 2 && found[0]!.Status__c === 'Refunded' ? found : undefined;
    }, 'the refund is in the org');
    expect(refunded).toMatchObject({ Type__c: 'Payment', Status__c: 'Refunded' });
    expect(refund).toMatchObject({
      Type__c: 'Refund',
      Status__c: 'Succeeded',
      Amount__c: payment!.Amount__c,
      Stripe_Payment_Id__c: expect.stringMatching(/^re_/) as string,
    });
  });

  test('a credit note made in Stripe is in the org, lowers what is left to pay, and says when it is void', async () => {
    const id = await job.raiseAndSend();
    const invoice = await job.stripeInvoice(id);
    const note = await world.stripe.creditNotes.create({
      invoice: invoice.id,
      amount: 1000,
      reason: 'order_change',
      memo: 'Agreed on the phone',
    });
    const notes = () =>
      world.rep.query(
        `SELECT Number__c, Amount__c, Status__c, Reason__c, Memo__c FROM Credit_Note__c WHERE Invoice__c = '${id}'`,
      );
    const [credited] = await eventually(async () => {
      const found = await notes();
      return found.length > 0 ? found : undefined;
    }, 'the credit note is in the org');
    expect(credited).toMatchObject({
      Number__c: note.number,
      Amount__c: 10,
      Status__c: 'Issued',
      Reason__c: 'Order Change',
      Memo__c: 'Agreed on the phone',
    });
    await eventually(
      async () =>
        (await world.rep.invoice(id)).Amount_Remaining__c === (invoice.amount_remaining - 1000) / 100,
      'less is left to pay',
    );
    await world.stripe.creditNotes.voidCreditNote(note.id);
    await eventually(
      async () => (await notes())[0]!.Status__c === 'Void',
      'the credit note is void in the org',
    );
  });

  test('a payment that arrives before its invoice is in the org waits for it', async () => {
    await world.control('stripe', 'POST', '/deliveries/mode', { mode: 'hold' });
    const known = await job.stripeInvoice(await job.raiseAndSync());
    const made = await world.stripe.invoices.create({
      customer: known.customer as string,
      collection_method: 'send_invoice',
      days_until_due: 30,
      currency: 'usd',
    });
    await world.stripe.invoices.addLines(made.id, {
      lines: [{ amount: 4200, description: 'Made in Stripe' }],
    });
    await world.stripe.invoices.finalizeInvoice(made.id);
    await world.stripe.invoices.pay(made.id, { payment_method: 'pm_card_visa' });
    const { deliveries } = await world.control<{ deliveries: { event: string; eventType: string }[] }>(
      'stripe',
      'GET',
      '/deliveries',
    );
    const events = (pattern: RegExp) =>
      deliveries.filter(({ eventType }) => pattern.test(eventType)).map(({ event }) => event);
    await world.control('stripe', 'POST', '/deliveries/release', {
      order: events(/^(charge|payment_intent)\./),
    });
    await eventually(async () => {
      const { rows } = await world.database.pool.query(
        `SELECT 1 FROM sync_record WHERE entity = 'payment' AND error_code = 'crm_parent_missing'`,
      );
      return rows.length > 0;
    }, 'the payment waits for its invoice');
    await world.control('stripe', 'POST', '/deliveries/mode', { mode: 'normal' });
    await world.control('stripe', 'POST', '/deliveries/release');
    const [invoice] = await eventually(async () => {
      const found = await world.rep.query(
        `SELECT Id FROM Invoice__c WHERE Stripe_Invoice_Id__c = '${made.id}'`,
      );
      return found.length > 0 ? found : undefined;
    }, 'the invoice is in the org');
    await eventually(
      async () => (await confirmationsOf(invoice!.Id)).length === 1,
      'the payment is in the org',
    );
  });
});

describe('an invoice that is marked as paid leaves one payment from outside, which Stripe keeps no record of', () => {
  const rest = {
    Type__c: 'Out of Band',
    Status__c: 'Succeeded',
    Method__c: 'Marked as paid',
    Currency__c: 'USD',
  };

  test('by the button, pressed twice and looked at again', async () => {
    const { crmId, id, total } = await money.open();
    const key = randomUUID();
    await Promise.all([money.act('mark-paid', crmId, { key }), money.act('mark-paid', crmId, { key })]);
    const [payment] = await money.confirmed(crmId, 1);
    expect(payment).toMatchObject({ ...rest, Amount__c: total, Stripe_Payment_Id__c: id });
    const { status_transitions } = await world.stripe.invoices.retrieve(id);
    expect(Date.parse(String(payment!.Paid_At__c))).toBe(status_transitions.paid_at! * 1000);
    await world.rep.sync(crmId);
    await world.database.pool.query(`SELECT mark_dirty('payment', $1, NULL, 'stripe')`, [id]);
    await job.quiet();
    expect(await money.confirmed(crmId, 1)).toEqual([payment]);
  });

  test('in Stripe, for what a payment before it has left over', async () => {
    const { crmId, id, total } = await money.open();
    await money.record(crmId, { amount: 10 });
    await world.stripe.invoices.pay(id, { paid_out_of_band: true });
    const payments = await money.confirmed(crmId, 2);
    expect(payments.map(({ Amount__c }) => Amount__c)).toEqual([10, total - 10]);
    expect(payments[1]).toMatchObject(rest);
  });

  test('and one that was paid by card or by a recorded payment leaves no other', async () => {
    const card = await money.paidByCard();
    const recorded = await money.open();
    await money.record(recorded.crmId, { amount: recorded.total + 1 });
    await job.quiet();
    for (const { crmId, id } of [card, recorded]) {
      const [payment] = await money.confirmed(crmId, 1);
      expect(payment!.Stripe_Payment_Id__c).not.toBe(id);
    }
  });
});

test('a debit after a declined card, of which Stripe tells by the payment alone, is shown by the invoice', async () => {
  const { crmId, id } = await money.open();
  const { customer } = await world.stripe.invoices.retrieve(id);
  await world.stripe.invoices.pay(id, { payment_method: 'pm_card_chargeDeclined' }).catch(() => undefined);
  await job.quiet();
  const { id: account } = await world.stripe.paymentMethods.attach('pm_usBankAccount_processing', {
    customer: String(customer),
  });
  await world.stripe.invoices.pay(id, { payment_method: account });
  await eventually(
    async () => (await world.rep.invoice(crmId)).Payment_State__c === 'Payment Processing',
    'the invoice says that money is on its way',
  );
});

test('a debit that fails is told, also if the worker was killed before it noted that the org had it', async () => {
  await world.control('stripe', 'POST', '/billing', { bankDebitSeconds: 3600 });
  const { crmId, id } = await money.open();
  const { customer } = await world.stripe.invoices.retrieve(id);
  const { id: account } = await world.stripe.paymentMethods.attach('pm_usBankAccount_insufficientFunds', {
    customer: String(customer),
  });
  await world.stripe.invoices.pay(id, { payment_method: account });
  const becomes = (status: string) =>
    eventually(async () => {
      const [found, ...more] = await confirmationsOf(crmId);
      return found?.Status__c === status && more.length === 0;
    }, `the debit is ${status}`);
  await becomes('Pending');
  await job.quiet();
  await world.stopWorker();
  await world.database.pool.query(
    `UPDATE sync_record SET crm_id = NULL, base = NULL WHERE entity = 'payment' AND base ->> 'invoiceId' = $1`,
    [id],
  );
  const now = Math.floor(Date.now() / 1000);
  await world.control('stripe', 'POST', '/clock', { now: now + 7200 });
  await world.startWorker();
  await becomes('Failed');
  await world.control('stripe', 'POST', '/clock', { now: null });
});
