import PDFDocument from 'pdfkit';
import type { Writable } from 'node:stream';
import type Stripe from 'stripe';
import { formatDay } from '../dates.ts';
import { invoiceTotals } from '../invoiceFigures.ts';
import { formatMoney } from '../money.ts';
import type { PaperNames } from '../port.ts';
import { drawLineTable } from './lineTable.ts';
import { bold, grey, left, regular, right, top } from './paper.ts';
import { pdfText } from './pdfText.ts';

export type Paper = 'Invoice' | 'Receipt';

export interface InvoicePdf {
  paper: Paper;
  invoice: Stripe.Invoice;
  lines: Stripe.InvoiceLineItem[];
  names: PaperNames;
  accountName: string;
  /** Whose days are printed. */
  timeZone: string;
}

/** Writes the invoice as PDF, on as many pages as its lines need, and ends the stream. */
export function writeInvoicePdf(out: Writable, content: InvoicePdf): void {
  const { paper, invoice, accountName } = content;
  const title = `${paper} ${invoice.number ?? invoice.id}`;
  const pdf = new PDFDocument({
    size: 'A4',
    margins: { top, bottom: 0, left, right: left },
    bufferPages: true,
    info: { Title: title, Author: pdfText(accountName), Subject: 'Sandbox: not Stripe, no real money' },
  });
  pdf.pipe(out);
  drawHead(pdf, content);
  drawParties(pdf, content);
  drawAmountDue(pdf, content);
  drawLineTable(pdf, content);
  drawTotals(pdf, content);
  drawClosingWords(pdf, invoice);
  drawFooters(pdf, title);
  pdf.end();
}

function drawHead(pdf: PDFKit.PDFDocument, { paper, invoice, accountName, timeZone }: InvoicePdf): void {
  pdf.font(bold).fontSize(22).fillColor('black').text(paper, left, top);
  pdf
    .fontSize(14)
    .fillColor(grey)
    .text(pdfText(accountName), left, top + 4, { width: right - left, align: 'right' });
  const day = (seconds: number | null) => (seconds === null ? null : formatDay(seconds, timeZone));
  const facts: [string, string | null][] = [
    ['Invoice number', invoice.number],
    ['Date of issue', day(invoice.effective_at ?? invoice.created)],
    ['Date due', day(invoice.due_date)],
    ['Date paid', day(invoice.status_transitions.paid_at)],
    ...(invoice.custom_fields ?? []).map(({ name, value }): [string, string] => [name, value]),
  ];
  let y = top + 40;
  for (const [label, value] of facts.filter(([, fact]) => fact !== null)) {
    // A custom field has up to 40 characters of name and 140 of value; the stamp is to the right.
    pdf.font(bold).fontSize(9).fillColor('black').text(pdfText(label), left, y, { width: 120 });
    const end = pdf.y;
    pdf.font(regular).text(pdfText(value ?? ''), left + 125, y, { width: 200 });
    y = Math.max(end, pdf.y) + 3.5;
  }
  drawStamp(pdf, invoice);
  pdf.y = y + 16;
}

const stamps: Record<string, { text: string; color: string }> = {
  paid: { text: 'PAID', color: '#1a7f37' },
  void: { text: 'VOID', color: '#9a3412' },
  uncollectible: { text: 'UNCOLLECTIBLE', color: '#9a3412' },
};

function drawStamp(pdf: PDFKit.PDFDocument, invoice: Stripe.Invoice): void {
  const stamp = stamps[invoice.status ?? ''];
  if (!stamp) return;
  pdf.save().rotate(-8, { origin: [right - 80, top + 70] });
  pdf.font(bold).fontSize(20);
  const width = pdf.widthOfString(stamp.text) + 28;
  pdf
    .roundedRect(right - width, top + 50, width, 36, 5)
    .lineWidth(2)
    .stroke(stamp.color);
  pdf.fillColor(stamp.color).text(stamp.text, right - width, top + 60, { width, align: 'center' });
  pdf.restore();
}

function drawParties(pdf: PDFKit.PDFDocument, { invoice, accountName }: InvoicePdf): void {
  const y = pdf.y;
  const width = 220;
  pdf.font(bold).fontSize(9).fillColor('black').text(pdfText(accountName), left, y, { width });
  pdf.font(regular).fillColor(grey).text('Sandbox: not Stripe, no real money', { width });
  pdf
    .font(bold)
    .fillColor('black')
    .text('Bill to', left + 250, y, { width });
  pdf.font(regular);
  for (const line of billTo(invoice)) pdf.text(pdfText(line), { width });
  pdf.y = Math.max(pdf.y, y + 40) + 20;
}

