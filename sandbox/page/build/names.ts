import { join } from 'node:path';
import { digest, packageVersion, sourceFiles, type Places } from './places.ts';

// The names say what a build was made from, so whether one is there already is known without loading a compiler.

export interface Vendor {
  /** Name of the folder below the output folder; changes with the versions and the list of components. */
  name: string;
  /** Import specifier -> its file in the folder. */
  files: Record<string, string>;
}

/** Which vendor build these base components need. Cheap: nothing is built. */
export function vendorFor(components: string[]): Vendor {
  const specifiers = ['lwc', '@lwc/synthetic-shadow', ...components.map((name) => `lightning/${name}`)];
  const versions = ['lwc', 'lightning-base-components', 'rollup', 'esbuild'].map(
    (name) => `${name}@${packageVersion(name)}`,
  );
  const recipe = ['names.ts', 'vendorBuild.ts', 'compiler.ts'].map((file) => join(import.meta.dirname, file));
  return {
    name: `vendor-${digest([...versions, ...specifiers], recipe)}`,
    files: Object.fromEntries(specifiers.map((specifier) => [specifier, `${fileStem(specifier)}.js`])),
  };
}

/** Name of the app build of these sources. Cheap: nothing is built. */
export function appNameFor(places: Places, vendor: Vendor): string {
  const folders = [places.components, places.metadata, places.describes, places.page];
  return `app-${digest(
    [vendor.name],
    folders.flatMap((folder) => sourceFiles(folder)),
  )}`;
}

export function fileStem(specifier: string): string {
  return specifier.replace(/[@/]/g, '_');
}
