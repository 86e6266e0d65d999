import type Stripe from 'stripe';
import { actOn } from './actOn.ts';
import { jobSteps, withoutFaults, type JobSteps } from './jobSteps.ts';
import { startWorld, type World } from './world.ts';

let world: World;
let job: JobSteps;

beforeAll(async () => {
  world = await startWorld();
  job = await jobSteps(world);
});
afterEach(() => withoutFaults(world));
afterAll(() => world?.stop());

const edit = async (id: string, fields: object) => {
  await world.rep.update('Invoice__c', id, fields);
  return job.sync(id);
};
const raised = async () => {
  const id = await job.raise();
  await job.sync(id);
  return { id, stripeId: (await job.stripeInvoice(id)).id };
};
const couponsOf = async (id: string) =>
  (await world.stripe.invoices.retrieve(id, { expand: ['discounts.source.coupon'] })).discounts.map((one) =>
    typeof one === 'string' ? one : (one.source.coupon as { id: string }).id,
  );
const off = ({ total_discount_amounts: amounts }: { total_discount_amounts: { amount: number }[] | null }) =>
  (amounts ?? []).reduce((sum, { amount }) => sum + amount, 0);

test('footer and custom fields go both ways, and where both sides changed one the org’s stays', async () => {
  const { id, stripeId } = await raised();
  await edit(id, {
    Footer__c: 'Bank: DE02\r\nThank you',
    Custom_Fields__c: 'PO number: 4711\n\nRatio 1\\:2 :  a: b ',
  });
  expect(await world.stripe.invoices.retrieve(stripeId)).toMatchObject({
    footer: 'Bank: DE02\nThank you',
    custom_fields: [
      { name: 'PO number', value: '4711' },
      { name: 'Ratio 1:2', value: 'a: b' },
    ],
  });
  expect((await world.rep.invoice(id)).Custom_Fields__c).toBe('PO number: 4711\nRatio 1\\:2: a: b');

  await world.stripe.invoices.update(stripeId, {
    footer: '',
    custom_fields: [{ name: 'Cost centre', value: '9' }],
  });
  await job.sync(id);
  expect(await world.rep.invoice(id)).toMatchObject({ Footer__c: null, Custom_Fields__c: 'Cost centre: 9' });

  await world.control('stripe', 'POST', '/deliveries/mode', { mode: 'hold' });
  await world.stripe.invoices.update(stripeId, { custom_fields: '' });
  await world.rep.update('Invoice__c', id, { Custom_Fields__c: 'Cost centre: 10' });
  const { message } = await job.sync(id);
  expect(message).toContain('“Cost centre: 10” of Salesforce stayed, the empty field of Stripe was replaced');
  expect((await job.stripeInvoice(id)).custom_fields).toEqual([{ name: 'Cost centre', value: '10' }]);
});

test('custom fields of one name are refused in words, and mended ones go on', async () => {
  const { id, stripeId } = await raised();
  expect((await edit(id, { Custom_Fields__c: 'PO: 1\nPO: 2' })).message).toContain('"PO" is there twice');
  expect(await world.rep.invoice(id)).toMatchObject({ Sync_Status__c: 'Error' });
  await edit(id, { Custom_Fields__c: 'PO: 1' });
  expect((await world.stripe.invoices.retrieve(stripeId)).custom_fields).toEqual([
    { name: 'PO', value: '1' },
  ]);
});

test('what the org’s own rules refuse is not stored', async () => {
  const { id } = await raised();
  const refused = (fields: object) => expect(world.rep.update('Invoice__c', id, fields)).rejects;
  for (const text of ['no colon', 'a: 1\nb: 2\nc: 3\nd: 4\ne: 5', `${'n'.repeat(41)}: 1`])
    await refused({ Custom_Fields__c: text }).toThrow('at most four custom fields');
  await refused({ Discount_Percent__c: 10, Discount_Amount__c: 5 }).toThrow('either in percent or an amount');
  await refused({ Discount_Percent__c: 100.01 }).toThrow('at most 100 percent');
  await refused({ Discount_Percent__c: 0 }).toThrow('more than 0');
  await refused({ Discount_Amount__c: -1 }).toThrow('more than 0');
  await world.rep.update('Invoice__c', id, { Discount_Percent__c: 100 });
});

test('a discount is one coupon for all who give it, and leaves what was given in Stripe alone', async () => {
  const { id, stripeId } = await raised();
  const { subtotal } = await job.stripeInvoice(id);
  await edit(id, { Discount_Percent__c: 12.5 });
  expect(await couponsOf(stripeId)).toEqual(['invoicebridge-12_5-percent']);
  const taken = off(await job.stripeInvoice(id));
  expect(taken).toBeGreaterThan(0);
  expect(await world.rep.invoice(id)).toMatchObject({
    Discount__c: taken / 100,
    Subtotal__c: subtotal / 100,
    Total__c: (subtotal - taken) / 100,
    Other_Discounts__c: null,
  });

  // The same on another invoice finds the coupon that is there.
  const other = await raised();
  await edit(other.id, { Discount_Percent__c: 12.5 });
  expect(await couponsOf(other.stripeId)).toEqual(['invoicebridge-12_5-percent']);

  const coupon = await world.stripe.coupons.create({ name: 'Autumn sale', percent_off: 5, duration: 'once' });
  const [ours] = (await job.stripeInvoice(id)).discounts;
  await world.stripe.invoices.update(stripeId, {
    discounts: [{ discount: String(ours) }, { coupon: coupon.id }],
  });
  await job.sync(id);
  expect(await world.rep.invoice(id)).toMatchObject({
    Discount_Percent__c: 12.5,
    Other_Discounts__c: 'Autumn sale',
    Discount__c: off(await job.stripeInvoice(id)) / 100,
  });

  await edit(id, { Discount_Percent__c: null, Discount_Amount__c: 3.5 });
  expect((await couponsOf(stripeId)).sort()).toEqual(['invoicebridge-350-usd', coupon.id].sort());
  await edit(id, { Discount_Amount__c: null });
  expect(await couponsOf(stripeId)).toEqual([coupon.id]);

  // Ours taken away in Stripe is taken away in the org, too.
  await world.stripe.invoices.update(other.stripeId, { discounts: '' });
  await job.sync(other.id);
  expect(await world.rep.invoice(other.id)).toMatchObject({ Discount_Percent__c: null, Discount__c: 0 });
});

