import type Stripe from 'stripe';
import { startTestStripe, violations } from './testStripe.ts';
import type { TestStripe } from './testStripe.ts';

let test: TestStripe;
const stripe = (): Stripe => test.stripe;

interface Seeded {
  customers: number;
  invoices: number;
  total: number;
  first: string;
  last: string;
}

beforeAll(async () => {
  test = await startTestStripe();
});
afterAll(async () => {
  const found = await violations(test.exchanges);
  await test.stop();
  expect(found).toEqual([]);
});

const seed = (order: object) => test.control('POST', 'seed', order) as Promise<Seeded>;

async function all<T extends { id: string }>(list: Stripe.ApiListPromise<T>): Promise<T[]> {
  const found: T[] = [];
  for await (const one of list) found.push(one);
  return found;
}

describe('a seed', () => {
  it('makes many finalized invoices that are like others, without events', async () => {
    const seeded = await seed({ customers: 7, invoices: 230, paid: 30 });
    expect(seeded).toMatchObject({ customers: 7, invoices: 230, paid: 30, currency: 'usd' });
    expect((await stripe().events.list()).data).toEqual([]);
    const invoices = await all(stripe().invoices.list({ limit: 100 }));
    expect(invoices).toHaveLength(230);
    expect(new Set(invoices.map(({ number }) => number)).size).toBe(230);
    expect(invoices.reduce((sum, { total }) => sum + total, 0)).toBe(seeded.total);
    expect(invoices.filter(({ status }) => status === 'paid')).toHaveLength(30);
    expect([invoices.at(-1)!.id, invoices[0]!.id]).toEqual([seeded.first, seeded.last]);
    const customers = await all(stripe().customers.list({ limit: 100 }));
    expect(customers).toHaveLength(7);
    expect(new Set(customers.map(({ email }) => email)).size).toBe(7);
    for (const { customer, lines, total, hosted_invoice_url } of invoices) {
      expect(customers.map(({ id }) => id)).toContain(customer);
      expect(lines.data.map(({ amount }) => amount)).toEqual([total]);
      expect(test.server.pages.invoiceByToken(hosted_invoice_url!.split('/').at(-1)!)).toBeDefined();
    }
    expect((await stripe().products.list()).data.map(({ name }) => name)).toEqual(['Seeded service']);
  });

  it('can be paid, revised, voided and continued like other invoices', async () => {
    const { first, last } = await seed({ customers: 1, invoices: 4 });
    const paid = await stripe().invoices.pay(first, { payment_method: 'pm_card_visa' });
    expect(paid).toMatchObject({ status: 'paid', amount_remaining: 0 });
    const [payment] = (await stripe().invoicePayments.list({ invoice: first })).data;
    expect(payment).toMatchObject({ status: 'paid', amount_paid: paid.total });
    const { customer, number } = await stripe().invoices.retrieve(last);
    expect(number).toMatch(/-0004$/);
    const revision = await stripe().invoices.create({ from_invoice: { action: 'revision', invoice: last } });
    const revised = await stripe().invoices.finalizeInvoice(revision.id);
    expect(revised).toMatchObject({ number: number!.replace('0004', '0005'), customer });
    expect(revised.lines.data).toMatchObject([{ quantity: 4, amount: 4 * 1_999 }]);
    expect((await stripe().invoices.retrieve(last)).status).toBe('void');
  });

  it('survives a restart, and refuses what is no count', async () => {
    const { first } = await seed({ customers: 2, invoices: 1_500 });
    await test.restart();
    expect((await stripe().invoices.retrieve(first)).status).toBe('open');
    for (const order of [{ invoices: -1 }, { customers: 0 }, { invoices: 'many' }])
      await expect(seed(order)).rejects.toThrow('400');
  });
});
