import { jobSteps, withoutFaults, type JobSteps } from './jobSteps.ts';
import { linkSteps, type LinkSteps } from './linkSteps.ts';
import { moneySteps, usd, type MoneySteps } from './moneySteps.ts';
import { REFUND_FAILS_CARD } from './payingPerson.ts';
import { eventually, startWorld, type World } from './world.ts';

let world: World;
let job: JobSteps;
let money: MoneySteps;
let links: LinkSteps;
beforeAll(async () => {
  world = await startWorld();
  job = await jobSteps(world);
  money = moneySteps(world, job);
  links = linkSteps(world, money);
});
afterAll(() => world?.stop());
afterEach(() => withoutFaults(world));

const minor = (amount: number) => Math.round(amount * 100);

test.each([
  [
    'paid on its hosted page',
    (id: string) => world.stripe.invoices.pay(id, { payment_method: 'pm_card_visa' }),
    'Paid',
    'was paid already',
  ],
  [
    'marked as paid',
    (id: string) => world.stripe.invoices.pay(id, { paid_out_of_band: true }),
    'Paid',
    'was paid already',
  ],
  ['voided', (id: string) => world.stripe.invoices.voidInvoice(id), 'Void', 'was void'],
  [
    'given up',
    (id: string) => world.stripe.invoices.markUncollectible(id),
    'Uncollectible',
    'was marked uncollectible',
  ],
])(
  "an invoice that is %s at the moment in which its link is paid: the link's payment goes back, in full and once",
  async (_, inBetween, status, because) => {
    const paid = await links.linked();
    const page = await links.openPage(paid.link.url);
    await links.unseen(async () => {
      await inBetween(paid.id);
      expect(await links.pay(page)).toContain('Thanks for your payment');
    });
    const shown = await links.shows(paid.crmId, { Status__c: status, Payment_Link_Status__c: 'Deactivated' });
    expect(shown.Payment_Link_Note__c).toMatch(
      new RegExp(
        `^${usd(paid.total)} that were paid through the payment link on .* were refunded: the invoice ${because}\\.$`,
      ),
    );
    await job.quiet();
    const charges = await links.chargesOf(paid.id);
    expect(charges).toMatchObject([{ amount_refunded: minor(paid.total) }]);
    expect(await links.refundsOf(charges)).toHaveLength(1);
    // It never counted, so the invoice's own money is as it was.
    await links.shows(paid.crmId, { Amount_Refunded__c: 0, Payment_State__c: status });
    const kinds = (await confirmations(paid.crmId)).map(({ Type__c: type, Amount__c: amount }) => [
      type,
      amount,
    ]);
    expect(kinds).toContainEqual(['Refund', paid.total]);
    expect((await world.stripe.paymentLinks.retrieve(paid.link.id)).active).toBe(false);
  },
);

test('a part is paid another way: the link is made anew over what is left, and the page of the old one is closed', async () => {
  const paid = await links.linked();
  const page = await links.openPage(paid.link.url);
  await money.record(paid.crmId, { amount: 10 });
  const left = paid.total - 10;
  const fresh = await eventually(
    async () => (await links.linksOf(paid.id)).find(({ active }) => active),
    'there is another link',
  );
  await links.shows(paid.crmId, {
    Payment_Link_Status__c: 'Pending Payment',
    Payment_Link_Url__c: fresh.url,
  });
  expect(fresh.id).not.toBe(paid.link.id);
  expect(await links.pay(page)).toContain('expired');
  await links.pay(await links.openPage(fresh.url));
  await links.shows(paid.crmId, {
    Status__c: 'Paid',
    Payment_Link_Status__c: 'Paid',
    Payment_Link_Note__c: null,
  });
  expect(await links.chargesOf(paid.id)).toMatchObject([{ amount: minor(left), amount_refunded: 0 }]);
});

test('a part is paid another way at the moment in which the link is paid: exactly the excess goes back', async () => {
  const paid = await links.linked();
  const page = await links.openPage(paid.link.url);
  await links.unseen(async () => {
    await attachOutside(paid.id, 1000);
    await links.pay(page);
  });
  const shown = await links.shows(paid.crmId, { Status__c: 'Paid', Payment_Link_Status__c: 'Paid' });
  expect(shown.Payment_Link_Note__c).toMatch(
    /^10\.00 USD of .* were refunded: that much was not left to pay\.$/,
  );
  await job.quiet();
  expect(await links.chargesOf(paid.id)).toMatchObject([{ amount_refunded: 1000 }]);
  const invoice = await world.stripe.invoices.retrieve(paid.id);
  expect(invoice).toMatchObject({ status: 'paid', amount_remaining: 0, amount_overpaid: 0 });
  // The payment itself, what went back of it, and the part from outside; no other record of the same money.
  await links.shows(paid.crmId, { Amount_Refunded__c: 0, Payment_State__c: 'Paid' });
  expect(
    (await money.confirmed(paid.crmId, 3)).map(({ Type__c: type, Amount__c: amount }) => [type, amount]),
  ).toEqual(
    expect.arrayContaining([
      ['Payment', paid.total],
      ['Refund', 10],
      ['Out of Band', 10],
    ]),
  );
  // What counts can still be refunded from the record, and is then known as refunded.
  expect((await money.act('refund', paid.crmId)).body.message).toContain(usd(paid.total - 10));
  await links.shows(paid.crmId, { Payment_State__c: 'Partially Refunded' });
});