function billTo(invoice: Stripe.Invoice): string[] {
  const address = invoice.customer_address;
  const place = [address?.postal_code, address?.city, address?.state].filter(Boolean).join(' ');
  return [
    invoice.customer_name,
    address?.line1,
    address?.line2,
    place,
    address?.country,
    invoice.customer_email,
    invoice.customer_phone,
    ...(invoice.customer_tax_ids ?? []).map(taxIdWords),
  ].filter((line): line is string => Boolean(line));
}

/** "EU VAT DE123456789" */
function taxIdWords({ type, value }: Stripe.Invoice.CustomerTaxId): string {
  return `${type.replaceAll('_', ' ').toUpperCase()} ${value ?? ''}`;
}

function drawAmountDue(pdf: PDFKit.PDFDocument, { invoice, timeZone }: InvoicePdf): void {
  const paidAt = invoice.status_transitions.paid_at;
  const headline =
    invoice.status === 'paid'
      ? `${formatMoney(invoice.total, invoice.currency)} paid${paidAt === null ? '' : ` on ${formatDay(paidAt, timeZone)}`}`
      : `${formatMoney(invoice.amount_remaining, invoice.currency)} due${invoice.due_date === null ? '' : ` ${formatDay(invoice.due_date, timeZone)}`}`;
  pdf
    .font(bold)
    .fontSize(15)
    .fillColor('black')
    .text(pdfText(headline), left, pdf.y, { width: right - left });
  const canBePaid = invoice.status === 'open' || invoice.status === 'uncollectible';
  if (canBePaid && invoice.hosted_invoice_url) {
    const link = { link: invoice.hosted_invoice_url, underline: true };
    pdf.moveDown(0.3).fontSize(10).fillColor('#533afd').text('Pay online', link);
  }
  if (invoice.description) {
    pdf
      .moveDown(0.8)
      .font(regular)
      .fontSize(9)
      .fillColor('black')
      .text(pdfText(invoice.description), left, pdf.y, {
        width: right - left,
      });
  }
  pdf.y += 20;
}

function drawTotals(pdf: PDFKit.PDFDocument, { invoice, names }: InvoicePdf): void {
  const totals = invoiceTotals(invoice, names);
  const height = totals.length * 18;
  if (pdf.y + height > 760) pdf.addPage();
  let y = pdf.y + 8;
  for (const { label, amount, strong } of totals) {
    pdf
      .moveTo(320, y - 5)
      .lineTo(right, y - 5)
      .lineWidth(0.5)
      .stroke('#e3e8ee');
    pdf
      .font(strong ? bold : regular)
      .fontSize(9)
      .fillColor('black')
      .text(pdfText(label), 320, y, { width: 140, height: 10, ellipsis: true });
    pdf.text(pdfText(formatMoney(amount, invoice.currency)), 420, y, { width: right - 420, align: 'right' });
    y += 18;
  }
}

/** "The invoice and receipt PDF includes the text 'Reverse charge'": docs.stripe.com/billing/taxes/tax-rates. */
function drawClosingWords(
  pdf: PDFKit.PDFDocument,
  { customer_tax_exempt: exempt, footer }: Stripe.Invoice,
): void {
  const words = [exempt === 'reverse' ? 'Reverse charge' : null, footer].filter((one) => one !== null);
  for (const text of words) {
    pdf.font(regular).fontSize(9).fillColor('black');
    const height = pdf.heightOfString(pdfText(text), { width: right - left });
    if (pdf.y + 20 + height > 785) {
      pdf.addPage();
      pdf.y = top;
    }
    pdf.text(pdfText(text), left, pdf.y + 20, { width: right - left });
  }
}

/** Only now is it known how many pages there are. */
function drawFooters(pdf: PDFKit.PDFDocument, title: string): void {
  const { count } = pdf.bufferedPageRange();
  for (let page = 0; page < count; page += 1) {
    pdf.switchToPage(page);
    pdf
      .font(regular)
      .fontSize(8)
      .fillColor(grey)
      .text(`${title} · Sandbox: not Stripe, no real money`, left, 800);
    pdf.text(`Page ${page + 1} of ${count}`, left, 800, { width: right - left, align: 'right' });
  }
}
