import type Stripe from 'stripe';
import { eventsOf, makeDraft, rejected, startTestStripe, violations } from './testStripe.ts';
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

/** What changed the balance, the oldest first. */
async function history(customer: string): Promise<[string, number, number][]> {
  const { data } = await stripe.customers.listBalanceTransactions(customer);
  return data.map((one): [string, number, number] => [one.type, one.amount, one.ending_balance]).reverse();
}

describe('the balance of a customer', () => {
  it('is changed by a transaction, which gives a currency to who has none', async () => {
    const { id } = await stripe.customers.create({});
    const told = await eventsOf(stripe, () =>
      stripe.customers.createBalanceTransaction(id, {
        amount: -750,
        currency: 'eur',
        description: 'Goodwill',
        metadata: { case: '9' },
      }),
    );
    expect(told.result).toMatchObject({
      amount: -750,
      ending_balance: -750,
      currency: 'eur',
      type: 'adjustment',
      description: 'Goodwill',
      metadata: { case: '9' },
    });
    expect(told.types).toContain('customer.updated');
    expect(await stripe.customers.retrieve(id, { expand: ['invoice_credit_balance'] })).toMatchObject({
      balance: -750,
      currency: 'eur',
      invoice_credit_balance: { eur: -750 },
    });
    const transaction = await stripe.customers.retrieveBalanceTransaction(id, told.result.id);
    expect(transaction.id).toBe(told.result.id);
    const updated = await stripe.customers.updateBalanceTransaction(id, transaction.id, {
      description: 'Sorry',
    });
    expect(updated).toMatchObject({ description: 'Sorry', amount: -750 });
    const other = await stripe.customers.create({});
    expect(
      await rejected(stripe.customers.retrieveBalanceTransaction(other.id, transaction.id)),
    ).toMatchObject({ statusCode: 404 });
    expect(
      await rejected(stripe.customers.createBalanceTransaction(id, { amount: 1, currency: 'usd' })),
    ).toMatchObject({ code: 'sandbox_unsupported', param: 'currency' });
  });

  it('tells each reason: initial, adjustment, an invoice that used it and its voiding', async () => {
    const draft = await makeDraft(stripe, 1_000);
    const customer = draft.customer as string;
    await stripe.customers.update(customer, { balance: -300 });
    const invoice = await stripe.invoices.finalizeInvoice(draft.id);
    expect(invoice).toMatchObject({
      starting_balance: -300,
      ending_balance: 0,
      amount_due: 700,
      amount_remaining: 700,
    });
    await stripe.invoices.voidInvoice(invoice.id);
    expect(await history(customer)).toEqual([
      ['adjustment', -300, -300],
      ['applied_to_invoice', 300, 0],
      ['unapplied_from_invoice', -300, -300],
    ]);
    const ofInvoice = await stripe.customers.listBalanceTransactions(customer, { invoice: invoice.id });
    expect(ofInvoice.data).toHaveLength(2);
    const started = await stripe.customers.create({ balance: 40 });
    expect(await history(started.id)).toEqual([['initial', 40, 40]]);
  });

  it('takes what is below the minimum charge as debt onto the next invoice', async () => {
    const draft = await makeDraft(stripe, 49);
    const customer = draft.customer as string;
    expect(await stripe.invoices.finalizeInvoice(draft.id)).toMatchObject({
      status: 'paid',
      amount_due: 0,
      ending_balance: 49,
    });
    const next = await stripe.invoices.create({ customer, currency: 'usd' });
    await stripe.invoices.addLines(next.id, { lines: [{ amount: 500 }] });
    expect(await stripe.invoices.finalizeInvoice(next.id)).toMatchObject({
      starting_balance: 49,
      ending_balance: 0,
      total: 500,
      amount_due: 549,
    });
    expect(await history(customer)).toEqual([
      ['invoice_too_small', 49, 49],
      ['applied_to_invoice', -49, 0],
    ]);
  });
});
