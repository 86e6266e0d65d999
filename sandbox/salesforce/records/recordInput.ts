import type { Access } from '../access/access.ts';
import type { Org } from '../org.ts';
import { OrgError } from '../orgError.ts';
import type { FieldDescribe } from '../schema/describeTypes.ts';
import type { ObjectSchema } from '../schema/objectSchema.ts';
import { parseValue } from './parseValue.ts';
import type { FieldValue } from './storedRecord.ts';

/** A parent named by its external id, for example Account__r: { Stripe_Customer_Id__c: 'cus_1' }. */
export type ParentReference = {
  field: FieldDescribe;
  parent: ObjectSchema;
  key: FieldDescribe;
  value: FieldValue;
};

export type RecordInput = {
  object: ObjectSchema;
  values: Map<FieldDescribe, FieldValue>;
  parents: ParentReference[];
  /** Problems of this record alone; a request with several records goes on with the others. */
  problems: OrgError[];
};

type Raw = Record<string, unknown>;

/**
 * Reads the JSON of a record as this user may see the object. Throws when a value has the wrong kind, because that
 * refuses the whole request.
 */
export function readInput(
  org: Org,
  access: Access,
  { object, raw }: { object: ObjectSchema; raw: Raw },
): RecordInput {
  const input: RecordInput = { object, values: new Map(), parents: [], problems: [] };
  for (const [name, value] of Object.entries(raw)) {
    if (name === 'attributes') continue;
    const field = object.field(name);
    const relationship = object.relationship(name);
    if (field && access.canRead(object, field)) {
      input.values.set(field, field.type === 'address' ? null : parseValue(field, value));
    } else if (relationship && access.canRead(object, relationship)) {
      readParent(org, input, { name, field: relationship, value });
    } else {
      input.problems.push(
        new OrgError('INVALID_FIELD', `No such column '${name}' on sobject of type ${object.name}`),
      );
    }
  }
  return input;
}

function readParent(
  org: Org,
  input: RecordInput,
  { name, field, value }: { name: string; field: FieldDescribe; value: unknown },
): void {
  if (value === null) return;
  const parent = org.schema.object(field.referenceTo[0] ?? '');
  const entries =
    typeof value === 'object' ? Object.entries(value as Raw).filter(([key]) => key !== 'attributes') : [];
  const [keyName, keyValue] = entries[0] ?? [];
  const key = keyName === undefined ? undefined : parent?.field(keyName);
  if (!parent || !key || entries.length !== 1 || !(key.idLookup || key.externalId)) {
    const message = `The relationship ${name} must name its record by exactly one external id or id lookup field.`;
    input.problems.push(new OrgError('INVALID_FIELD', message, { fields: [name] }));
    return;
  }
  input.parents.push({ field, parent, key, value: parseValue(key, keyValue) });
}

/** Replaces parents named by external id with their record ids. */
export function resolveParents(org: Org, input: RecordInput): OrgError[] {
  return input.parents.flatMap(({ field, parent, key, value }) => {
    if (input.values.has(field)) {
      const message = `cannot specify both an external ID reference ${field.relationshipName} and a salesforce id, ${field.name}`;
      return [new OrgError('INVALID_FIELD', message)];
    }
    const found = value === null ? [] : (org.records.lookup(parent, key, value) ?? []);
    if (found.length === 1) {
      input.values.set(field, found[0]!.id);
      return [];
    }
    const message =
      found.length > 1
        ? `Foreign key external ID: ${value} is not unique for field ${key.name} in entity ${parent.name}`
        : `Foreign key external ID: ${value ?? ''} not found for field ${key.name} in entity ${parent.name}`;
    return [new OrgError('INVALID_FIELD', message)];
  });
}
