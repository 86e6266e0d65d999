import type Stripe from 'stripe';
import { toMajorUnits } from '../../../sync/domain/money.ts';
import type { OrgRecord } from '../../integration/orgUser.ts';

/** Line by line: each of Stripe's once in the org, with its numbers and its words. */
export function linesDiffer(lines: OrgRecord[], invoice: Stripe.Invoice): string[] {
  const left = new Map(invoice.lines.data.map((line) => [line.id, line]));
  const found = lines.flatMap((line) => {
    const id = String(line.Stripe_Line_Id__c);
    const other = left.get(id);
    left.delete(id);
    if (!other) return [`line ${line.Id} (${id}) is not in Stripe, or twice in the org`];
    return differing(line, other, invoice.currency).map((words) => `line ${id}: ${words}`);
  });
  return [...found, ...[...left.keys()].map((id) => `line ${id} is not in the org`)];
}

function differing(line: OrgRecord, other: Stripe.InvoiceLineItem, currency: string): string[] {
  const unit = Number(other.pricing?.unit_amount_decimal ?? other.amount);
  const wanted: Record<string, unknown> = {
    Quantity__c: Number(other.quantity_decimal ?? other.quantity ?? 1),
    Unit_Price__c: Math.round(toMajorUnits(unit, currency) * 1e6) / 1e6,
    Amount__c: toMajorUnits(other.amount, currency),
    // An empty description in the org stands for the product's name.
    ...(line.Description__c === null ? {} : { Description__c: other.description }),
  };
  return Object.entries(wanted)
    .filter(([field, value]) => line[field] !== value)
    .map(([field, value]) => `${field} is ${JSON.stringify(line[field])} and not ${JSON.stringify(value)}`);
}
