import { OrgError } from '../orgError.ts';
import type { Org } from '../org.ts';
import { publishVersion } from './files.ts';
import type { StoredRecord } from './storedRecord.ts';

type Rule = (record: StoredRecord, org: Org) => StoredRecord;

/** Rules of standard objects that no describe tells. */
const rules: Record<string, Rule> = {
  PricebookEntry: refuseSecondOrLonePrice,
  OrderItem: takeProductOfEntry,
  ContentVersion: publishVersion,
};

export function completeStandardRecord(org: Org, record: StoredRecord): StoredRecord {
  return rules[record.object]?.(record, org) ?? record;
}

function refuseSecondOrLonePrice(entry: StoredRecord, org: Org): StoredRecord {
  const object = org.schema.object('PricebookEntry')!;
  // In a multi-currency org a book has a price of each currency.
  const siblings = (
    org.records.lookup(object, object.field('Product2Id')!, entry.values['Product2Id'] ?? null) ?? []
  ).filter((other) => other.values['CurrencyIsoCode'] === entry.values['CurrencyIsoCode']);
  if (siblings.some((other) => other.values['Pricebook2Id'] === entry.values['Pricebook2Id'])) {
    throw new OrgError('DUPLICATE_VALUE', 'This price definition already exists in this price book', {
      fields: [],
    });
  }
  const isStandard = (bookId: unknown) =>
    typeof bookId === 'string' && org.records.get(bookId)?.values['IsStandard'] === true;
  if (
    !isStandard(entry.values['Pricebook2Id']) &&
    !siblings.some((other) => isStandard(other.values['Pricebook2Id']))
  ) {
    throw new OrgError(
      'STANDARD_PRICE_NOT_DEFINED',
      'Before creating a custom price, create a standard price.',
      { fields: [] },
    );
  }
  return entry;
}

function takeProductOfEntry(item: StoredRecord, org: Org): StoredRecord {
  const entryId = item.values['PricebookEntryId'];
  const entry = typeof entryId === 'string' ? org.records.get(entryId) : undefined;
  const product = entry?.values['Product2Id'];
  return product === undefined ? item : { ...item, values: { ...item.values, Product2Id: product } };
}
