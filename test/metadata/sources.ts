import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { basename, join, relative } from 'node:path';
import { XMLParser } from 'fast-xml-parser';

const root = join(import.meta.dirname, '../..');
export const metadataDir = join(root, 'salesforce-metadata');
export const lwcDir = join(root, 'lwc');

export type Xml = Record<string, unknown>;

const parser = new XMLParser({ ignoreAttributes: true, parseTagValue: false });

/** Files below a folder whose path, from that folder, ends so. */
export function filesOf(folder: string, ending: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith(ending))
    .sort()
    .map((path) => join(folder, path));
}

export function nameOf(file: string): string {
  return basename(file).replace(/\.[\w-]+-meta\.xml$/, '');
}

export function shortPath(file: string): string {
  return relative(root, file);
}

export function readText(file: string): string {
  return readFileSync(file, 'utf8');
}

/** The content of the root element. */
export function readXml(file: string): Xml {
  const document = parser.parse(readText(file)) as Xml;
  return Object.entries(document).find(([name]) => name !== '?xml')![1] as Xml;
}

export function many<T = Xml>(value: unknown): T[] {
  return value === undefined || value === '' ? [] : Array.isArray(value) ? (value as T[]) : [value as T];
}

export interface Field {
  object: string;
  name: string;
  type: string;
  isFormula: boolean;
  /** Required fields and master-details are always visible, so no permission set may name them. */
  isPermissionable: boolean;
  referenceTo: string | null;
  relationshipName: string | null;
}

export const customFields: Field[] = filesOf(join(metadataDir, 'objects'), '.field-meta.xml').map((file) => {
  const xml = readXml(file);
  return {
    object: basename(join(file, '../..')),
    name: String(xml.fullName),
    type: String(xml.type),
    isFormula: xml.formula !== undefined,
    isPermissionable: xml.required !== 'true' && xml.type !== 'MasterDetail',
    referenceTo: (xml.referenceTo as string | undefined) ?? null,
    relationshipName: (xml.relationshipName as string | undefined) ?? null,
  };
});

const customFieldKeys = new Set(customFields.map(({ object, name }) => `${object}.${name}`));

// Standard fields and objects that our metadata names; an org has them without us.
const standardFields = new Set(
  [
    ...['Id', 'Name', 'OwnerId', 'CreatedById', 'LastModifiedById', 'LastModifiedDate'],
    ...['ParentId', 'AccountNumber', 'Type', 'Industry', 'Phone', 'Website', 'Description'],
    ...['BillingAddress', 'ShippingAddress'],
  ].map((field) => `Account.${field}`),
);
for (const field of ['AccountId', 'Email', 'MailingAddress', 'Phone', 'Title', 'Name', 'CreatedDate', 'Id']) {
  standardFields.add(`Contact.${field}`);
}
for (const field of [
  'Id',
  'Name',
  'Description',
  'Family',
  'ProductCode',
  'IsActive',
  'CreatedById',
  'LastModifiedById',
]) {
  standardFields.add(`Product2.${field}`);
}
const systemFields = new Set([
  'Id',
  'Name',
  'OwnerId',
  'CreatedById',
  'CreatedDate',
  'LastModifiedById',
  'LastModifiedDate',
]);

export const customObjects = new Set(
  filesOf(join(metadataDir, 'objects'), '.object-meta.xml').map((file) => nameOf(file)),
);

export function hasField(object: string, field: string): boolean {
  const key = `${object}.${field}`;
  return (
    customFieldKeys.has(key) ||
    standardFields.has(key) ||
    (customObjects.has(object) && systemFields.has(field))
  );
}

/** Names of the component bundles. */
export const bundles: string[] = readdirSync(lwcDir).filter((name) =>
  existsSync(join(lwcDir, name, `${name}.js-meta.xml`)),
);

/** Imports of all components, without those of their tests: [file, module]. */
export function importsOf(prefix: string): [file: string, module: string][] {
  return filesOf(lwcDir, '.js')
    .filter((file) => !file.includes('__tests__'))
    .flatMap((file) =>
      [...readText(file).matchAll(/from '([^']+)'/g)]
        .map(([, module]) => module!)
        .filter((module) => module.startsWith(prefix))
        .map((module): [string, string] => [shortPath(file), module]),
    );
}
