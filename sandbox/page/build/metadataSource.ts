import { existsSync, globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { XMLParser } from 'fast-xml-parser';
import type { Places } from './places.ts';

// `isArray` is false everywhere because a repeated element is told from a single one by `many`, at the place of use.
const parser = new XMLParser({ parseTagValue: false, trimValues: true });

/** The root element of a metadata file, whatever its name. */
export function readMetadata(file: string): Record<string, unknown> {
  const { '?xml': _declaration, ...rest } = parser.parse(readFileSync(file, 'utf8')) as Record<
    string,
    unknown
  >;
  return (Object.values(rest)[0] ?? {}) as Record<string, unknown>;
}

/** An element that may occur never, once or often, as a list. */
export function many<T = string>(value: unknown): T[] {
  if (value === undefined || value === '') return [];
  return (Array.isArray(value) ? value : [value]) as T[];
}

export function metadataFiles(places: Places, pattern: string): string[] {
  if (!existsSync(places.metadata)) return [];
  return globSync(pattern, { cwd: places.metadata })
    .sort()
    .map((file) => join(places.metadata, file));
}

/** Custom labels by name. */
export function readLabels(places: Places): Map<string, string> {
  const labels = new Map<string, string>();
  for (const file of metadataFiles(places, '**/*.labels-meta.xml')) {
    for (const label of many<{ fullName: string; value: string }>(readMetadata(file)['labels'])) {
      labels.set(label.fullName, label.value);
    }
  }
  return labels;
}

/** Whether a public static `@AuraEnabled` method is cacheable. Throws when the org would not offer it to a component. */
export function readApexMethod(places: Places, className: string, method: string): { cacheable: boolean } {
  const file = metadataFiles(places, `**/${className}.cls`)[0];
  if (!file) throw new Error(`There is no Apex class ${className} in salesforce-metadata/classes.`);
  const code = readFileSync(file, 'utf8').replace(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, '');
  const signature = new RegExp(
    `@AuraEnabled(?:\\s*\\(([^)]*)\\))?\\s+(?:public|global)\\s+static\\s+[\\w<>,.\\s[\\]]+?\\s+${method}\\s*\\(`,
    'i',
  ).exec(code);
  if (!signature) throw new Error(`${className}.${method} is not a public static @AuraEnabled method.`);
  return { cacheable: /cacheable\s*=\s*true/i.test(signature[1] ?? '') };
}

// Fields that the platform gives to every object, also to custom ones.
const systemFields = [
  'Id',
  'Name',
  'OwnerId',
  'CreatedById',
  'CreatedDate',
  'LastModifiedById',
  'LastModifiedDate',
  'SystemModstamp',
  'IsDeleted',
];

/** Throws unless the object, and the field or path of fields on it, is in salesforce-metadata or a standard describe. */
export function checkSchemaImport(places: Places, objectName: string, path: string[]): void {
  const standardFields = readStandardFields(places, objectName);
  if (!standardFields && !existsSync(join(places.metadata, 'objects', objectName))) {
    throw new Error(
      `There is no object ${objectName} in salesforce-metadata/objects nor a standard describe.`,
    );
  }
  const [field, ...rest] = path;
  if (field === undefined) return;
  const custom = rest.length > 0 ? field.replace(/__r$/, '__c') : field;
  const file = customFieldFile(places, objectName, custom);
  if (rest.length === 0) {
    const known =
      existsSync(file) || systemFields.includes(field) || standardFields?.some(({ name }) => name === field);
    if (!known) throw unknown(objectName, 'field', field);
    return;
  }
  const targets =
    custom !== field && existsSync(file)
      ? many(readMetadata(file)['referenceTo'])
      : standardFields?.find(({ relationshipName }) => relationshipName === field)?.referenceTo;
  if (!targets) throw unknown(objectName, 'relationship', field);
  if (targets[0]) checkSchemaImport(places, targets[0], rest);
}

function unknown(objectName: string, kind: string, name: string): Error {
  return new Error(
    `${objectName} has no ${kind} ${name} in salesforce-metadata nor in its standard describe.`,
  );
}

function customFieldFile(places: Places, objectName: string, field: string): string {
  return join(places.metadata, 'objects', objectName, 'fields', `${field}.field-meta.xml`);
}

interface StandardField {
  name: string;
  relationshipName?: string | null;
  referenceTo?: string[];
}

function readStandardFields(places: Places, objectName: string): StandardField[] | undefined {
  const [file] = existsSync(places.describes)
    ? globSync(`${objectName}.*json`, { cwd: places.describes })
    : [];
  if (!file) return undefined;
  const describe = JSON.parse(readFileSync(join(places.describes, file), 'utf8')) as {
    fields: StandardField[];
  };
  return describe.fields;
}
