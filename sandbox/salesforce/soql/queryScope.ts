import type { Access } from '../access/access.ts';
import type { Org } from '../org.ts';
import { OrgError } from '../orgError.ts';
import type { FieldDescribe } from '../schema/describeTypes.ts';
import type { ObjectSchema } from '../schema/objectSchema.ts';

/** Everything a query is run with: the data, whose eyes see it, and the text for error messages. */
export type QueryScope = {
  org: Org;
  access: Access;
  text: string;
  /** For the url in each record's attributes, for example v67.0. */
  version: string;
  includeDeleted: boolean;
};

const reference = 'Please reference your WSDL or the describe call for the appropriate names.';

export function queriedObject(scope: QueryScope, name: string): ObjectSchema {
  const object = scope.org.schema.object(name);
  if (object && scope.access.object(object).read) return object;
  const words = `sObject type '${name}' is not supported. If you are attempting to use a custom object, be sure to append the '__c' after the entity name. ${reference}`;
  throw new OrgError('INVALID_TYPE', at(scope, name) + words);
}

/** A field this user can see; another one does not exist for the query. */
export function queriedField(scope: QueryScope, object: ObjectSchema, name: string): FieldDescribe {
  const field = object.field(name);
  if (field && scope.access.canRead(object, field)) return field;
  const words = `No such column '${name}' on entity '${object.name}'. If you are attempting to use a custom field, be sure to append the '__c' after the custom field name. ${reference}`;
  throw new OrgError('INVALID_FIELD', at(scope, name) + words);
}

export function queriedRelationship(scope: QueryScope, object: ObjectSchema, name: string): FieldDescribe {
  const field = object.relationship(name);
  if (field && scope.access.canRead(object, field)) return field;
  const words = `Didn't understand relationship '${name}' in field path. If you are attempting to use a custom relationship, be sure to append the '__r' after the custom relationship name. ${reference}`;
  throw new OrgError('INVALID_FIELD', at(scope, name) + words);
}

/** The platform shows where in the query the trouble is, above the message. */
export function at({ text }: QueryScope, token: string): string {
  const index = Math.max(0, text.toLowerCase().indexOf(token.toLowerCase()));
  const start = Math.max(0, index - 40);
  const shown = text.slice(start, index + 40);
  return `\n${shown}\n${' '.repeat(index - start)}^\nERROR at Row:1:Column:${index + 1}\n`;
}
