import express from 'express';
import request from 'supertest';
import type Stripe from 'stripe';
import { createPages } from '../../sandbox/stripe/pages/pages.ts';
import type { Delivery, Mail } from '../../sandbox/stripe/pages/port.ts';
import { account, addEvent, addInvoice, addLine, LiteralPort, sampleOf } from './literalPort.ts';

const delivery: Delivery = {
  id: 'whd_1',
  event: 'evt_1',
  eventType: 'invoice.paid',
  endpoint: 'we_1',
  url: 'http://127.0.0.1:4001/webhooks/stripe',
  attempt: 3,
  status: 'failed',
  httpStatus: 503,
  error: 'connect ECONNREFUSED',
  created: 1_763_719_200,
  nextAttemptAt: 1_763_719_260,
};

const mail: Mail = {
  id: 'mail_1',
  to: 'billing@globex.example',
  from: 'invoices@northwind.example',
  subject: 'New invoice <b>#1</b>',
  text: 'Pay here: http://localhost:4242/i/acct_1/secret_in_1',
  html: '<p style="color:red">Pay "now"</p><script>alert(1)</script>',
  created: 1_763_719_200,
  invoice: 'in_1',
};

let port: LiteralPort;

beforeEach(() => {
  port = new LiteralPort();
  addInvoice(port, 'in_1');
});

const server = () => express().use(createPages(port));
const get = (path: string) => request(server()).get(path);

describe('the dashboard', () => {
  test('opens with the invoices and their states', async () => {
    expect((await get('/dashboard')).headers.location).toBe('/dashboard/invoices');
    addInvoice(port, 'in_2', { status: 'paid', currency: 'jpy', total: 5000 });
    const { text } = await get('/dashboard/invoices');
    expect(text).toMatch(/\$1,234\.50[^]*Open/);
    expect(text).toMatch(/¥5,000[^]*Paid/);
    expect(text).toContain('href="/dashboard/invoices/in_1"');
  });

  test('shows the invoices of one status only when asked', async () => {
    addInvoice(port, 'in_2', { status: 'paid' });
    const { text } = await get('/dashboard/invoices?status=paid');
    expect(text).toContain('/dashboard/invoices/in_2');
    expect(text).not.toContain('/dashboard/invoices/in_1');
  });

  test('shows fifty rows at a time and keeps the filter from page to page', async () => {
    for (let index = 2; index <= 61; index += 1) addInvoice(port, `in_${index}`);
    const first = (await get('/dashboard/invoices?status=open')).text;
    expect(first).toContain('1–50 of 61');
    expect(first).toContain('href="?status=open&amp;page=2"');
    expect((await get('/dashboard/invoices?status=open&page=2')).text).toContain('51–61 of 61');
  });

  test('shows an invoice with its lines, metadata, events and the ways to its pages', async () => {
    addLine(port, 'in_1', { description: 'Logo', amount: 123_450 });
    addEvent(port, 'evt_1', 'invoice.finalized', { id: 'in_1' });
    addEvent(port, 'evt_2', 'invoice_payment.paid', { id: 'inpay_1', invoice: 'in_1' });
    addEvent(port, 'evt_3', 'invoice.voided', { id: 'in_9' });
    const { text } = await get('/dashboard/invoices/in_1');
    for (const words of ['Logo', 'a01000000000001AAA', 'invoice.finalized', 'invoice_payment.paid']) {
      expect(text).toContain(words);
    }
    expect(text).not.toContain('invoice.voided');
    expect(text).toContain(`href="/i/${account}/secret_in_1"`);
    expect(text).toContain(`href="/pdf/${account}/secret_in_1"`);
  });

  test('shows customers with their invoices, and products with their prices', async () => {
    port.store.customers.push(sampleOf<Stripe.Customer>('customer', { id: 'cus_1', name: 'Globex' }));
    port.store.products.push(sampleOf<Stripe.Product>('product', { id: 'prod_1', name: 'Day' }));
    const price = { id: 'price_1', product: 'prod_1', currency: 'usd', unit_amount: 50, recurring: null };
    const decimal = { unit_amount_decimal: '50.5' as unknown as Stripe.Decimal };
    port.store.prices.push(sampleOf<Stripe.Price>('price', { ...price, ...decimal }));
    expect((await get('/dashboard/customers')).text).toContain('/dashboard/customers/cus_1');
    expect((await get('/dashboard/customers/cus_1')).text).toContain('/dashboard/invoices/in_1');
    expect((await get('/dashboard/products')).text).toMatch(/Day[^]*\$0\.505/);
  });

  test('shows an event whole', async () => {
    addEvent(port, 'evt_1', 'invoice.paid', { id: 'in_1', note: '</pre><script>' });
    expect((await get('/dashboard/events')).text).toContain('/dashboard/events/evt_1');
    const { text } = await get('/dashboard/events/evt_1');
    expect(text).toContain('&quot;note&quot;: &quot;&lt;/pre&gt;&lt;script&gt;&quot;');
  });

  test('says how a delivery went, and sends it again at a click', async () => {
    addEvent(port, 'evt_1', 'invoice.paid', { id: 'in_1' });
    port.store.deliveries.push(delivery);
    const { text } = await get('/dashboard/deliveries');
    for (const words of ['Failed · 503', 'connect ECONNREFUSED', '10:01:00']) expect(text).toContain(words);
    const action = /action="([^"]+\/resend)"/.exec(text)![1]!;
    const answer = await request(server()).post(action);
    expect([answer.status, answer.headers.location]).toEqual([303, '/dashboard/deliveries']);
    expect(port.resent).toEqual(['evt_1']);
  });

  test('sends nothing again for another site, or for an event that is not there', async () => {
    addEvent(port, 'evt_1', 'invoice.paid', { id: 'in_1' });
    const resend = (id: string) => request(server()).post(`/dashboard/events/${id}/resend`);
    expect((await resend('evt_1').set('Sec-Fetch-Site', 'cross-site')).status).toBe(403);
    expect((await resend('evt_9')).status).toBe(404);
    expect(port.resent).toEqual([]);
  });

  test.each(['invoices/in_9', 'customers/cus_9', 'events/evt_9'])(
    'says in words that %s is not there',
    async (path) => {
      const { status, text } = await get(`/dashboard/${path}`);
      expect(status).toBe(404);
      expect(text).toContain('in this sandbox');
    },
  );
});

