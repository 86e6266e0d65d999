import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { rollup, type OutputChunk } from 'rollup';
import {
  constants,
  lwc,
  minify,
  nodeResolve,
  resolveBaseComponents,
  warnAboutOwnSources,
} from './compiler.ts';
import type { Vendor } from './names.ts';
import { makeOnce, removeOldBuilds } from './output.ts';
import { ownModules } from './ownModules.ts';
import type { Places } from './places.ts';
import { salesforceModules } from './salesforceModules.ts';
import { loadedFiles } from './vendorBuild.ts';

/** What the server needs to write the page's HTML. Paths are below the output folder. */
export interface PageManifest {
  entry: string;
  preload: string[];
}

/** The shell, the stand-ins and the product's components. Takes about a second. */
export async function buildApp(places: Places, vendor: Vendor, name: string): Promise<PageManifest> {
  const folder = await makeOnce(places.output, name, async (aside) => {
    const bundle = await rollup({
      input: join(places.page, 'main.js'),
      external: Object.keys(vendor.files),
      onwarn: warnAboutOwnSources,
      plugins: [
        salesforceModules(places),
        ownModules(places),
        resolveBaseComponents(),
        lwc({ rootDir: join(places.page, 'modules'), enableDynamicComponents: true }),
        nodeResolve({ browser: true }),
        constants,
        minify,
      ],
    });
    const { output } = await bundle.write({
      dir: aside,
      format: 'esm',
      entryFileNames: 'main.js',
      chunkFileNames: '[name].js',
      hoistTransitiveImports: false,
      // A page address instead of an import map keeps inline scripts out of the page.
      paths: (id) => (vendor.files[id] ? `../${vendor.name}/${vendor.files[id]}` : id),
    });
    await bundle.close();
    const manifest: PageManifest = {
      entry: `${name}/main.js`,
      preload: [
        ...chunksOf(output).map(({ fileName }) => `${name}/${fileName}`),
        ...vendorFiles(places, vendor, output),
      ],
    };
    writeFileSync(join(aside, 'page.json'), JSON.stringify(manifest));
  });
  removeOldBuilds(places.output, 'app-');
  return JSON.parse(readFileSync(join(folder, 'page.json'), 'utf8')) as PageManifest;
}

/** Files that importing the chunks loads from the vendor build, all levels of them. */
function vendorFiles(places: Places, vendor: Vendor, output: unknown[]): string[] {
  const folder = `../${vendor.name}/`;
  const imported = chunksOf(output)
    .flatMap((chunk) => chunk.imports)
    .filter((id) => id.startsWith(folder))
    .map((id) => id.slice(folder.length));
  return loadedFiles(join(places.output, vendor.name), imported).map((file) => `${vendor.name}/${file}`);
}

function chunksOf(output: unknown[]): OutputChunk[] {
  return (output as OutputChunk[]).filter((file) => file.type === 'chunk');
}
