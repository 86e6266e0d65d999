import { randomUUID } from 'node:crypto';
import { daysFromNow } from './orgUser.ts';
import { DECLINED_CARD, GOOD_CARD, payOnHostedPage } from './payingPerson.ts';
import type { Delivery, Mail } from '../../sandbox/stripe/pages/port.ts';
import { eventually, startWorld, type World } from './world.ts';

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world?.stop());
afterEach(async () => {
  await world.control('stripe', 'POST', '/deliveries/mode', { mode: 'normal', duplicates: 0 });
  await world.control('stripe', 'DELETE', '/faults');
  await world.control('org', 'DELETE', '/faults');
});

let account: string;
let products: { name: string; unitPrice: number }[];
beforeAll(async () => {
  const accounts = await world.rep.query<{ Name: string }>(
    'SELECT Name FROM Account WHERE Billing_Email__c != null ORDER BY Name LIMIT 1',
  );
  account = accounts[0]!.Name;
  products = await world.rep.apex('RaiseInvoiceController', 'getProducts', { searchText: '' });
});

const lines = (quantities = [2, 3]) =>
  quantities.map((quantity, index) => ({ product: products[index]!.name, quantity }));
const stripeInvoiceOf = async (crmId: string) =>
  world.stripe.invoices.retrieve(String((await world.rep.invoice(crmId)).Stripe_Invoice_Id__c));
const mailsTo = async (invoiceId: string) =>
  (await world.control<{ mails: Mail[] }>('stripe', 'GET', '/mails')).mails.filter(
    ({ invoice }) => invoice === invoiceId,
  );

async function raised(options: { quantities?: number[] } = {}): Promise<string> {
  const id = await world.rep.raiseInvoice({ account, lines: lines(options.quantities) });
  await world.rep.sync(id);
  return id;
}

async function sent(): Promise<string> {
  const id = await raised();
  await world.rep.send(id);
  return id;
}

const becomes = (id: string, status: string, withinMs = 5_000) =>
  eventually(
    async () => {
      const invoice = await world.rep.invoice(id);
      return invoice.Status__c === status ? invoice : undefined;
    },
    `${id} is ${status} in the org`,
    withinMs,
  );

