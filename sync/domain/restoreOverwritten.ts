import { readCustomFields, type CustomField } from './customFields.ts';
import type { CrmInvoice, CrmLine, InvoiceBase, InvoiceTerms, LineTerms } from './invoice.ts';
import { same } from './merge.ts';
import { decimal, toMinorDecimal, toMinorUnits } from './money.ts';
import { knownTerms } from './paymentTerms.ts';
import { fieldKey, type ToldValues } from './overwritten.ts';

interface Term<T> {
  term: keyof T;
  of(value: unknown, currency: string): unknown;
  /** Where a blank in the org stands for a value of something else, which is not known here. */
  blankIsOther?: true;
}

const TERMS: Readonly<Record<string, Term<InvoiceTerms>>> = {
  Description__c: { term: 'description', of: (value) => value },
  Due_Date__c: { term: 'dueDate', of: (value) => value },
  Payment_Terms__c: { term: 'paymentTerms', of: knownTerms },
  Finalize_On__c: { term: 'finalizeOn', of: (value) => value },
  Footer__c: { term: 'footer', of: (value) => value },
  Custom_Fields__c: { term: 'customFields', of: customFieldsIn },
  Discount_Percent__c: {
    term: 'discount',
    of: (value) => (value === null ? null : { percent: decimal(Number(value)) }),
  },
  Discount_Amount__c: {
    term: 'discount',
    of: (value, currency) => (value === null ? null : { amount: toMinorUnits(Number(value), currency) }),
  },
};

const LINE_TERMS: Readonly<Record<string, Term<LineTerms>>> = {
  // A line without one has its product's name.
  Description__c: { term: 'description', of: (value) => value, blankIsOther: true },
  Unit_Price__c: { term: 'unitAmount', of: (value, currency) => toMinorDecimal(Number(value), currency) },
  Quantity__c: { term: 'quantity', of: (value) => decimal(Number(value)) },
};

/** What these fields of a line say as its terms; an emptied description stands for another one, which is not known here. */
export const editedTerms = (fields: Record<string, unknown>, currency: string): Partial<LineTerms> =>
  Object.fromEntries(
    Object.entries(LINE_TERMS).flatMap(([field, { term, of, blankIsOther }]) =>
      !(field in fields) || (blankIsOther && fields[field] === null)
        ? []
        : [[term, of(fields[field], currency)] as const],
    ),
  );

function customFieldsIn(value: unknown): CustomField[] {
  const read = readCustomFields(value as string | null);
  return 'fields' in read ? read.fields : [];
}

/**
 * The org's invoice as it would be if we had not written over edits that we had not read, and what both sides agreed on
 * before that: so the merge sees that both had changed. A field that has been edited once more is left as it is, and an
 * emptied one, too: on a line that stands for other values.
 */
export function restoreOverwritten(
  crm: CrmInvoice,
  base: InvoiceBase | null,
  told: ToldValues,
): { crm: CrmInvoice; base: InvoiceBase | null } {
  const { currency } = crm;
  const terms = restored(TERMS, { id: crm.id, fields: crm.fields, told, currency });
  const lines = crm.lines.map((line) => ({
    line,
    ...restored(LINE_TERMS, { id: line.id, fields: line.fields, told, currency }),
  }));
  return {
    crm: {
      ...crm,
      terms: { ...crm.terms, ...terms.edited },
      lines: lines.map(({ line, edited }): CrmLine => ({ ...line, terms: { ...line.terms, ...edited } })),
    },
    base: base && {
      ...base,
      terms: { ...base.terms, ...terms.before },
      ...sentBefore(base.sent, terms.before),
      lines: { ...base.lines, ...linesBefore(base, lines) },
    },
  };
}

/** What was sent since says nothing of a field that was written over in the org. */
const sentBefore = <T extends object>(sent: T[] | undefined, before: Partial<T>): { sent?: T[] } =>
  sent ? { sent: sent.map((one) => ({ ...one, ...before })) } : {};

function linesBefore(
  base: InvoiceBase,
  lines: { line: CrmLine; before: Partial<LineTerms> }[],
): InvoiceBase['lines'] {
  return Object.fromEntries(
    lines.flatMap(({ line: { id }, before }) =>
      base.lines[id]
        ? [[id, { ...base.lines[id], ...before, ...sentBefore(base.lines[id].sent, before) }] as const]
        : [],
    ),
  );
}

function restored<T>(
  terms: Readonly<Record<string, Term<T>>>,
  {
    id,
    fields,
    told,
    currency,
  }: { id: string; fields: Record<string, unknown>; told: ToldValues; currency: string },
): { edited: Partial<T>; before: Partial<T> } {
  const edited: Partial<T> = {};
  const before: Partial<T> = {};
  for (const [field, { term, of, blankIsOther }] of Object.entries(terms)) {
    const { value, overwrittenBy: by } = told[fieldKey(id, field)] ?? {};
    if (!by || !same(fields[field] ?? null, by.value) || (value === null && blankIsOther)) continue;
    edited[term] = of(value, currency) as T[keyof T];
    const isUnknown = by.before === null && blankIsOther;
    before[term] = isUnknown ? undefined : (of(by.before, currency) as T[keyof T]);
  }
  return { edited, before };
}