describe('the mailbox', () => {
  beforeEach(() => {
    port.store.mails.push(mail);
  });

  test('lists the mails and shows one as html and as text, with the way to pay', async () => {
    expect((await get('/mailbox')).text).toContain('New invoice &lt;b&gt;#1&lt;/b&gt;');
    const { text } = await get('/mailbox/mail_1');
    expect(text).toContain('Pay here: http://localhost:4242/i/acct_1/secret_in_1');
    expect(text).toContain(`href="/i/${account}/secret_in_1"`);
  });

  test('keeps the html of a mail in a frame that runs nothing', async () => {
    const { text, headers } = await get('/mailbox/mail_1');
    expect(text).toMatch(/sandbox="allow-popups allow-popups-to-escape-sandbox"/);
    expect(text).toContain('&lt;script&gt;alert(1)&lt;/script&gt;');
    expect(text).not.toContain('<script>');
    expect(headers['content-security-policy']).toContain("script-src 'self';");
  });

  test('says in words that a mail is not there', async () => {
    expect((await get('/mailbox/mail_9')).status).toBe(404);
  });
});

test('every page says that it is a sandbox', async () => {
  port.store.mails.push(mail);
  const paths = ['invoices', 'customers', 'products', 'events', 'deliveries'].map(
    (name) => `/dashboard/${name}`,
  );
  for (const path of [...paths, '/mailbox', '/mailbox/mail_1', `/i/${account}/wrong`]) {
    expect((await get(path)).text).toContain('Sandbox: not Stripe, no real money');
  }
});
