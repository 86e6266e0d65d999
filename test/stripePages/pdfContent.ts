import { inflateSync } from 'node:zlib';

export interface PdfContent {
  pages: number;
  /** The text of all pages in the order in which it was drawn. */
  text: string;
  links: string[];
}

/** Reads back what PDFKit writes: compressed streams whose text stands as hexadecimal Windows-1252. */
export function readPdf(pdf: Buffer): PdfContent {
  const raw = pdf.toString('latin1');
  const streams = [...raw.matchAll(/stream\n([\s\S]*?)\nendstream/g)].map(([, body = '']) => inflated(body));
  const drawn = streams.flatMap((stream) =>
    [...stream.matchAll(/\[(.*?)\] TJ/g)].map(([, parts = '']) => textOf(parts)),
  );
  return {
    pages: raw.match(/\/Type \/Page\b(?!s)/g)?.length ?? 0,
    text: drawn.join('\n'),
    links: [...raw.matchAll(/\/URI \((.*?)\)/g)].map(([, address = '']) => address),
  };
}

function inflated(body: string): string {
  try {
    return inflateSync(Buffer.from(body, 'latin1')).toString('latin1');
  } catch {
    return ''; // Not every stream is compressed text.
  }
}

function textOf(parts: string): string {
  const hex = [...parts.matchAll(/<([0-9a-f]*)>/g)].map(([, digits = '']) => digits).join('');
  return new TextDecoder('windows-1252').decode(Buffer.from(hex, 'hex'));
}
