import { SalesforceOrg } from '../../sync/salesforce/connection.ts';
import type { JobSteps } from '../integration/jobSteps.ts';
import { daysFromNow } from '../integration/orgUser.ts';
import { GOOD_CARD, payOnHostedPage } from '../integration/payingPerson.ts';
import { eventually, type World } from '../integration/world.ts';

export interface Planted {
  entity: string;
  kind: string;
  crmId?: string;
  stripeId?: string;
  fields?: string[];
}

interface Planting {
  world: World;
  steps: JobSteps;
}

/** Changes one side behind the engine's back, as a person, a faulty program or a lost event would. */
export async function plant(
  { world, steps }: Planting,
  { drafts, open }: { drafts: string[]; open: string[] },
): Promise<Planted[]> {
  const org = new SalesforceOrg(world.config.salesforce);
  const edit = (object: string, id: string, fields: object) =>
    org.request('PATCH', `/sobjects/${object}/${id}`, fields);
  const stripeIds = new Map<string, string>();
  for (const id of [...drafts, ...open]) stripeIds.set(id, (await steps.stripeInvoice(id)).id);
  const differs = (crmId: string, ...fields: string[]): Planted => ({
    entity: 'invoice',
    kind: 'differs',
    crmId,
    stripeId: stripeIds.get(crmId)!,
    fields,
  });
  const planted: Planted[] = [];

  const editedInOrg = [
    ['Status__c', 'Paid', 'status'],
    ['Number__c', 'TYPED-1', 'number'],
    ['Total__c', 1, 'total'],
    ['Amount_Due__c', 2, 'amountDue'],
    ['Amount_Paid__c', 3, 'amountPaid'],
    ['Amount_Remaining__c', 4, 'amountRemaining'],
    ['Due_Date__c', daysFromNow(77), 'dueDate'],
  ] as const;
  for (const [index, [field, value, name]] of editedInOrg.entries()) {
    await edit('Invoice__c', open[index]!, { [field]: value });
    planted.push(differs(open[index]!, name));
  }
  const unlinked = open[7]!;
  await edit('Invoice__c', unlinked, { Stripe_Invoice_Id__c: null });
  planted.push({
    entity: 'invoice',
    kind: 'not_linked',
    crmId: unlinked,
    stripeId: stripeIds.get(unlinked)!,
  });
  const paid = open[8]!;
  await world.stripe.invoices.pay(stripeIds.get(paid)!, { paid_out_of_band: true });
  planted.push(differs(paid, 'status', 'amountPaid', 'amountRemaining'));
  // That it was marked as paid is a payment of its own.
  planted.push({ entity: 'payment', kind: 'missing_in_salesforce', stripeId: stripeIds.get(paid)! });

  const [memoInStripe, memoInOrg, quantity, lineGone, subtotal, lineText] = drafts as [
    string,
    string,
    string,
    string,
    string,
    string,
  ];
  await world.stripe.invoices.update(stripeIds.get(memoInStripe)!, { description: 'Written in Stripe' });
  await edit('Invoice__c', memoInOrg, { Description__c: 'Written in the org' });
  planted.push(differs(memoInStripe, 'description'), differs(memoInOrg, 'description'));
  const { lines } = await steps.stripeInvoice(quantity);
  await world.stripe.invoices.updateLines(stripeIds.get(quantity)!, {
    lines: [{ id: lines.data[0]!.id, quantity: 41 }],
  });
  planted.push(
    differs(
      quantity,
      'subtotal',
      'total',
      'amountDue',
      'amountRemaining',
      'linesAmount',
      'line.quantity',
      'line.amount',
    ),
  );
  const [line] = await world.rep.query(
    `SELECT Id FROM Invoice_Line__c WHERE Invoice__c = '${lineGone}' LIMIT 1`,
  );
  await world.rep.delete('Invoice_Line__c', line!.Id);
  planted.push(differs(lineGone, 'lines', 'linesAmount', 'line'));
  await edit('Invoice__c', subtotal, { Subtotal__c: 6, Discount__c: 7 });
  planted.push(differs(subtotal, 'subtotal', 'discount'));

  const [otherLine] = await world.rep.lines(lineText);
  await edit('Invoice_Line__c', otherLine!.Id, { Description__c: 'Written in the org', Quantity__c: 9 });
  planted.push(differs(lineText, 'line.description', 'line.quantity'));

  planted.push(...(await plantInMirrors(world, edit)));
  const customer = String((await steps.stripeInvoice(open[0]!)).customer);
  const made = await world.stripe.invoices.create({ customer, description: 'Made in Stripe' });
  planted.push({ entity: 'invoice', kind: 'missing_in_salesforce', stripeId: made.id });
  const copied = await world.stripe.invoices.create({ customer, metadata: { salesforce_id: open[0]! } });
  planted.push({ entity: 'invoice', kind: 'duplicate_in_stripe', stripeId: copied.id });
  planted.push({ entity: 'invoice', kind: 'missing_in_stripe', crmId: await steps.raise() });

  const [account] = await world.rep.query(
    `SELECT Id FROM Account WHERE Stripe_Customer_Id__c = '${customer}'`,
  );
  await edit('Account', account!.Id, { Phone: '+1 555 0199' });
  planted.push({
    entity: 'customer',
    kind: 'differs',
    crmId: account!.Id,
    stripeId: customer,
    fields: ['phone'],
  });
  const products = await world.rep.query<{ Id: string; Stripe_Product_Id__c: string }>(
    'SELECT Id, Stripe_Product_Id__c FROM Product2 WHERE Stripe_Product_Id__c != null ORDER BY Name',
  );
  const [inOrg, inStripe] = products as [(typeof products)[0], (typeof products)[0]];
  await edit('Product2', inOrg.Id, { Description: 'Written in the org' });
  await world.stripe.products.update(inStripe.Stripe_Product_Id__c, { description: 'Written in Stripe' });
  for (const product of [inOrg, inStripe]) {
    planted.push({
      entity: 'product',
      kind: 'differs',
      crmId: product.Id,
      stripeId: product.Stripe_Product_Id__c,
      fields: ['description'],
    });
  }
  return planted;
}

