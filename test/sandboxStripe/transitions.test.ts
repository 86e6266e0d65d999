import type Stripe from 'stripe';
import { makeDraft, rejected, startTestStripe, violations } from './testStripe.ts';
import type { TestStripe } from './testStripe.ts';

let test: TestStripe;
let stripe: Stripe;

beforeAll(async () => {
  test = await startTestStripe();
  stripe = test.stripe;
});
afterAll(async () => {
  const found = await violations(test.exchanges);
  await test.stop();
  expect(found).toEqual([]);
});

type State = 'draft' | 'open' | 'paid' | 'uncollectible' | 'void';
type Action =
  'edit' | 'addLines' | 'delete' | 'finalize' | 'send' | 'pay' | 'payOutOfBand' | 'uncollectible' | 'void';

async function invoiceIn(state: State): Promise<Stripe.Invoice> {
  const draft = await makeDraft(stripe);
  if (state === 'draft') return draft;
  const open = await stripe.invoices.finalizeInvoice(draft.id);
  if (state === 'paid') return stripe.invoices.pay(draft.id, { paid_out_of_band: true });
  if (state === 'uncollectible') return stripe.invoices.markUncollectible(draft.id);
  if (state === 'void') return stripe.invoices.voidInvoice(draft.id);
  return open;
}

const actions: Record<Action, (id: string) => Promise<unknown>> = {
  edit: (id) => stripe.invoices.update(id, { description: 'New' }),
  addLines: (id) => stripe.invoices.addLines(id, { lines: [{ amount: 100 }] }),
  delete: (id) => stripe.invoices.del(id),
  finalize: (id) => stripe.invoices.finalizeInvoice(id),
  send: (id) => stripe.invoices.sendInvoice(id),
  pay: (id) => stripe.invoices.pay(id, { payment_method: 'pm_card_visa' }),
  payOutOfBand: (id) => stripe.invoices.pay(id, { paid_out_of_band: true }),
  uncollectible: (id) => stripe.invoices.markUncollectible(id),
  void: (id) => stripe.invoices.voidInvoice(id),
};

const NOT_OPEN = "You can only pass in open invoices. This invoice isn't open.";
const NOT_EDITABLE = 'Invalid invoice: This invoice is no longer editable';
const FROZEN = "Finalized invoices can't be updated in this way";
const FINALIZED = "This invoice is already finalized, you can't re-finalize a non-draft invoice.";
const NOT_DRAFT = 'You can only delete draft invoices.';
const NOT_NOW =
  'This invoice cannot be sent right now. Please contact us via https://support.stripe.com/contact with details, so we can help.';
const IS_VOID = 'This invoice has been voided and can no longer be paid.';

describe.each<[Action, Partial<Record<State, State | 'gone'>>, Partial<Record<State, string>>]>([
  ['edit', { draft: 'draft' }, { open: FROZEN, paid: FROZEN, uncollectible: FROZEN, void: FROZEN }],
  [
    'addLines',
    { draft: 'draft' },
    { open: NOT_EDITABLE, paid: NOT_EDITABLE, uncollectible: NOT_EDITABLE, void: NOT_EDITABLE },
  ],
  [
    'delete',
    { draft: 'gone' },
    { open: NOT_DRAFT, paid: NOT_DRAFT, uncollectible: NOT_DRAFT, void: NOT_DRAFT },
  ],
  [
    'finalize',
    { draft: 'open' },
    { open: FINALIZED, paid: FINALIZED, uncollectible: FINALIZED, void: FINALIZED },
  ],
  ['send', { draft: 'open', open: 'open', paid: 'paid' }, { uncollectible: NOT_NOW, void: NOT_NOW }],
  [
    'pay',
    { draft: 'paid', open: 'paid', uncollectible: 'paid' },
    { paid: 'Invoice is already paid', void: IS_VOID },
  ],
  [
    'payOutOfBand',
    { draft: 'paid', open: 'paid', uncollectible: 'paid' },
    { paid: 'Invoice is already paid', void: IS_VOID },
  ],
  [
    'uncollectible',
    { open: 'uncollectible' },
    {
      draft: NOT_OPEN,
      paid: NOT_OPEN,
      uncollectible: 'This invoice has already been marked uncollectible.',
      void: NOT_OPEN,
    },
  ],
  [
    'void',
    { open: 'void', uncollectible: 'void' },
    { draft: NOT_OPEN, paid: 'Invoices with `paid` payments cannot be voided.', void: NOT_OPEN },
  ],
])('%s', (action, legal, illegal) => {
  it.each(Object.entries(legal) as [State, State | 'gone'][])(
    'takes a %s invoice to %s',
    async (from, to) => {
      const { id } = await invoiceIn(from);
      await actions[action](id);
      const state = await stripe.invoices.retrieve(id).then(
        (invoice) => invoice.status,
        (error: Stripe.errors.StripeError) => (error.code === 'resource_missing' ? 'gone' : error.message),
      );
      expect(state).toBe(to);
    },
  );

  it.each(Object.entries(illegal) as [State, string][])('refuses a %s invoice: %s', async (from, message) => {
    const before = await invoiceIn(from);
    const events = (await stripe.events.list({ limit: 1 })).data[0]?.id;
    const error = await rejected(actions[action](before.id));
    expect(error).toMatchObject({ type: 'StripeInvalidRequestError', statusCode: 400, message });
    expect(await stripe.invoices.retrieve(before.id)).toEqual(before);
    expect((await stripe.events.list({ limit: 1 })).data[0]?.id).toBe(events);
  });
});

