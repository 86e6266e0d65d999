import { NO_TERMS, type BaseLine, type InvoiceBase, type LineTerms } from './invoice.ts';
import { decimal } from './money.ts';

/** A base as the database keeps it, also one that an earlier version has written: unit prices were whole numbers then. */
export function readBase(stored: unknown): InvoiceBase | null {
  if (stored === null || stored === undefined) return null;
  const base = stored as InvoiceBase;
  return {
    ...base,
    // Of what an earlier version did not know, the org had nothing.
    terms: { ...NO_TERMS, ...base.terms },
    lines: Object.fromEntries(Object.entries(base.lines).map(([id, line]) => [id, readLine(line)])),
  };
}

const readLine = (line: BaseLine): BaseLine => ({
  ...line,
  ...readTerms(line),
  ...(line.sent && { sent: line.sent.map(readTerms) }),
});

const readTerms = (terms: LineTerms): LineTerms => ({
  ...terms,
  unitAmount: decimal(terms.unitAmount),
  taxRate: terms.taxRate ?? null,
});
