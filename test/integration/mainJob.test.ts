import { jobSteps, withoutFaults, type JobSteps } from './jobSteps.ts';
import { daysFromNow } from './orgUser.ts';
import { DECLINED_CARD, GOOD_CARD, payOnHostedPage } from './payingPerson.ts';
import { eventually, startWorld, type World } from './world.ts';

let world: World;
let job: JobSteps;
beforeAll(async () => {
  world = await startWorld();
  job = await jobSteps(world);
});
afterAll(() => world?.stop());
afterEach(() => withoutFaults(world));

describe('the main job', () => {
  test('raise, edit, send, pay: both sides say the same at each step, to the cent', async () => {
    const { account, products } = job;
    const id = await world.rep.raiseInvoice({
      account,
      description: 'Rollout',
      dueDate: daysFromNow(14),
      lines: [
        { product: products[0]!.name, quantity: 2 },
        { product: products[1]!.name, quantity: 3 },
      ],
    });
    const raisedAnswer = await world.rep.sync(id);
    expect(raisedAnswer).toMatchObject({ status: 'done', invoice: { status: 'Draft' } });
    const total = products[0]!.unitPrice * 2 + products[1]!.unitPrice * 3;
    let inOrg = await world.rep.invoice(id);
    let inStripe = await job.stripeInvoice(id);
    expect(inOrg).toMatchObject({ Status__c: 'Draft', Sync_Status__c: 'Synced', Description__c: 'Rollout' });
    expect(inOrg.Total__c).toBeCloseTo(total, 6);
    expect(inStripe).toMatchObject({
      status: 'draft',
      auto_advance: false,
      collection_method: 'send_invoice',
      description: 'Rollout',
      total: Math.round(total * 100),
      metadata: { salesforce_id: id },
    });
    expect(inStripe.lines.data).toHaveLength(2);

    // What the raising caused is done: from here on only Sync brings the edit to Stripe.
    await job.quiet();
    const [first, second] = await world.rep.lines(id);
    await world.rep.update('Invoice_Line__c', first!.Id, { Quantity__c: 5 });
    await world.rep.delete('Invoice_Line__c', second!.Id);
    const edited = await world.rep.sync(id);
    expect(edited.message).toContain('Stripe: Line quantity 2 → 5');
    inStripe = await job.stripeInvoice(id);
    expect(inStripe.lines.data.map(({ quantity }) => quantity)).toEqual([5]);
    expect(inStripe.total).toBe(Math.round(products[0]!.unitPrice * 5 * 100));

    const answer = await world.rep.send(id);
    expect(answer.status).toBe('done');
    expect(answer.message).toMatch(/was sent to .+@/);
    inOrg = await world.rep.invoice(id);
    inStripe = await job.stripeInvoice(id);
    expect(inStripe.status).toBe('open');
    expect(inOrg).toMatchObject({
      Status__c: 'Open',
      Number__c: inStripe.number,
      Hosted_Invoice_Url__c: inStripe.hosted_invoice_url,
      Amount_Due__c: inStripe.amount_due / 100,
      Amount_Remaining__c: inStripe.amount_remaining / 100,
    });
    expect(inOrg.Sent_At__c).not.toBeNull();
    const [mail, ...more] = await job.mailsOf(inStripe.id);
    expect(more).toEqual([]);
    expect(mail!.text).toContain(inStripe.hosted_invoice_url);

    await payOnHostedPage(inStripe.hosted_invoice_url!, GOOD_CARD);
    const paid = await job.becomes(id, 'Paid');
    expect(paid).toMatchObject({
      Amount_Paid__c: inStripe.total / 100,
      Amount_Remaining__c: 0,
      Payment_State__c: 'Paid',
    });
    expect(paid.Paid_At__c).not.toBeNull();
  });

  test('a declined card leaves the invoice open and says why; a second card then pays it', async () => {
    const id = await job.raiseAndSend();
    const { hosted_invoice_url: url } = await job.stripeInvoice(id);
    expect(await payOnHostedPage(url!, DECLINED_CARD)).toMatch(/declined/i);
    const declined = await eventually(async () => {
      const invoice = await world.rep.invoice(id);
      return invoice.Last_Payment_Error__c ? invoice : undefined;
    }, 'the reason is on the record');
    expect(declined).toMatchObject({ Status__c: 'Open', Amount_Paid__c: 0 });
    expect(declined.Last_Payment_Error__c).toMatch(/declined/i);
    await payOnHostedPage(url!, GOOD_CARD);
    expect(await job.becomes(id, 'Paid')).toMatchObject({ Last_Payment_Error__c: null });
  });

  test('Sync Invoice after a lost webhook repairs the record and says what changed', async () => {
    const id = await job.raiseAndSend();
    await job.quiet();
    await world.control('stripe', 'POST', '/deliveries/mode', { mode: 'drop' });
    await payOnHostedPage((await job.stripeInvoice(id)).hosted_invoice_url!, GOOD_CARD);
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(await world.rep.invoice(id)).toMatchObject({ Status__c: 'Open' });
    const answer = await world.rep.sync(id);
    expect(answer.message).toContain('Status Open → Paid');
    expect(await world.rep.invoice(id)).toMatchObject({ Status__c: 'Paid' });
    const again = await world.rep.sync(id);
    expect(again.message).toBe('Nothing differed: Salesforce and Stripe say the same.');
  });
});