describe('after finalization', () => {
  it('metadata can still be changed, and money, dates and texts cannot', async () => {
    const { id } = await invoiceIn('open');
    const updated = await stripe.invoices.update(id, { metadata: { note: 'yes' } });
    expect(updated.metadata).toEqual({ salesforce_id: 'a00000000000001', note: 'yes' });
    for (const change of [
      { due_date: 4_000_000_000 },
      { footer: 'x' },
      { collection_method: 'send_invoice' as const },
    ])
      expect(await rejected(stripe.invoices.update(id, change))).toMatchObject({
        message: FROZEN,
        param: Object.keys(change)[0],
      });
  });

  it('the customer’s copy stays, while that of a draft follows the customer', async () => {
    const draft = await makeDraft(stripe);
    const customer = draft.customer as string;
    await stripe.customers.update(customer, { name: 'Renamed', email: 'new@acme.example' });
    expect(await stripe.invoices.retrieve(draft.id)).toMatchObject({
      customer_name: 'Renamed',
      customer_email: 'new@acme.example',
    });
    await stripe.invoices.finalizeInvoice(draft.id);
    await stripe.customers.update(customer, { name: 'Again' });
    expect((await stripe.invoices.retrieve(draft.id)).customer_name).toBe('Renamed');
  });

  it('a line and its item cannot be changed any more', async () => {
    const open = await invoiceIn('open');
    const [line] = open.lines.data;
    const item = line!.parent!.invoice_item_details!.invoice_item;
    expect(await rejected(stripe.invoices.updateLineItem(open.id, line!.id, { amount: 1 }))).toMatchObject({
      code: 'invoice_not_editable',
    });
    expect(await rejected(stripe.invoiceItems.update(item, { amount: 1 }))).toMatchObject({
      code: 'invoice_not_editable',
    });
    expect(await rejected(stripe.invoiceItems.del(item))).toMatchObject({ code: 'invoice_not_editable' });
  });
});

describe('sending', () => {
  it('is refused for a customer without an email, already when the draft is made', async () => {
    const customer = await stripe.customers.create({ name: 'No mail' });
    const message =
      'Missing email. In order to create invoices that are sent to the customer, the customer must have a valid email.';
    const create = () =>
      stripe.invoices.create({
        customer: customer.id,
        collection_method: 'send_invoice',
        days_until_due: 30,
      });
    expect(await rejected(create())).toMatchObject({ message, statusCode: 400 });
    await stripe.customers.update(customer.id, { email: 'now@acme.example' });
    const draft = await create();
    await stripe.customers.update(customer.id, { email: '' });
    expect(await rejected(stripe.invoices.sendInvoice(draft.id))).toMatchObject({ message });
  });

  it('is refused for invoices that are charged automatically', async () => {
    const customer = await stripe.customers.create({ email: 'auto@acme.example' });
    const draft = await stripe.invoices.create({ customer: customer.id });
    expect(draft.collection_method).toBe('charge_automatically');
    expect((await rejected(stripe.invoices.sendInvoice(draft.id))).message).toBe(
      "You can only manually send an invoice if its collection method is 'send_invoice'.",
    );
  });

  it('puts a mail with the hosted address into the mailbox, each time', async () => {
    const draft = await makeDraft(stripe, 123_456);
    const sent = await stripe.invoices.sendInvoice(draft.id);
    await stripe.invoices.sendInvoice(draft.id);
    const mails = test.server.pages.mails().filter((mail) => mail.invoice === draft.id);
    expect(mails).toHaveLength(2);
    expect(mails[0]).toMatchObject({
      to: 'billing@acme.example',
      subject: expect.stringContaining(sent.number!),
    });
    expect(mails[0]?.text).toContain('$1,234.56');
    expect(mails[0]?.text).toContain(sent.hosted_invoice_url);
  });
});

describe('due dates', () => {
  it('are needed for send_invoice, are in the future, and are days after the creation', async () => {
    const customer = await stripe.customers.create({ email: 'due@acme.example' });
    const create = (more: Stripe.InvoiceCreateParams) =>
      stripe.invoices.create({ customer: customer.id, collection_method: 'send_invoice', ...more });
    expect((await rejected(create({}))).message).toBe(
      "If invoice collection method is 'send_invoice', you must specify 'due_date' or 'days_until_due'.",
    );
    expect(await rejected(create({ due_date: 1_700_000_000 }))).toMatchObject({
      message: 'Invalid timestamp: must be an integer Unix timestamp in the future.',
      param: 'due_date',
    });
    expect(
      (await rejected(stripe.invoices.create({ customer: customer.id, days_until_due: 3 }))).message,
    ).toBe(
      "You can only specify 'due_date' or 'days_until_due' if invoice collection method is 'send_invoice'.",
    );
    const { created, due_date } = await create({ days_until_due: 14 });
    expect(due_date).toBe(created + 14 * 86_400);
  });

  it('make no status: an invoice past due is open', async () => {
    const draft = await makeDraft(stripe);
    await stripe.invoices.sendInvoice(draft.id);
    await test.control('POST', 'clock', { now: draft.due_date! + 86_400 });
    expect((await stripe.invoices.retrieve(draft.id)).status).toBe('open');
    await test.control('POST', 'clock', { now: null });
  });
});
