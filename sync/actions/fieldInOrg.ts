import type { CustomerTerms } from '../domain/customer.ts';
import type { CrmInvoice, CrmLine, InvoiceTerms } from '../domain/invoice.ts';
import { lineNumberFields } from '../domain/lineNumbers.ts';
import { DECIDABLE_TERMS } from '../domain/otherValue.ts';
import { termFields } from '../domain/planCrmInvoice.ts';
import type { ProductTerms } from '../domain/product.ts';
import type { Engine } from '../engine.ts';
import type { PairKind } from '../flows/convergePairs.ts';
import { customerKind } from '../flows/customerKind.ts';
import { productKind } from '../flows/productKind.ts';
import { readCrmInvoices } from '../salesforce/readInvoices.ts';
import type { KeptConflict } from '../store/openConflicts.ts';
import { refused } from './stepContext.ts';

/** The field of a conflict in the org: what it says now, and what would be written there for Stripe's value. */
export interface FieldInOrg {
  object: string;
  id: string;
  /** As both sides compare it. */
  value: unknown;
  before: Record<string, unknown>;
  fields: Record<string, unknown>;
}

/** Reads it; refuses, in words, what cannot be edited. */
export async function fieldInOrg(engine: Engine, conflict: KeptConflict): Promise<FieldInOrg> {
  switch (conflict.entity) {
    case 'customer':
      return ofPair<CustomerTerms>(engine, customerKind, conflict);
    case 'product':
      return ofPair<ProductTerms>(engine, productKind, conflict);
    case 'invoice':
      return ofInvoice(engine, conflict);
    default:
      throw refused('wrong_kind', BY_HAND);
  }
}

const BY_HAND = 'This value cannot be taken over with one press. Enter it by hand where it is the right one.';
const gone = () => refused('crm_record_gone', 'The record, or the line, is not in the org any more.');
export const finalInStripe = () =>
  refused(
    'wrong_state',
    'The invoice is final, and Stripe keeps what it says. Revise it, or void it and raise a new one, if it is wrong.',
  );

async function ofPair<T extends object>(
  engine: Engine,
  kind: PairKind<T>,
  { crmId, field, stripe }: KeptConflict,
): Promise<FieldInOrg> {
  const [crm] = await kind.readCrm(engine.org, { crmIds: [crmId!], stripeIds: [] });
  if (!crm) throw gone();
  if (!(field in crm.terms)) throw refused('wrong_kind', BY_HAND);
  return {
    object: kind.object,
    id: crm.id,
    value: crm.terms[field as keyof T],
    before: crm.fields,
    fields: kind.crmFields({ [field]: stripe } as Partial<T>, crm),
  };
}

async function ofInvoice(engine: Engine, { crmId, field, stripe }: KeptConflict): Promise<FieldInOrg> {
  const [read] = await readCrmInvoices(engine.org, {
    crmIds: [crmId!],
    stripeIds: [],
    defaultCurrency: engine.settings.defaultCurrency,
  });
  if (!read) throw gone();
  if ('failure' in read) throw read.failure;
  const { invoice } = read;
  if (invoice.status !== 'draft') throw finalInStripe();
  const [, lineId, part] = /^lines\.(\w+)\.(\w+)$/.exec(field) ?? [];
  if (lineId) return ofLine(invoice, { lineId, part: part!, stripe });
  const names = DECIDABLE_TERMS[field as keyof InvoiceTerms];
  if (!names) throw refused('wrong_kind', BY_HAND);
  const wanted = termFields({ ...invoice.terms, [field]: stripe } as InvoiceTerms, invoice.currency);
  return {
    object: 'Invoice__c',
    id: invoice.id,
    value: invoice.terms[field as keyof InvoiceTerms],
    before: invoice.fields,
    fields: Object.fromEntries(names.map((name) => [name, wanted[name]])),
  };
}

function ofLine(
  { lines, currency }: CrmInvoice,
  { lineId, part, stripe }: { lineId: string; part: string; stripe: unknown },
): FieldInOrg {
  const line = lines.find(({ id }) => id === lineId);
  if (!line) throw gone();
  const fields = lineFields(line, { part, value: String(stripe), currency });
  if (!fields) throw refused('wrong_kind', BY_HAND);
  return {
    object: 'Invoice_Line__c',
    id: line.id,
    value: line.terms[part as keyof CrmLine['terms']],
    before: line.fields,
    fields,
  };
}

function lineFields(
  { terms }: CrmLine,
  { part, value, currency }: { part: string; value: string; currency: string },
): Record<string, unknown> | undefined {
  if (part === 'description') return { Description__c: value };
  if (part !== 'unitAmount' && part !== 'quantity') return undefined;
  return lineNumberFields({ ...terms, [part]: value }, currency);
}
