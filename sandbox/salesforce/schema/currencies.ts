import type { Org } from '../org.ts';
import { makeRecordId } from '../recordId.ts';
import type { PicklistValue } from './describeTypes.ts';
import { describeField } from './field.ts';
import { objectFlags } from './objectFlags.ts';
import { ObjectSchema } from './objectSchema.ts';
import type { Schema } from './schema.ts';
import { auditFields, idField } from './systemFields.ts';

/**
 * What an org has once "multiple currencies" is on. Source: Object Reference, "CurrencyType" ("Inactive currency types do
 * not appear in picklists", "your client application can't delete this object"), "User" (DefaultCurrencyIsoCode) and the
 * CurrencyIsoCode of each object.
 */
const STANDARD_OBJECTS = ['Account', 'Contact', 'Order', 'OrderItem', 'PricebookEntry', 'Product2', 'User'];

/** Decimals and, for what a conversion needs, a rate against the US dollar; the rates are invented. */
const KNOWN: Record<string, { name: string; decimals: number; rate: number }> = {
  USD: { name: 'U.S. Dollar', decimals: 2, rate: 1 },
  EUR: { name: 'Euro', decimals: 2, rate: 0.9 },
  GBP: { name: 'British Pound', decimals: 2, rate: 0.8 },
  CHF: { name: 'Swiss Franc', decimals: 2, rate: 0.85 },
  JPY: { name: 'Japanese Yen', decimals: 0, rate: 150 },
  KWD: { name: 'Kuwaiti Dinar', decimals: 3, rate: 0.3 },
};

/** Gives the objects their field and the org its CurrencyType. The picklist follows the active currencies. */
export function addCurrencies(schema: Schema): PicklistValue[] {
  const active: PicklistValue[] = [];
  schema.add(currencyType());
  for (const object of schema.objects) {
    if (!object.flags.custom && !STANDARD_OBJECTS.includes(object.name)) continue;
    object.addField(currencyField('CurrencyIsoCode', { object: object.name, active }));
    if (object.name === 'User')
      object.addField(currencyField('DefaultCurrencyIsoCode', { object: 'User', active }));
  }
  return active;
}

/** The org's currencies, the first of which is the corporate one; what is there already stays. */
export function openCurrencies(
  org: Org,
  { currencies, active }: { currencies: string[]; active: PicklistValue[] },
): void {
  const [corporate] = currencies;
  org.transaction(() => {
    for (const [index, code] of currencies.entries())
      putCurrency(org, { code, index, corporate: corporate! });
    for (const object of org.schema.objects) {
      if (!object.field('CurrencyIsoCode')) continue;
      for (const record of [...org.records.values(object.name)]) {
        const values = { ...record.values };
        values['CurrencyIsoCode'] ??= corporate!;
        if (object.name === 'User') values['DefaultCurrencyIsoCode'] ??= corporate!;
        org.records.put({ ...record, values });
      }
    }
  });
  const refresh = () => {
    const codes = [...org.records.values('CurrencyType')].filter(({ values }) => values['IsActive'] === true);
    active.splice(0, active.length, ...codes.map(({ values }) => picklistValue(String(values['IsoCode']))));
  };
  refresh();
  org.onCommit(({ changes }) => {
    if (changes.some(({ objectApiName }) => objectApiName === 'CurrencyType')) refresh();
  });
}

/** Of whoever makes a record that does not say; undefined in an org with a single currency. */
export function defaultCurrencyOf(org: Org, userId: string): string | undefined {
  const code = org.records.get(userId)?.values['DefaultCurrencyIsoCode'];
  return typeof code === 'string' ? code : undefined;
}

function putCurrency(
  org: Org,
  { code, index, corporate }: { code: string; index: number; corporate: string },
): void {
  const { decimals, rate } = KNOWN[code] ?? { decimals: 2, rate: 1 };
  const id = makeRecordId('01L', index + 1);
  if (org.records.get(id)) return;
  const now = org.now().toISOString();
  org.records.put({
    id,
    object: 'CurrencyType',
    deleted: false,
    values: {
      IsoCode: code,
      DecimalPlaces: decimals,
      ConversionRate: rate / (KNOWN[corporate]?.rate ?? 1),
      IsActive: true,
      IsCorporate: code === corporate,
      CreatedDate: now,
      LastModifiedDate: now,
      SystemModstamp: now,
    },
  });
}

const picklistValue = (code: string): PicklistValue => ({
  active: true,
  defaultValue: false,
  label: KNOWN[code] ? `${code} - ${KNOWN[code].name}` : code,
  validFor: null,
  value: code,
});

function currencyField(name: string, { object, active }: { object: string; active: PicklistValue[] }) {
  return describeField({
    name,
    type: 'picklist',
    label: name === 'CurrencyIsoCode' ? 'Currency ISO Code' : 'Default Currency ISO Code',
    length: 3,
    picklistValues: active,
    restrictedPicklist: true,
    defaultedOnCreate: true,
    createable: object !== 'User',
    // The currency of a price is fixed once it is made.
    updateable: object !== 'User' && object !== 'PricebookEntry',
    permissionable: false,
  });
}

function currencyType(): ObjectSchema {
  const flags = objectFlags({
    name: 'CurrencyType',
    label: 'Currency Type',
    labelPlural: 'Currency Types',
    keyPrefix: '01L',
    custom: false,
  });
  const required = { nillable: false, permissionable: false };
  return new ObjectSchema({ ...flags, deletable: false }, [
    idField('Currency Type ID'),
    describeField({
      name: 'IsoCode',
      label: 'Currency ISO Code',
      type: 'picklist',
      length: 3,
      unique: true,
      ...required,
    }),
    describeField({
      name: 'ConversionRate',
      label: 'Conversion Rate',
      type: 'double',
      precision: 18,
      scale: 6,
      ...required,
    }),
    describeField({ name: 'DecimalPlaces', label: 'Decimal Places', type: 'int', ...required }),
    describeField({ name: 'IsActive', label: 'Active', type: 'boolean', defaultValue: false, ...required }),
    describeField({
      name: 'IsCorporate',
      label: 'Corporate Currency',
      type: 'boolean',
      defaultValue: false,
      ...required,
    }),
    ...auditFields(),
  ]);
}
