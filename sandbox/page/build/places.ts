import { createHash } from 'node:crypto';
import { existsSync, globSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, relative } from 'node:path';

/** Folders a build reads and the one it writes. Tests point them at small fixtures. */
export interface Places {
  /** The shell, the stand-ins of platform modules and their runtime: this folder. */
  page: string;
  /** The Lightning Web Components of the product, one folder each. */
  components: string;
  /** SFDX source: labels, Apex classes, objects, layouts. */
  metadata: string;
  /** Describes of standard objects, as the sandbox org uses them. */
  describes: string;
  /** Where builds go; safe to delete. */
  output: string;
}

const root = join(import.meta.dirname, '../../..');

export const projectPlaces: Places = {
  page: join(root, 'sandbox/page'),
  components: join(root, 'lwc'),
  metadata: join(root, 'salesforce-metadata'),
  describes: join(root, 'sandbox/salesforce/describes'),
  output: join(root, 'dist/page'),
};

export const moduleRequire = createRequire(import.meta.url);

/** Folder of an installed package. The version is read from its package.json because some packages do not export it. */
export function packageFolder(name: string): string {
  for (let folder = import.meta.dirname; ; folder = join(folder, '..')) {
    const found = join(folder, 'node_modules', name);
    if (existsSync(join(found, 'package.json'))) return found;
    if (folder === join(folder, '..')) throw new Error(`The package ${name} is not installed. Run npm ci.`);
  }
}

export function packageVersion(name: string): string {
  return (JSON.parse(readFileSync(join(packageFolder(name), 'package.json'), 'utf8')) as { version: string })
    .version;
}

/** Source files below a folder, without tests, in a stable order. A folder that does not exist has none. */
export function sourceFiles(folder: string, extensions = 'js,html,css,xml,cls,ts,json'): string[] {
  if (!existsSync(folder)) return [];
  return globSync(`**/*.{${extensions}}`, { cwd: folder, exclude: (name) => name.includes('__tests__') })
    .sort()
    .map((file) => join(folder, file));
}

/** Twelve hexadecimal digits that change with any of the texts or files given. */
export function digest(texts: string[], files: string[]): string {
  const hash = createHash('sha256');
  for (const text of texts) hash.update(`${text}\0`);
  for (const file of files)
    hash
      .update(`${relative(root, file)}\0`)
      .update(readFileSync(file))
      .update('\0');
  return hash.digest('hex').slice(0, 12);
}
