import PDFDocument from 'pdfkit';
import { standardText } from './pdfText.ts';

/** Measures of an A4 page (595 x 842 points). */
export const LEFT = 46;
export const RIGHT = 549;
export const TOP = 46;
/** Below this nothing begins but the foot of the page. */
export const BOTTOM = 776;
const FOOT = 800;

export const GREY = '#5b6472';
export const FAINT = '#eef1f5';
export const RED = '#a61b1b';

interface Style {
  size?: number;
  bold?: boolean;
  color?: string;
}

interface Place extends Style {
  x: number;
  y: number;
  width: number;
  align?: 'left' | 'right';
}

/** A document in one font, whose pages are counted at the end. */
export class Paper {
  readonly pdf: PDFKit.PDFDocument;
  /** Where the next thing begins. */
  y = TOP;
  private lost = false;
  private readonly ownFont: boolean;

  /** Font: the file of one that has more letters than the standard ones. */
  constructor(title: string, { author, font }: { author: string; font: string | null }) {
    this.ownFont = font !== null;
    this.pdf = new PDFDocument({
      size: 'A4',
      margins: { top: TOP, bottom: 0, left: LEFT, right: LEFT },
      bufferPages: true,
      info: { Title: title, Author: author },
    });
    this.pdf.registerFont('regular', font ?? 'Helvetica');
    this.pdf.registerFont('bold', font ?? 'Helvetica-Bold');
  }

  /** One text, and how high it became. What is too wide for a place to the right becomes smaller. */
  write(text: string, { x, y, width, align = 'left', ...style }: Place): number {
    const shown = this.shown(text);
    this.style(style);
    if (align === 'right') this.fit(shown, { width, size: style.size ?? SIZE });
    this.pdf.text(shown, x, y, { width, align, lineBreak: align === 'left' });
    return align === 'right' ? this.pdf.currentLineHeight() : this.pdf.y - y;
  }

  heightOf(text: string, { width, ...style }: Style & { width: number }): number {
    this.style(style);
    return this.pdf.heightOfString(this.shown(text), { width });
  }

  rule(y: number, { color = GREY, width = 0.6 }: { color?: string; width?: number } = {}): void {
    this.pdf.moveTo(LEFT, y).lineTo(RIGHT, y).lineWidth(width).stroke(color);
  }

  shade({ x, y, width, height }: { x: number; y: number; width: number; height: number }): void {
    this.pdf.rect(x, y, width, height).fill(FAINT);
  }

  /** Whether so much still goes on this page. */
  hasRoom(height: number): boolean {
    return this.y + height <= BOTTOM;
  }

  newPage(): void {
    this.pdf.addPage();
    this.y = TOP;
  }

  /** Numbers the pages, and ends the document. */
  end(foot: string): PDFKit.PDFDocument {
    const { start, count } = this.pdf.bufferedPageRange();
    for (let page = 0; page < count; page += 1) {
      this.pdf.switchToPage(start + page);
      this.rule(FOOT - 8, { color: '#c8ced6' });
      const style = { y: FOOT, size: 7.5, color: GREY };
      this.write(`${foot}${this.lost ? LOST : ''}`, { ...style, x: LEFT, width: RIGHT - LEFT - 80 });
      this.write(`Page ${page + 1} of ${count}`, { ...style, x: RIGHT - 80, width: 80, align: 'right' });
    }
    this.pdf.end();
    return this.pdf;
  }

  private shown(text: string): string {
    if (this.ownFont) return text.replace(/[\p{Cc}]+/gu, ' ');
    const { text: shown, lost } = standardText(text);
    this.lost ||= lost;
    return shown;
  }

  private style({ size = SIZE, bold = false, color = 'black' }: Style): void {
    this.pdf
      .font(bold ? 'bold' : 'regular')
      .fontSize(size)
      .fillColor(color);
  }

  private fit(text: string, { width, size }: { width: number; size: number }): void {
    const needed = this.pdf.widthOfString(text);
    if (needed > width) this.pdf.fontSize((size * width) / needed);
  }
}

const SIZE = 8.5;
const LOST = ' · Letters that this font does not have stand as "?".';
