import type { FieldDescribe } from '../schema/describeTypes.ts';
import type { Org } from '../org.ts';
import type { FieldValue, StoredRecord } from './storedRecord.ts';

type Derivation = (record: StoredRecord, org: Org) => FieldValue;

/** Standard fields that the platform computes from others. */
const derivations: Record<string, Derivation> = {
  'Contact.Name': fullName,
  'User.Name': fullName,
  'PricebookEntry.Name': (entry, org) => parent(org, entry, 'Product2Id')?.values['Name'] ?? null,
  'PricebookEntry.ProductCode': (entry, org) =>
    parent(org, entry, 'Product2Id')?.values['ProductCode'] ?? null,
  'OrderItem.ListPrice': (item, org) => parent(org, item, 'PricebookEntryId')?.values['UnitPrice'] ?? null,
  'OrderItem.TotalPrice': totalPrice,
  'Order.TotalAmount': (order, org) => {
    const orderItem = org.schema.object('OrderItem');
    const items = orderItem && org.records.lookup(orderItem, orderItem.field('OrderId')!, order.id);
    return cents((items ?? []).reduce((sum, item) => sum + totalPrice(item), 0));
  },
};

/** Undefined when the field is stored and not derived. */
export function derivedValue(org: Org, record: StoredRecord, field: FieldDescribe): FieldValue | undefined {
  if (field.custom) return undefined;
  return derivations[`${record.object}.${field.name}`]?.(record, org);
}

function fullName(record: StoredRecord): string {
  return [record.values['FirstName'], record.values['LastName']].filter(Boolean).join(' ');
}

function totalPrice(item: StoredRecord): number {
  return cents(Number(item.values['UnitPrice'] ?? 0) * Number(item.values['Quantity'] ?? 0));
}

function cents(amount: number): number {
  return Math.round(amount * 100) / 100;
}

function parent(org: Org, record: StoredRecord, field: string): StoredRecord | undefined {
  const id = record.values[field];
  return typeof id === 'string' ? org.records.get(id) : undefined;
}