test('a refund that Stripe refuses is said on the record, and can be asked for of the void invoice', async () => {
  const paid = await links.refundRefused();
  const shown = await links.shows(paid.crmId, { Status__c: 'Void', Payment_Link_Status__c: 'Refund Failed' });
  expect(shown.Payment_Link_Note__c).toMatch(
    /could not be refunded .*Insufficient funds.* Refund them by hand\.$/,
  );
  const { status, body } = await money.act('refund', paid.crmId);
  expect({ status, words: body.message }).toEqual({
    status: 200,
    words: expect.stringContaining(usd(paid.total)) as string,
  });
  expect(await links.refundsOf(await links.chargesOf(paid.id))).toHaveLength(1);
  expect((await money.act('refund', paid.crmId)).body).toMatchObject({ code: 'nothing_to_refund' });
  await links.shows(paid.crmId, { Payment_Link_Status__c: 'Deactivated' });
});

test('a refund that the bank sends back days later is said on the record, until somebody has given the money back', async () => {
  const paid = await links.linked();
  const page = await links.openPage(paid.link.url);
  await links.unseen(async () => {
    await world.stripe.invoices.voidInvoice(paid.id);
    await links.pay(page, REFUND_FAILS_CARD);
  });
  const before = await links.shows(paid.crmId, { Status__c: 'Void', Payment_Link_Status__c: 'Deactivated' });
  expect(before.Payment_Link_Note__c).toMatch(/were refunded: the invoice was void\.$/);
  await job.quiet();
  await money.refundsAnswered();
  const failed = await links.shows(paid.crmId, { Payment_Link_Status__c: 'Refund Failed' });
  expect(failed.Payment_Link_Note__c).toMatch(
    /could not be refunded .*\(the customer's bank did not take it\)\. Refund them by hand\.$/,
  );
  await job.quiet();
  expect(await links.refundsOf(await links.chargesOf(paid.id))).toHaveLength(1);
  expect((await money.act('refund', paid.crmId)).body.message).toContain(usd(paid.total));
  await links.shows(paid.crmId, { Payment_Link_Status__c: 'Deactivated' });
});

test('a revision closes the link of the version before it, and a credit note lowers what the link asks for', async () => {
  const revised = await links.linked();
  const { body } = await money.act('revise', revised.crmId);
  const draft = (body as { newInvoice?: { stripeId: string } }).newInvoice!.stripeId;
  await world.stripe.invoices.finalizeInvoice(draft);
  await links.shows(revised.crmId, { Status__c: 'Void', Payment_Link_Status__c: 'Deactivated' });

  const credited = await links.linked();
  await money.act('credit', credited.crmId, { amount: 5 });
  const fresh = await eventually(
    async () => (await links.linksOf(credited.id)).find(({ active }) => active),
    'there is a link over less',
  );
  const { data } = await world.stripe.paymentLinks.listLineItems(fresh.id);
  expect(data[0]!.amount_total).toBe(minor(credited.total) - 500);
});

test('the record is deleted in the org: the link is closed, and a payment that was under way goes back', async () => {
  const paid = await links.linked();
  const page = await links.openPage(paid.link.url);
  await links.unseen(async () => {
    await links.pay(page);
    await world.admin.delete('Invoice__c', paid.crmId);
    await money.act('sync', paid.crmId);
  });
  const charges = await eventually(
    async () => {
      const all = await links.chargesOf(paid.id);
      return all[0]?.refunded ? all : undefined;
    },
    'the payment went back',
    30_000,
  );
  expect(charges).toHaveLength(1);
  expect((await world.stripe.paymentLinks.retrieve(paid.link.id)).active).toBe(false);
  expect((await world.stripe.invoices.retrieve(paid.id)).status).toBe('open');
});

test('a refund whose note was lost a day ago is found by its mark, and the excess goes back once', async () => {
  const paid = await links.linked();
  const page = await links.openPage(paid.link.url);
  await links.unseen(async () => {
    await attachOutside(paid.id, 1000);
    await links.pay(page);
  });
  await links.shows(paid.crmId, { Status__c: 'Paid', Payment_Link_Status__c: 'Paid' });
  await job.quiet();
  await world.control('stripe', 'POST', '/clock', { now: Math.floor(Date.now() / 1000) + 25 * 3600 });
  try {
    await world.database.pool.query(
      'UPDATE link_payment SET given_back = NULL, settled = false WHERE invoice = $1',
      [paid.id],
    );
    expect((await money.act('sync', paid.crmId)).status).toBe(200);
    const { rows } = await world.database.pool.query<{ settled: boolean }>(
      'SELECT settled FROM link_payment WHERE invoice = $1',
      [paid.id],
    );
    expect(rows).toEqual([{ settled: true }]);
    expect(await links.chargesOf(paid.id)).toMatchObject([{ amount_refunded: 1000 }]);
  } finally {
    await world.control('stripe', 'POST', '/clock', { now: null });
  }
});

async function attachOutside(invoice: string, value: number): Promise<void> {
  const now = Math.floor(Date.now() / 1000);
  const reported = await world.stripe.paymentRecords.reportPayment({
    amount_requested: { value, currency: 'usd' },
    payment_method_details: { type: 'custom', custom: { display_name: 'Bank transfer' } },
    initiated_at: now,
    outcome: 'guaranteed',
    guaranteed: { guaranteed_at: now },
  });
  await world.stripe.invoices.attachPayment(invoice, { payment_record: reported.id });
}

const confirmations = (crmId: string) =>
  world.rep.query(
    `SELECT Type__c, Amount__c, Status__c FROM Payment_Confirmation__c WHERE Invoice__c = '${crmId}'`,
  );
