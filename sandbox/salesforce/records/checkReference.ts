import { OrgError } from '../orgError.ts';
import type { Org } from '../org.ts';
import { toId18 } from '../recordId.ts';
import type { FieldDescribe } from '../schema/describeTypes.ts';
import type { FieldValue } from './storedRecord.ts';

/** The 18-character id of an existing record of the right object, or the platform's refusal. */
export function checkReference(org: Org, field: FieldDescribe, value: FieldValue): FieldValue | OrgError {
  if (value === null) return null;
  const wrong = { fields: [field.name] };
  const id = toId18(String(value));
  if (!id) return new OrgError('MALFORMED_ID', `${field.label}: id value of incorrect type: ${value}`, wrong);
  const object = org.schema.objectOfId(id);
  if (!object || !field.referenceTo.includes(object.name)) {
    return new OrgError(
      'FIELD_INTEGRITY_EXCEPTION',
      `${field.label}: id value of incorrect type: ${id}`,
      wrong,
    );
  }
  const target = org.records.get(id);
  if (!target)
    return new OrgError('INVALID_CROSS_REFERENCE_KEY', 'invalid cross reference id', { fields: [] });
  if (target.deleted)
    return new OrgError('ENTITY_IS_DELETED', 'entity is deleted', { fields: [], status: 400 });
  return id;
}