/** An invoice that was paid by card, partly refunded, and one with a credit note and a cheque; both sides agree on all of it. */
export async function payAndRefund(world: World, steps: JobSteps): Promise<void> {
  const [paid, credited] = [await steps.raiseAndSend(), await steps.raiseAndSend()];
  const invoice = await steps.stripeInvoice(paid);
  await payOnHostedPage(invoice.hosted_invoice_url!, GOOD_CARD);
  await steps.becomes(paid, 'Paid');
  const { data } = await world.stripe.invoicePayments.list({ invoice: invoice.id });
  await world.stripe.refunds.create({ payment_intent: String(data[0]!.payment.payment_intent), amount: 100 });
  for (const amount of [300, 200]) {
    await world.stripe.creditNotes.create({ invoice: (await steps.stripeInvoice(credited)).id, amount });
  }
  const at = Math.floor(Date.now() / 1000) - 60;
  const cheque = await world.stripe.paymentRecords.reportPayment({
    amount_requested: { value: 400, currency: 'usd' },
    payment_method_details: { type: 'custom', custom: { display_name: 'Cheque' } },
    processor_details: { type: 'custom', custom: { payment_reference: 'No. 4711' } },
    initiated_at: at,
    outcome: 'guaranteed',
    guaranteed: { guaranteed_at: at },
  });
  await world.stripe.invoices.attachPayment((await steps.stripeInvoice(credited)).id, {
    payment_record: cheque.id,
  });
  await eventually(async () => {
    const rows = await Promise.all([
      world.admin.query('SELECT Id FROM Payment_Confirmation__c'),
      world.admin.query('SELECT Id FROM Credit_Note__c'),
    ]);
    return rows[0].length === 3 && rows[1].length === 2;
  }, 'payments, refund and credit notes are in the org');
}

async function plantInMirrors(
  world: World,
  edit: (object: string, id: string, fields: object) => Promise<unknown>,
): Promise<Planted[]> {
  const rows = await world.admin.query<{ Id: string; Type__c: string; Stripe_Payment_Id__c: string }>(
    'SELECT Id, Type__c, Stripe_Payment_Id__c FROM Payment_Confirmation__c',
  );
  const [payment, refund, cheque] = ['Payment', 'Refund', 'Out of Band'].map((type) =>
    rows.find(({ Type__c }) => Type__c === type)!,
  );
  await edit('Payment_Confirmation__c', payment!.Id, { Status__c: 'Failed', Method__c: 'Cash' });
  await edit('Payment_Confirmation__c', refund!.Id, { Amount__c: 77 });
  await edit('Payment_Confirmation__c', cheque!.Id, { Reference__c: 'No. 4712' });
  const [memo, gone] = await world.admin.query<{ Id: string; Stripe_Credit_Note_Id__c: string }>(
    'SELECT Id, Stripe_Credit_Note_Id__c FROM Credit_Note__c ORDER BY Name',
  );
  await edit('Credit_Note__c', memo!.Id, { Memo__c: 'Written in the org' });
  // As after a record that was never made: the engine has never heard of its deletion.
  await world.admin.delete('Credit_Note__c', gone!.Id);
  const differs = { kind: 'differs' };
  return [
    {
      ...differs,
      entity: 'payment',
      crmId: payment!.Id,
      stripeId: payment!.Stripe_Payment_Id__c,
      fields: ['Status__c', 'Method__c'],
    },
    {
      ...differs,
      entity: 'payment',
      crmId: cheque!.Id,
      stripeId: cheque!.Stripe_Payment_Id__c,
      fields: ['Reference__c'],
    },
    {
      ...differs,
      entity: 'refund',
      crmId: refund!.Id,
      stripeId: refund!.Stripe_Payment_Id__c,
      fields: ['Amount__c'],
    },
    {
      ...differs,
      entity: 'credit_note',
      crmId: memo!.Id,
      stripeId: memo!.Stripe_Credit_Note_Id__c,
      fields: ['Memo__c'],
    },
    { entity: 'credit_note', kind: 'missing_in_salesforce', stripeId: gone!.Stripe_Credit_Note_Id__c },
  ];
}
