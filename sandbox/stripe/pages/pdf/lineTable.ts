import type Stripe from 'stripe';
import { lineDiscounts, quantityOf, unitPriceOf } from '../invoiceFigures.ts';
import { formatMoney } from '../money.ts';
import type { PaperNames } from '../port.ts';
import { bold, bottom, grey, left, regular, right, top } from './paper.ts';
import { pdfText } from './pdfText.ts';

const columns = [
  { title: 'Description', x: left, width: 255, align: 'left' },
  { title: 'Qty', x: 315, width: 45, align: 'right' },
  { title: 'Unit price', x: 365, width: 85, align: 'right' },
  { title: 'Amount', x: 455, width: right - 455, align: 'right' },
] as const;

/** The table of lines; its head is repeated on every page that it needs. */
export function drawLineTable(
  pdf: PDFKit.PDFDocument,
  { lines, names }: { lines: Stripe.InvoiceLineItem[]; names: PaperNames },
): void {
  drawTableHead(pdf);
  for (const line of lines) {
    const cells = [
      [line.description, ...lineDiscounts(line, names)].filter(Boolean).join(' · '),
      quantityOf(line),
      unitPriceOf(line) ?? '',
      formatMoney(line.amount, line.currency),
    ].map(pdfText);
    pdf.font(regular).fontSize(9);
    const height = pdf.heightOfString(cells[0] ?? '', { width: columns[0].width }) + 10;
    if (pdf.y + height > bottom) {
      pdf.addPage();
      pdf.y = top;
      drawTableHead(pdf);
      pdf.font(regular).fontSize(9);
    }
    drawRow(pdf, cells);
    pdf.y += height;
  }
}

function drawTableHead(pdf: PDFKit.PDFDocument): void {
  pdf.font(bold).fontSize(8).fillColor(grey);
  drawRow(
    pdf,
    columns.map(({ title }) => title),
  );
  pdf.y += 14;
  pdf.moveTo(left, pdf.y).lineTo(right, pdf.y).lineWidth(0.8).stroke('#1a1f36');
  pdf.y += 8;
  pdf.fillColor('black');
}

/** Draws the cells side by side and leaves the position where it was. */
function drawRow(pdf: PDFKit.PDFDocument, cells: string[]): void {
  const y = pdf.y;
  columns.forEach(({ x, width, align }, index) => pdf.text(cells[index] ?? '', x, y, { width, align }));
  pdf.y = y;
}