test('a copy and a revision have the terms of their original', async () => {
  const { id } = await raised();
  await edit(id, { Footer__c: 'Thanks', Custom_Fields__c: 'PO: 1', Discount_Percent__c: 20 });
  await world.rep.send(id);
  await job.becomes(id, 'Open');
  for (const action of ['duplicate', 'revise']) {
    const { body } = await actOn(world, { action, crmId: id });
    expect(await world.rep.invoice(body.newInvoice!.id)).toMatchObject({
      Status__c: 'Draft',
      Footer__c: 'Thanks',
      Custom_Fields__c: 'PO: 1',
      Discount_Percent__c: 20,
      Other_Discounts__c: null,
    });
  }
});

test('a copy has the coupons that were given in Stripe to the invoice and its lines, and is told of those that nobody gets any more', async () => {
  const { id, stripeId } = await raised();
  await edit(id, { Discount_Percent__c: 20 });
  const { stripe } = world;
  const coupon = (name: string, limit: Stripe.CouponCreateParams = {}) =>
    stripe.coupons.create({ name, percent_off: 5, duration: 'once', ...limit });
  const [loyal, bulk] = [await coupon('Loyal'), await coupon('Bulk')];
  const last = await coupon('Last year', { max_redemptions: 1 });
  const [ours] = (await job.stripeInvoice(id)).discounts;
  await stripe.invoices.update(stripeId, {
    discounts: [{ discount: String(ours) }, { coupon: loyal.id }, { coupon: last.id }],
  });
  const [line] = (await stripe.invoices.retrieve(stripeId)).lines.data;
  await stripe.invoices.updateLineItem(stripeId, line!.id, { discounts: [{ coupon: bulk.id }] });
  const { body } = await actOn(world, { action: 'duplicate', crmId: id });
  expect(body.message).toContain(
    'It has no discount of "Last year": Stripe gives that coupon to nobody any more.',
  );
  const copy = body.newInvoice!;
  expect((await couponsOf(copy.stripeId)).sort()).toEqual(['invoicebridge-20-percent', loyal.id].sort());
  expect(await world.rep.invoice(copy.id)).toMatchObject({
    Discount_Percent__c: 20,
    Other_Discounts__c: 'Loyal',
  });
  const lines = (await stripe.invoices.listLineItems(copy.stripeId, { expand: ['data.discounts'] })).data;
  expect(
    lines.map(({ discounts }) => discounts.map((one) => (one as Stripe.Discount).source.coupon)),
  ).toEqual([[bulk.id], ...lines.slice(1).map(() => [])]);
});

test('the coupon is made once under a race, is found after a lost answer, and is made again when somebody deletes it', async () => {
  const ids = [await raised(), await raised(), await raised()];
  await Promise.all(ids.map(({ id }) => edit(id, { Discount_Percent__c: 33 })));
  for (const { stripeId } of ids) expect(await couponsOf(stripeId)).toEqual(['invoicebridge-33-percent']);

  const [one] = ids;
  await world.control('stripe', 'POST', '/faults', {
    kind: 'resetAfter',
    match: { method: 'POST', path: '^/v1/coupons$' },
    times: 1,
  });
  await edit(one!.id, { Discount_Percent__c: 34 });
  await withoutFaults(world);
  await job.sync(one!.id);
  expect(await couponsOf(one!.stripeId)).toEqual(['invoicebridge-34-percent']);

  await world.stripe.coupons.del('invoicebridge-34-percent');
  await edit(ids[1]!.id, { Discount_Percent__c: 34 });
  expect(await couponsOf(ids[1]!.stripeId)).toEqual(['invoicebridge-34-percent']);
  // The one that has it from before keeps it.
  await edit(one!.id, { Footer__c: 'Still discounted' });
  expect(await world.rep.invoice(one!.id)).toMatchObject({
    Discount_Percent__c: 34,
    Sync_Status__c: 'Synced',
  });

  const { data } = await world.stripe.coupons.list({ limit: 100 });
  const ours = data.map(({ id }) => id).filter((id) => id.startsWith('invoicebridge-'));
  expect(new Set(ours).size).toBe(ours.length);
});

test('a coupon with our id that takes off something else is not used', async () => {
  await world.stripe.coupons.create({ id: 'invoicebridge-44-percent', percent_off: 4, duration: 'once' });
  const { id, stripeId } = await raised();
  expect((await edit(id, { Discount_Percent__c: 44 })).message).toContain('does not say "44% off"');
  expect(await couponsOf(stripeId)).toEqual([]);
  await world.stripe.coupons.del('invoicebridge-44-percent');
  await job.sync(id);
  expect(await couponsOf(stripeId)).toEqual(['invoicebridge-44-percent']);
});
