import PDFDocument from 'pdfkit';
import type { Writable } from 'node:stream';
import { formatDay } from '../dates.ts';
import { discountRows, taxRows } from '../invoiceFigures.ts';
import { formatMoney } from '../money.ts';
import type { PaperNames, PrintedCreditNote, StripePagesPort } from '../port.ts';
import { bold, bottom, grey, left, regular, right, top } from './paper.ts';
import { pdfText } from './pdfText.ts';

/** Writes the credit note as PDF, on as many pages as its lines need, and ends the stream. */
export function writeCreditNotePdf(
  out: Writable,
  note: PrintedCreditNote,
  { accountName, names, timeZone }: Pick<StripePagesPort, 'accountName' | 'names' | 'timeZone'>,
): void {
  const title = `Credit note ${note.number}`;
  const pdf = new PDFDocument({
    size: 'A4',
    margins: { top, bottom: 0, left, right: left },
    info: { Title: title, Author: pdfText(accountName), Subject: 'Sandbox: not Stripe, no real money' },
  });
  pdf.pipe(out);
  drawHead(pdf, note, { accountName, timeZone });
  drawRows(pdf, note, names);
  pdf
    .font(regular)
    .fontSize(8)
    .fillColor(grey)
    .text(`${title} · Sandbox: not Stripe, no real money`, left, 800);
  pdf.end();
}

function drawHead(
  pdf: PDFKit.PDFDocument,
  note: PrintedCreditNote,
  { accountName, timeZone }: { accountName: string; timeZone: string },
): void {
  pdf.font(bold).fontSize(22).fillColor('black').text('Credit note', left, top);
  pdf
    .fontSize(14)
    .fillColor(grey)
    .text(pdfText(accountName), left, top + 4, { width: right - left, align: 'right' });
  const facts = [
    ['Credit note number', note.number],
    ['Invoice number', note.invoiceNumber],
    ['Date of issue', formatDay(note.issued, timeZone)],
    ['For', note.customerName],
    ['Memo', note.memo],
    ['Status', note.isVoid ? 'Void' : null],
  ];
  pdf.y = top + 40;
  for (const [label, value] of facts.filter(([, fact]) => fact)) {
    const { y } = pdf;
    pdf
      .font(bold)
      .fontSize(9)
      .fillColor('black')
      .text(label ?? '', left, y);
    pdf.font(regular).text(pdfText(value ?? ''), left + 110, y, { width: right - left - 110 });
    pdf.y += 3;
  }
  pdf.y += 16;
}

function drawRows(pdf: PDFKit.PDFDocument, note: PrintedCreditNote, names: PaperNames): void {
  const total = { description: 'Total credited', amount: note.total };
  const wording = { currency: note.currency, names };
  const rest = [...discountRows(note.discounts, wording), ...taxRows(note.taxes, wording)];
  const adjustments = rest.map(({ label, amount }) => ({ description: label, amount }));
  for (const row of [...note.lines, ...adjustments, total]) {
    if (pdf.y > bottom) pdf.addPage();
    const { y } = pdf;
    pdf
      .font(row === total ? bold : regular)
      .fontSize(9)
      .text(pdfText(row.description ?? ''), left, y, { width: 340 });
    const end = pdf.y;
    pdf.text(pdfText(formatMoney(row.amount, note.currency)), 420, y, {
      width: right - 420,
      align: 'right',
    });
    pdf.y = end + 6;
  }
}
