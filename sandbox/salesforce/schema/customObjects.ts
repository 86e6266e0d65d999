import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { customField } from './customField.ts';
import type { Relation } from './customField.ts';
import { describeField } from './field.ts';
import { child, flag, metadataFiles, readXml, text } from './metadataXml.ts';
import type { XmlNode } from './metadataXml.ts';
import { objectFlags } from './objectFlags.ts';
import { ObjectSchema } from './objectSchema.ts';
import type { ValidationRule } from './objectSchema.ts';
import { auditFields, idField, ownerField, viewedFields } from './systemFields.ts';

export type FieldRelation = Relation & { childObject: string; field: string };

/**
 * Reads objects/ of an SFDX source folder into the schema: new objects, and custom fields on objects that are there.
 * Returns the lookups, because what they point at may be read later.
 */
export function readCustomObjects(
  metadataDir: string,
  objects: Map<string, ObjectSchema>,
  keyPrefixOf: (objectName: string) => string,
): FieldRelation[] {
  const folder = join(metadataDir, 'objects');
  if (!existsSync(folder)) return [];
  const names = readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  return names.flatMap(({ name }) => {
    const fields = metadataFiles(join(folder, name, 'fields'), '.field-meta.xml').map(([field, path]) => ({
      name: field,
      ...customField(readXml(path), field),
    }));
    const detail = fields.some((field) => field.relation?.masterDetail);
    const schema = objects.get(name) ?? newObject(folder, name, { keyPrefix: keyPrefixOf(name), detail });
    objects.set(name, schema);
    schema.validationRules.push(...validationRules(join(folder, name, 'validationRules')));
    return fields.flatMap(({ name: field, field: describe, relation, autoNumberFormat }) => {
      schema.addField(describe);
      if (autoNumberFormat) schema.autoNumberFormats.set(field, autoNumberFormat);
      return relation ? [{ ...relation, childObject: name, field }] : [];
    });
  });
}

function newObject(
  folder: string,
  name: string,
  { keyPrefix, detail }: { keyPrefix: string; detail: boolean },
): ObjectSchema {
  const file = join(folder, name, `${name}.object-meta.xml`);
  if (!existsSync(file))
    throw new Error(`${name} is neither a standard object of the sandbox nor defined in ${file}.`);
  const node = readXml(file);
  const label = text(node, 'label') ?? name;
  const labelPlural = text(node, 'pluralLabel') ?? `${label}s`;
  const schema = new ObjectSchema(objectFlags({ name, label, labelPlural, keyPrefix, custom: true }), [
    idField('Record ID'),
    // A detail record belongs to the owner of its master and has no owner of its own.
    ...(detail ? [] : [ownerField()]),
    nameField(child(node, 'nameField') ?? {}),
    ...auditFields(),
    ...(flag(node, 'enableActivities') ? [lastActivityDate()] : []),
    ...viewedFields(),
  ]);
  const format = text(child(node, 'nameField') ?? {}, 'displayFormat');
  if (format) schema.autoNumberFormats.set('Name', format);
  return schema;
}

function validationRules(folder: string): ValidationRule[] {
  return metadataFiles(folder, '.validationRule-meta.xml')
    .map(([name, path]) => ({ name, node: readXml(path) }))
    .filter(({ node }) => flag(node, 'active'))
    .map(({ name, node }) => ({
      name,
      formula: text(node, 'errorConditionFormula') ?? 'FALSE',
      message: text(node, 'errorMessage') ?? name,
      field: text(node, 'errorDisplayField'),
    }));
}

function nameField(node: XmlNode) {
  const autoNumber = text(node, 'type') === 'AutoNumber';
  return describeField({
    name: 'Name',
    type: 'string',
    label: text(node, 'label') ?? 'Name',
    length: 80,
    nameField: true,
    idLookup: true,
    autoNumber,
    createable: !autoNumber,
    updateable: !autoNumber,
    nillable: !autoNumber,
    defaultedOnCreate: true,
    permissionable: false,
  });
}

function lastActivityDate() {
  return describeField({
    name: 'LastActivityDate',
    type: 'date',
    label: 'Last Activity Date',
    createable: false,
    updateable: false,
    permissionable: false,
  });
}
