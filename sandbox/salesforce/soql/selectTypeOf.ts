import type { FieldTypeOf } from '@jetstreamapp/soql-parser-js';
import { readField, toJsonValue } from '../records/readField.ts';
import type { ObjectSchema } from '../schema/objectSchema.ts';
import { follow } from './fieldPath.ts';
import { queriedField, queriedObject, queriedRelationship } from './queryScope.ts';
import type { QueryScope } from './queryScope.ts';
import { attributes } from './selectStep.ts';
import type { JsonRecord, SelectStep } from './selectStep.ts';

/** TYPEOF Owner WHEN User THEN Name ELSE Id END: fields by the kind of the record a lookup points at. */
export function compileTypeOf(
  scope: QueryScope,
  { object, item }: { object: ObjectSchema; item: FieldTypeOf },
): SelectStep {
  const lookup = queriedRelationship(scope, object, item.field);
  for (const { objectType, fieldList } of item.conditions) {
    if (objectType) for (const name of fieldList) queriedField(scope, queriedObject(scope, objectType), name);
  }
  return (record, into) => {
    const target = follow(scope, record, [lookup]);
    const type = target && scope.org.schema.object(target.object);
    if (!target || !type) {
      into[lookup.relationshipName!] = null;
      return;
    }
    const when = item.conditions.find(
      (condition) => condition.objectType?.toLowerCase() === type.name.toLowerCase(),
    );
    const chosen = when ?? item.conditions.find((condition) => condition.type === 'ELSE');
    const fields: JsonRecord = { attributes: attributes(scope, target) };
    for (const name of chosen?.fieldList ?? []) {
      const field = queriedField(scope, type, name);
      fields[field.name] = toJsonValue(field, readField(scope.org, target, field));
    }
    into[lookup.relationshipName!] = fields;
  };
}
