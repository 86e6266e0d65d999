import { PERSON_FIELDS } from '../domain/trackedFields.ts';
import type { SalesforceOrg } from './connection.ts';
import { describeFields } from './describeFields.ts';

// Person Accounts may be switched on while the worker runs; asking costs a call.
const KNOWN_FOR_MS = 60 * 60_000;

const known = new WeakMap<SalesforceOrg, { at: number; fields: Promise<string[]> }>();

/** The fields of an Account by which it is a person; none in an org without Person Accounts, or that hides Accounts from us. */
export function personFields(org: SalesforceOrg): Promise<string[]> {
  const before = known.get(org);
  if (before && Date.now() - before.at < KNOWN_FOR_MS) return before.fields;
  const fields = describePersonFields(org);
  known.set(org, { at: Date.now(), fields });
  fields.catch(() => known.delete(org));
  return fields;
}

async function describePersonFields(org: SalesforceOrg): Promise<string[]> {
  const described = await describeFields(org, 'Account');
  if (!described) known.delete(org);
  const there = new Set(described?.map(({ name }) => name));
  return there.has('IsPersonAccount') ? PERSON_FIELDS.filter((name) => there.has(name)) : [];
}
