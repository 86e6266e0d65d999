import express from 'express';
import request from 'supertest';
import { createPages } from '../../sandbox/stripe/pages/pages.ts';
import { account, addInvoice, addLine, LiteralPort } from './literalPort.ts';
import { readPdf, type PdfContent } from './pdfContent.ts';

let port: LiteralPort;

beforeEach(() => {
  port = new LiteralPort();
});

async function download(id: string, end = ''): Promise<PdfContent & { body: Buffer; type: string }> {
  const app = express().use(createPages(port));
  const { body, headers } = await request(app).get(`/pdf/${account}/secret_${id}${end}`).responseType('blob');
  return { ...readPdf(body), body, type: String(headers['content-type']) };
}

test('days are those of the account, where it is another day than in UTC', async () => {
  addInvoice(port, 'in_1');
  port.timeZone = 'Pacific/Kiritimati';
  expect((await download('in_1')).text).toContain('due January 16, 2040');
  const page = await request(express().use(createPages(port))).get(`/i/${account}/secret_in_1`);
  expect(page.text).toContain('Due January 16, 2040');
});

test('the PDF of an open invoice holds its figures and the link to pay', async () => {
  addInvoice(port, 'in_1');
  addLine(port, 'in_1', { description: 'Logo', amount: 123_450 });
  const { body, type, text, pages, links } = await download('in_1');
  expect(body.subarray(0, 5).toString()).toBe('%PDF-');
  expect(type).toBe('application/pdf');
  expect(pages).toBe(1);
  for (const words of [
    'NW-0001',
    'Globex Corporation',
    '$1,234.50 due January 15, 2040',
    'Logo',
    'Amount due',
  ]) {
    expect(text).toContain(words);
  }
  expect(text).not.toContain('PAID');
  expect(links).toEqual([`http://localhost:4242/i/${account}/secret_in_1`]);
});

test('a long invoice goes on over pages, each with the head of the table, and no line is lost', async () => {
  addInvoice(port, 'in_1');
  const names = Array.from({ length: 105 }, (_, index) => `Consulting day ${index + 1}.`);
  for (const description of names) addLine(port, 'in_1', { description, amount: 1000 });
  const { pages, text } = await download('in_1');
  expect(pages).toBeGreaterThan(3);
  expect(text.match(/Unit price/g)).toHaveLength(pages);
  expect(text).toContain(`Page ${pages} of ${pages}`);
  expect(names.filter((name) => !text.includes(name))).toEqual([]);
});

test('a paid invoice is stamped and has a receipt; an open one has none', async () => {
  const times = { finalized_at: 1, paid_at: 1_763_722_800, voided_at: null, marked_uncollectible_at: null };
  addInvoice(port, 'in_1', {
    status: 'paid',
    amount_remaining: 0,
    amount_paid: 123_450,
    status_transitions: times,
  });
  const { text, links } = await download('in_1');
  expect(text).toContain('PAID');
  expect(text).toContain('$1,234.50 paid on November 21, 2025');
  expect(links).toEqual([]);
  expect((await download('in_1', '/receipt')).text).toMatch(/^Receipt/);
  addInvoice(port, 'in_2');
  expect((await download('in_2', '/receipt')).type).toContain('text/html');
});

test('letters that the fonts of PDF do not have are spelled without accents or become a question mark', async () => {
  addInvoice(port, 'in_1', { customer_name: 'Müller & Łukasz Țăran 株式会社', currency: 'pln' });
  expect((await download('in_1')).text).toContain('Müller & Lukasz Taran ????');
});
