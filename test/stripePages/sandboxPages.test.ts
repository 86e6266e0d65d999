import { setTimeout as pause } from 'node:timers/promises';
import request from 'supertest';
import Stripe from 'stripe';
import type { Contract, Violation } from '../../sandbox/stripe/contract/contract.ts';
import { openContract } from '../../sandbox/stripe/contract/openContract.ts';
import { startStripe, type StripeServer } from '../../sandbox/stripe/start.ts';
import { readPdf } from './pdfContent.ts';

/** The pages over the sandbox itself, filled through stripe-node, with every call held against the contract. */
const card = {
  cardNumber: '4242424242424242',
  cardExpiry: '12 / 34',
  cardCvc: '123',
  billingName: 'Ada Lovelace',
};
const violations: Violation[] = [];
let calls = 0;
let contract: Contract;
let sandbox: StripeServer;
let stripe: Stripe;

beforeAll(async () => {
  contract = await openContract();
  sandbox = await startStripe({
    port: 0,
    dataFile: ':memory:',
    secretKeys: ['sk_test_pages'],
    accountName: 'Northwind Traders',
    onExchange(exchange) {
      calls += 1;
      violations.push(...contract.check(exchange));
    },
  });
  stripe = new Stripe('sk_test_pages', { host: '127.0.0.1', port: sandbox.port, protocol: 'http' });
}, 120_000);

afterAll(async () => {
  await sandbox.close();
});

const pathOf = (url: string | null | undefined) => new URL(url!).pathname;
const get = (path: string) => request(sandbox.url).get(path);
const pay = (path: string, fields: Partial<typeof card> = {}) =>
  request(sandbox.url)
    .post(path)
    .type('form')
    .send({ ...card, ...fields });

async function sentInvoice(): Promise<Stripe.Invoice> {
  const customer = await stripe.customers.create({
    name: 'Globex Corporation',
    email: 'billing@globex.example',
  });
  const draft = await stripe.invoices.create({
    customer: customer.id,
    collection_method: 'send_invoice',
    days_until_due: 30,
    auto_advance: false,
    description: 'Design work',
    metadata: { salesforce_id: 'a01000000000001AAA' },
  });
  await stripe.invoices.addLines(draft.id, {
    lines: [
      { description: 'Logo', amount: 90_000 },
      { description: 'Workshop', amount: 33_450 },
    ],
  });
  return stripe.invoices.sendInvoice(draft.id);
}

test('a person pays from the mail on: declined first, then paid, and the API and the dashboard say so', async () => {
  const invoice = await sentInvoice();
  const page = pathOf(invoice.hosted_invoice_url);

  const mailbox = (await get('/mailbox')).text;
  const [mail = ''] = /\/mailbox\/[\w-]+/.exec(mailbox) ?? [];
  expect((await get(mail)).text).toContain(`href="${page}"`);

  expect((await get(page)).text).toContain('$1,234.50');
  const declined = await pay(page, { cardNumber: '4000000000000002' });
  expect(declined.status).toBe(402);
  expect(declined.text).toMatch(/role="alert"[^]*declined/);
  expect((await stripe.invoices.retrieve(invoice.id)).status).toBe('open');

  expect((await pay(page)).status).toBe(303);
  expect((await get(page)).text).toContain('Invoice paid');
  const paid = await stripe.invoices.retrieve(invoice.id, {
    expand: ['payments.data.payment.payment_intent'],
  });
  expect([paid.status, paid.amount_paid]).toEqual(['paid', 123_450]);

  const detail = (await get(`/dashboard/invoices/${invoice.id}`)).text;
  for (const words of ['Paid', 'Logo', 'invoice.finalized', 'invoice.paid', 'a01000000000001AAA']) {
    expect(detail).toContain(words);
  }
});

test('the PDF says PAID once the invoice is paid', async () => {
  const invoice = await sentInvoice();
  const pdf = async () =>
    readPdf((await get(pathOf(invoice.invoice_pdf)).responseType('blob')).body as Buffer);
  expect((await pdf()).text).not.toContain('PAID');
  await pay(pathOf(invoice.hosted_invoice_url));
  expect((await pdf()).text).toContain('PAID');
});

test('two clicks on Pay charge once', async () => {
  const invoice = await sentInvoice();
  const page = pathOf(invoice.hosted_invoice_url);
  const answers = await Promise.all([pay(page), pay(page)]);
  expect(answers.map(({ status }) => status)).toEqual([303, 303]);
  const charges = await stripe.charges.list({ customer: invoice.customer as string });
  expect(charges.data).toHaveLength(1);
});

test('a voided invoice is shown as voided and takes no card', async () => {
  const invoice = await sentInvoice();
  await stripe.invoices.voidInvoice(invoice.id);
  const page = pathOf(invoice.hosted_invoice_url);
  expect((await get(page)).text).toContain('Invoice voided');
  expect((await pay(page)).status).toBe(402);
  expect((await stripe.invoices.retrieve(invoice.id)).status).toBe('void');
});

test('the scripts and styles are served beside the API and the knobs', async () => {
  const files = [
    ...(await get('/dashboard/invoices')).text.matchAll(/(?:src|href)="(\/_sandbox\/assets\/[^"]+)"/g),
  ];
  expect(files.length).toBeGreaterThan(3);
  for (const [, file = ''] of files) expect([file, (await get(file)).status]).toEqual([file, 200]);
});