describe('the main job', () => {
  test('raise, edit, send, pay: both sides say the same at each step, to the cent', async () => {
    const id = await world.rep.raiseInvoice({
      account,
      description: 'Rollout',
      dueDate: daysFromNow(14),
      lines: lines(),
    });
    const raisedAnswer = await world.rep.sync(id);
    expect(raisedAnswer).toMatchObject({ status: 'done', invoice: { status: 'Draft' } });
    const total = products[0]!.unitPrice * 2 + products[1]!.unitPrice * 3;
    let inOrg = await world.rep.invoice(id);
    let inStripe = await stripeInvoiceOf(id);
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

    const [first, second] = await world.rep.lines(id);
    await world.rep.update('Invoice_Line__c', first!.Id, { Quantity__c: 5 });
    await world.rep.delete('Invoice_Line__c', second!.Id);
    const edited = await world.rep.sync(id);
    expect(edited.message).toContain('Stripe: Line quantity 2 → 5');
    inStripe = await stripeInvoiceOf(id);
    expect(inStripe.lines.data.map(({ quantity }) => quantity)).toEqual([5]);
    expect(inStripe.total).toBe(Math.round(products[0]!.unitPrice * 5 * 100));

    const answer = await world.rep.send(id);
    expect(answer.status).toBe('done');
    expect(answer.message).toMatch(/was sent to .+@/);
    inOrg = await world.rep.invoice(id);
    inStripe = await stripeInvoiceOf(id);
    expect(inStripe.status).toBe('open');
    expect(inOrg).toMatchObject({
      Status__c: 'Open',
      Number__c: inStripe.number,
      Hosted_Invoice_Url__c: inStripe.hosted_invoice_url,
      Amount_Due__c: inStripe.amount_due / 100,
      Amount_Remaining__c: inStripe.amount_remaining / 100,
    });
    expect(inOrg.Sent_At__c).not.toBeNull();
    const [mail, ...more] = await mailsTo(inStripe.id);
    expect(more).toEqual([]);
    expect(mail!.text).toContain(inStripe.hosted_invoice_url);

    await payOnHostedPage(inStripe.hosted_invoice_url!, GOOD_CARD);
    const paid = await becomes(id, 'Paid', 2_000);
    expect(paid).toMatchObject({
      Amount_Paid__c: inStripe.total / 100,
      Amount_Remaining__c: 0,
      Payment_State__c: 'Paid',
    });
    expect(paid.Paid_At__c).not.toBeNull();
  });

  test('a declined card leaves the invoice open and says why; a second card then pays it', async () => {
    const id = await sent();
    const { hosted_invoice_url: url } = await stripeInvoiceOf(id);
    expect(await payOnHostedPage(url!, DECLINED_CARD)).toMatch(/declined/i);
    const declined = await eventually(async () => {
      const invoice = await world.rep.invoice(id);
      return invoice.Last_Payment_Error__c ? invoice : undefined;
    }, 'the reason is on the record');
    expect(declined).toMatchObject({ Status__c: 'Open', Amount_Paid__c: 0 });
    expect(declined.Last_Payment_Error__c).toMatch(/declined/i);
    await payOnHostedPage(url!, GOOD_CARD);
    expect(await becomes(id, 'Paid')).toMatchObject({ Last_Payment_Error__c: null });
  });

  test('Sync Invoice after a lost webhook repairs the record and says what changed', async () => {
    const id = await sent();
    await world.control('stripe', 'POST', '/deliveries/mode', { mode: 'drop' });
    await payOnHostedPage((await stripeInvoiceOf(id)).hosted_invoice_url!, GOOD_CARD);
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(await world.rep.invoice(id)).toMatchObject({ Status__c: 'Open' });
    const answer = await world.rep.sync(id);
    expect(answer.message).toContain('Status Open → Paid');
    expect(await world.rep.invoice(id)).toMatchObject({ Status__c: 'Paid' });
    const again = await world.rep.sync(id);
    expect(again.message).toBe('Nothing differed: Salesforce and Stripe say the same.');
  });
});

describe('twice', () => {
  test('the same webhook twenty times ends like once, and writes the org no second time', async () => {
    await world.control('stripe', 'POST', '/deliveries/mode', { mode: 'normal', duplicates: 20 });
    const id = await sent();
    await payOnHostedPage((await stripeInvoiceOf(id)).hosted_invoice_url!, GOOD_CARD);
    await becomes(id, 'Paid');
    await quiet();
    const [{ count }] = (
      await world.database.pool.query(
        `SELECT count(*)::int FROM change JOIN sync_record ON sync_record.id = record_id
         WHERE crm_id = $1 AND field = 'Status__c' AND to_value = '"Paid"'`,
        [id],
      )
    ).rows;
    expect(count).toBe(1);
    const { rows } = await world.database.pool.query(
      `SELECT event_id, count(*)::int FROM inbox_event GROUP BY event_id HAVING count(*) > 1`,
    );
    expect(rows).toEqual([]);
  });

  test('two people who press Send at once cause one mail', async () => {
    const id = await raised();
    const answers = await Promise.all([world.rep.send(id), world.admin.send(id), world.rep.send(id)]);
    expect(answers.map(({ status }) => status).sort()).toEqual(['done', 'failed', 'failed']);
    const refusal = answers.find(({ status }) => status === 'failed');
    expect(refusal!.message).toMatch(/was sent on .* not sent again/);
    expect(await mailsTo((await stripeInvoiceOf(id)).id)).toHaveLength(1);
  });

  test('the same request twice, as after a lost answer, gives the same answer and one mail', async () => {
    const id = await raised();
    const key = randomUUID();
    const first = await world.rep.send(id, key);
    expect(await world.rep.send(id, key)).toEqual(first);
    expect(await mailsTo((await stripeInvoiceOf(id)).id)).toHaveLength(1);
  });
});