describe('changes on either side', () => {
  test('an edit of the draft in Stripe comes to the org, lines too', async () => {
    const id = await job.raiseAndSync();
    const stripe = await job.stripeInvoice(id);
    await world.stripe.invoices.update(stripe.id, { description: 'Changed in the dashboard' });
    await world.stripe.invoices.addLines(stripe.id, { lines: [{ amount: 1250, description: 'Travel' }] });
    await eventually(async () => (await world.rep.lines(id)).length === 3, 'the new line is in the org');
    const inOrg = await world.rep.invoice(id);
    expect(inOrg).toMatchObject({ Description__c: 'Changed in the dashboard' });
    expect(inOrg.Total__c).toBe((await job.stripeInvoice(id)).total / 100);
    // Its end is silence: no echo of our own writes goes on.
    await job.quiet();
    expect((await world.rep.lines(id)).at(-1)).toMatchObject({
      Description__c: 'Travel',
      Amount__c: 12.5,
      Quantity__c: 1,
    });
  });

  test('an invoice made in Stripe for a known customer appears in the org with its lines', async () => {
    const known = await job.stripeInvoice(await job.raiseAndSync());
    const made = await world.stripe.invoices.create({
      customer: known.customer as string,
      collection_method: 'send_invoice',
      days_until_due: 30,
      currency: 'usd',
    });
    await world.stripe.invoices.addLines(made.id, {
      lines: [{ amount: 9900, description: 'Made in Stripe' }],
    });
    await world.stripe.invoices.finalizeInvoice(made.id);
    const [record] = await eventually(async () => {
      const found = await world.rep.query(
        `SELECT Id, Status__c, Total__c, Account__r.Name FROM Invoice__c WHERE Stripe_Invoice_Id__c = '${made.id}' AND Status__c = 'Open'`,
      );
      return found.length > 0 ? found : undefined;
    }, 'the invoice is in the org');
    expect(record).toMatchObject({ Total__c: 99, Account__r: { Name: job.account } });
    await job.quiet();
    expect(await world.rep.lines(record!.Id)).toMatchObject([
      { Description__c: 'Made in Stripe', Amount__c: 99 },
    ]);
  });

  test('a customer changed on one side is changed on the other', async () => {
    const { customer } = await job.stripeInvoice(await job.raiseAndSync());
    const [{ Id: accountId }] = (await world.rep.query(
      `SELECT Id FROM Account WHERE Name = '${job.account}'`,
    )) as [{ Id: string }];
    await world.stripe.customers.update(customer as string, { phone: '+1 555 0100' });
    await eventually(async () => {
      const [record] = await world.rep.query<{ Phone: string }>(
        `SELECT Phone FROM Account WHERE Id = '${accountId}'`,
      );
      return record!.Phone === '+1 555 0100';
    }, 'the phone number is in the org');
  });
});