test('a click sends an event again', async () => {
  await sentInvoice();
  const event = (await stripe.events.list({ type: 'invoice.sent', limit: 1 })).data[0]!;
  await stripe.webhookEndpoints.create({ url: 'http://127.0.0.1:9/nobody', enabled_events: ['*'] });
  expect((await request(sandbox.url).post(`/dashboard/events/${event.id}/resend`)).status).toBe(303);
  for (let tries = 0; tries < 100; tries += 1) {
    if ((await get('/dashboard/deliveries')).text.includes(event.id)) return;
    await pause(20);
  }
  throw new Error('The dashboard shows no delivery of the event that was sent again.');
});

test('every call of these tests kept the contract, and every event holds what Stripe says', async () => {
  for await (const event of stripe.events.list({ limit: 100 }))
    violations.push(...contract.checkEvent(event));
  expect(calls).toBeGreaterThan(20);
  const different = new Set(
    violations.map(({ part, operation, path, message }) => `${part} ${operation} ${path} ${message}`),
  );
  expect([...different]).toEqual([]);
});

test('a credit note has a PDF at its own address, and none at a guessed one', async () => {
  const invoice = await sentInvoice();
  const note = await stripe.creditNotes.create({
    invoice: invoice.id,
    lines: [{ type: 'custom_line_item', description: 'Late delivery', quantity: 1, unit_amount: 12_345 }],
    memo: 'With our apologies',
  });
  const answer = await get(pathOf(note.pdf)).responseType('blob').expect(200);
  expect(answer.headers['content-type']).toBe('application/pdf');
  const { text } = readPdf(answer.body as Buffer);
  for (const part of [note.number, invoice.number!, 'Late delivery', '$123.45', 'With our apologies'])
    expect(text).toContain(part);
  expect(text).not.toContain('Void');
  await stripe.creditNotes.voidCreditNote(note.id);
  const voided = await get(pathOf(note.pdf)).responseType('blob');
  expect(readPdf(voided.body as Buffer).text).toContain('Void');
  await get(pathOf(note.pdf).replace('test_', 'test_x')).expect(404);
});

test('discounts, taxes, custom fields and the footer stand on the hosted page, the PDF and in the dashboard', async () => {
  const customer = await stripe.customers.create({ name: 'Globex', email: 'billing@globex.example' });
  const vat = await stripe.taxRates.create({
    display_name: 'VAT',
    jurisdiction: 'DE',
    percentage: 19,
    inclusive: false,
  });
  const gst = await stripe.taxRates.create({ display_name: 'GST', percentage: 5, inclusive: true });
  const summer = await stripe.coupons.create({ name: 'Summer', percent_off: 10 });
  const welcome = await stripe.coupons.create({ name: 'Welcome', amount_off: 500, currency: 'usd' });
  const draft = await stripe.invoices.create({
    customer: customer.id,
    collection_method: 'send_invoice',
    days_until_due: 30,
    currency: 'usd',
    default_tax_rates: [vat.id],
    discounts: [{ coupon: summer.id }],
    custom_fields: [{ name: 'Purchase order', value: 'PO-4711' }],
    footer: 'Payable without deduction.',
  });
  await stripe.invoices.addLines(draft.id, {
    lines: [
      { description: 'Logo', amount: 10_500, discounts: [{ coupon: welcome.id }] },
      { description: 'Print', amount: 10_500, tax_rates: [gst.id] },
    ],
  });
  const invoice = await stripe.invoices.finalizeInvoice(draft.id);
  const page = (await get(pathOf(invoice.hosted_invoice_url))).text;
  const dashboard = (await get(`/dashboard/invoices/${invoice.id}`)).text;
  const pdf = await get(pathOf(invoice.invoice_pdf)).responseType('blob');
  for (const text of [page, dashboard, readPdf(pdf.body as Buffer).text])
    for (const words of [
      ...['Welcome ($5.00 off): -$5.00', 'Summer (10% off)', '-$20.50', 'Total excluding tax', '$180.00'],
      ...['VAT - DE (19% on $90.00)', '$17.10', 'GST (5% inclusive)', '$4.50', '$201.60'],
      ...['Purchase order', 'PO-4711', 'Payable without deduction.'],
    ])
      expect(text).toContain(words);
  const [logo] = invoice.lines.data;
  const note = await stripe.creditNotes.create({
    invoice: invoice.id,
    lines: [{ type: 'invoice_line_item', invoice_line_item: logo!.id, amount: logo!.amount }],
  });
  const credited = await get(pathOf(note.pdf)).responseType('blob');
  const { text } = readPdf(credited.body as Buffer);
  for (const words of ['Welcome ($5.00 off)', 'Summer (10% off)', 'VAT - DE (19% on $90.00)', '$107.10'])
    expect(text).toContain(words);
});

test('the paper of a customer under reverse charge says so', async () => {
  const customer = await stripe.customers.create({
    email: 'billing@globex.example',
    tax_exempt: 'reverse',
    tax_id_data: [{ type: 'eu_vat', value: 'DE123456789' }],
  });
  const gst = await stripe.taxRates.create({ display_name: 'GST', percentage: 10, inclusive: true });
  const draft = await stripe.invoices.create({ customer: customer.id, default_tax_rates: [gst.id] });
  await stripe.invoices.addLines(draft.id, { lines: [{ description: 'Logo', amount: 10_000 }] });
  const invoice = await stripe.invoices.finalizeInvoice(draft.id);
  const { body } = await get(pathOf(invoice.invoice_pdf)).responseType('blob');
  const { text } = readPdf(body as Buffer);
  for (const words of [
    'EU VAT DE123456789',
    'Reverse charge',
    'Tax within the price, not charged',
    '-$9.09',
    '$90.91',
  ])
    expect(text).toContain(words);
  expect(text).not.toContain('GST');
});