describe('out of order', () => {
  test.each(Array.from({ length: 24 }, (_, seed) => seed))(
    'all events of the main job, held and shuffled between its steps, end the same (order %i)',
    async (seed) => {
      const random = seeded(seed);
      await world.control('stripe', 'POST', '/deliveries/mode', { mode: 'hold' });
      const release = async (all: boolean) => {
        const { deliveries } = await world.control<{ deliveries: Delivery[] }>(
          'stripe',
          'GET',
          '/deliveries',
        );
        const held = deliveries.filter(({ status }) => status === 'held').map(({ event }) => event);
        const shuffled = held.map((event) => ({ event, at: random() })).sort((a, b) => a.at - b.at);
        const order = shuffled.filter(() => all || random() < 0.5).map(({ event }) => event);
        if (order.length > 0) await world.control('stripe', 'POST', '/deliveries/release', { order });
      };
      const id = await raised({ quantities: [1, 2] });
      await release(false);
      await world.rep.send(id);
      await release(false);
      const stripe = await stripeInvoiceOf(id);
      await payOnHostedPage(stripe.hosted_invoice_url!, GOOD_CARD);
      await release(true);
      const paid = await becomes(id, 'Paid');
      await quiet();
      expect(await world.rep.invoice(id)).toMatchObject({
        Status__c: 'Paid',
        Number__c: stripe.number,
        Total__c: stripe.total / 100,
        Amount_Paid__c: stripe.total / 100,
        Amount_Remaining__c: 0,
        Sent_At__c: paid.Sent_At__c,
        Sync_Status__c: 'Synced',
      });
      expect(await mailsTo(stripe.id)).toHaveLength(1);
      expect(
        await world.rep.query(`SELECT Id FROM Invoice__c WHERE Stripe_Invoice_Id__c = '${stripe.id}'`),
      ).toHaveLength(1);
    },
  );
});

describe('changes on either side', () => {
  test('an edit of the draft in Stripe comes to the org, lines too', async () => {
    const id = await raised();
    const stripe = await stripeInvoiceOf(id);
    await world.stripe.invoices.update(stripe.id, { description: 'Changed in the dashboard' });
    await world.stripe.invoices.addLines(stripe.id, { lines: [{ amount: 1250, description: 'Travel' }] });
    await eventually(async () => (await world.rep.lines(id)).length === 3, 'the new line is in the org');
    const inOrg = await world.rep.invoice(id);
    expect(inOrg).toMatchObject({ Description__c: 'Changed in the dashboard' });
    expect(inOrg.Total__c).toBe((await stripeInvoiceOf(id)).total / 100);
    expect((await world.rep.lines(id)).at(-1)).toMatchObject({
      Description__c: 'Travel',
      Amount__c: 12.5,
      Quantity__c: 1,
    });
  });

  test('an invoice made in Stripe for a known customer appears in the org with its lines', async () => {
    const known = await stripeInvoiceOf(await raised());
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
    expect(record).toMatchObject({ Total__c: 99, Account__r: { Name: account } });
    expect(await world.rep.lines(record!.Id)).toMatchObject([
      { Description__c: 'Made in Stripe', Amount__c: 99 },
    ]);
  });

  test('a customer changed on one side is changed on the other', async () => {
    const { customer } = await stripeInvoiceOf(await raised());
    const [{ Id: accountId }] = (await world.rep.query(
      `SELECT Id FROM Account WHERE Name = '${account}'`,
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

/** Resolves when no record is dirty any more. */
const quiet = () =>
  eventually(async () => {
    const { rows } = await world.database.pool.query(
      `SELECT 1 FROM sync_record WHERE state = 'dirty' OR lease_until > now() LIMIT 1`,
    );
    return rows.length === 0;
  }, 'all records are clean');

/** A small generator of our own, so that a failing order can be run again. */
function seeded(seed: number): () => number {
  let state = seed * 2654435761 + 1;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}
