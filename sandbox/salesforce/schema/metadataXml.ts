import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { XMLParser } from 'fast-xml-parser';

/** Metadata XML as plain objects: every value is text, repeated elements are asked for with `list`. */
export type XmlNode = { [element: string]: unknown };

const parser = new XMLParser({
  ignoreAttributes: true,
  parseTagValue: false,
  trimValues: true,
  processEntities: true,
});

/** The root element of one metadata file, for example CustomField. */
export function readXml(file: string): XmlNode {
  const document = parser.parse(readFileSync(file, 'utf8')) as XmlNode;
  const root = Object.entries(document).find(([name]) => name !== '?xml')?.[1];
  if (typeof root !== 'object' || root === null)
    throw new Error(`${file} is not a metadata file: it has no root element.`);
  return root as XmlNode;
}

/** Files of a folder whose names end so, without the ending: [name, path]. No folder, no files. */
export function metadataFiles(folder: string, ending: string): [name: string, path: string][] {
  if (!existsSync(folder)) return [];
  const names = readdirSync(folder)
    .filter((name) => name.endsWith(ending))
    .sort();
  return names.map((name) => [name.slice(0, -ending.length), join(folder, name)]);
}

export function text(node: XmlNode, element: string): string | undefined {
  const value = node[element];
  return typeof value === 'string' ? value : undefined;
}

export function flag(node: XmlNode, element: string): boolean {
  return text(node, element) === 'true';
}

export function number(node: XmlNode, element: string): number | undefined {
  const value = text(node, element);
  return value === undefined ? undefined : Number(value);
}

export function child(node: XmlNode, element: string): XmlNode | undefined {
  const value = node[element];
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as XmlNode)
    : undefined;
}

export function list(node: XmlNode, element: string): XmlNode[] {
  const value = node[element];
  return (Array.isArray(value) ? value : [value]).filter(
    (item): item is XmlNode => typeof item === 'object' && item !== null,
  );
}

export function texts(node: XmlNode, element: string): string[] {
  const value = node[element];
  return (Array.isArray(value) ? value : [value]).filter((item): item is string => typeof item === 'string');
}
