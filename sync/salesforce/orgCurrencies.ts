import type { OrgCurrencies } from '../domain/recordCurrency.ts';
import { CURRENCY_FIELD } from '../domain/trackedFields.ts';
import type { SalesforceOrg } from './connection.ts';
import { describeFields, type DescribedField } from './describeFields.ts';

// Currencies are activated while the worker runs; asking costs a call.
const KNOWN_FOR_MS = 10 * 60_000;
// One that is missing is looked for again sooner: somebody may just have activated it.
const LACKING_FOR_MS = 3_000;

const known = new WeakMap<SalesforceOrg, { at: number; currencies: Promise<OrgCurrencies> }>();

/**
 * The org's active currencies, by the describe of our object; null in an org with a single one. `needed`: ISO 4217 codes of
 * what is about to be written.
 */
export async function orgCurrencies(org: SalesforceOrg, needed: string[] = []): Promise<OrgCurrencies> {
  const before = known.get(org);
  const age = before ? Date.now() - before.at : Infinity;
  if (before && age < KNOWN_FOR_MS) {
    const currencies = await before.currencies;
    const lacks = currencies && needed.some((code) => !currencies.includes(code.toUpperCase()));
    if (!lacks || age < LACKING_FOR_MS) return currencies;
  }
  const currencies = describeCurrencies(org);
  known.set(org, { at: Date.now(), currencies });
  currencies.catch(() => known.delete(org));
  return currencies;
}

async function describeCurrencies(org: SalesforceOrg): Promise<OrgCurrencies> {
  const fields = await describeFields(org, 'Invoice__c');
  if (!fields) known.delete(org);
  return fields && activeCurrencies(fields);
}

/** The active values of the record currency among the fields of an object's describe. */
export function activeCurrencies(fields: DescribedField[]): OrgCurrencies {
  const field = fields.find(({ name }) => name === CURRENCY_FIELD);
  if (!field) return null;
  return (field.picklistValues ?? []).filter(({ active }) => active).map(({ value }) => value);
}
