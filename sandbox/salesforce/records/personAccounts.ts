import { OrgError } from '../orgError.ts';
import type { RecordInput } from './recordInput.ts';
import type { FieldValue } from './storedRecord.ts';

type Values = Record<string, FieldValue>;

/** In an org with Person Accounts an Account that is made with a last name is a person. */
export function isPerson({ object, values }: RecordInput, before?: Values): boolean {
  if (object.name !== 'Account' || !object.field('IsPersonAccount')) return false;
  if (before) return before['IsPersonAccount'] === true;
  return [...values].some(([field, value]) => field.name === 'LastName' && value !== null);
}

/** A person's name is written by its parts, and those of a business are not there. Source: help article 000386207. */
export function refuseForeignNames(input: RecordInput, before?: Values): OrgError[] {
  if (input.object.name !== 'Account') return [];
  const refused = isPerson(input, before) ? ['Name'] : ['FirstName', 'LastName', 'PersonEmail'];
  const names = [...input.values.keys()].map(({ name }) => name).filter((name) => refused.includes(name));
  if (names.length === 0) return [];
  const message = `Account: bad field names on insert/update call: ${names.join(', ')}`;
  return [new OrgError('INVALID_FIELD_FOR_INSERT_UPDATE', message, { fields: names })];
}

/** What the platform computes of a person's other fields; `values` is changed. */
export function completePerson(values: Values): void {
  values['IsPersonAccount'] = true;
  values['Name'] = [values['FirstName'], values['LastName']].filter(Boolean).join(' ');
}
