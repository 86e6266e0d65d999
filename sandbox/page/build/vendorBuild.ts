import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { rollup, type OutputChunk, type Plugin } from 'rollup';
import { baseComponentFile } from './baseComponents.ts';
import {
  constants,
  lwc,
  minify,
  nodeResolve,
  resolveBaseComponents,
  warnAboutOwnSources,
} from './compiler.ts';
import { makeOnce, removeOldBuilds } from './output.ts';
import { fileStem, type Vendor } from './names.ts';
import type { Places } from './places.ts';

/** LWC and the base components, one file for each import specifier and shared chunks. Takes about half a minute. */
export async function buildVendor(places: Places, vendor: Vendor): Promise<string> {
  const folder = await makeOnce(places.output, vendor.name, async (aside) => {
    const bundle = await rollup({
      input: Object.fromEntries(Object.keys(vendor.files).map((id) => [fileStem(id), `\0entry:${id}`])),
      preserveEntrySignatures: 'strict',
      onwarn: warnAboutOwnSources,
      plugins: [
        entries,
        resolveBaseComponents(),
        // The base components' feature gates are all open in the package; combobox then stays blank without this.
        lwc({
          rootDir: join(places.page, 'modules'),
          modules: [{ npm: 'lightning-base-components' }],
          enableDynamicComponents: true,
          enableSyntheticElementInternals: true,
        }),
        nodeResolve({ browser: true }),
        constants,
        minify,
      ],
    });
    const { output } = await bundle.write({
      dir: aside,
      format: 'esm',
      entryFileNames: '[name].js',
      chunkFileNames: 'c-[hash].js',
      hoistTransitiveImports: false,
    });
    await bundle.close();
    writeFileSync(join(aside, 'graph.json'), JSON.stringify(graphOf(output)));
  });
  removeOldBuilds(places.output, 'vendor-', 2);
  return folder;
}

/** All files that importing these files loads, so that a page can ask for them at once instead of level by level. */
export function loadedFiles(vendorFolder: string, files: string[]): string[] {
  const graph = JSON.parse(readFileSync(join(vendorFolder, 'graph.json'), 'utf8')) as Record<
    string,
    string[]
  >;
  const loaded = new Set(files);
  for (const file of loaded) for (const imported of graph[file] ?? []) loaded.add(imported);
  return [...loaded];
}

const entries: Plugin = {
  name: 'entries',
  resolveId: (id) => (id.startsWith('\0entry:') ? id : null),
  load(id) {
    if (!id.startsWith('\0entry:')) return null;
    const specifier = id.slice('\0entry:'.length);
    if (specifier === '@lwc/synthetic-shadow') return `import '${specifier}';`;
    const all = `export * from '${specifier}';`;
    return hasDefaultExport(specifier) ? `export { default } from '${specifier}'; ${all}` : all;
  },
};

function graphOf(output: unknown[]): Record<string, string[]> {
  const chunks = (output as OutputChunk[]).filter((file) => file.type === 'chunk');
  return Object.fromEntries(chunks.map((chunk) => [chunk.fileName, chunk.imports]));
}

function hasDefaultExport(specifier: string): boolean {
  const component = /^lightning\/(\w+)$/.exec(specifier)?.[1];
  return component !== undefined && /export default/.test(readFileSync(baseComponentFile(component), 'utf8'));
}
