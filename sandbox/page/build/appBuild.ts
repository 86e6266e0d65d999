import { existsSync, globSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { rollup, type OutputChunk, type Plugin } from 'rollup';
import { standIns } from './baseComponents.ts';
import {
  constants,
  lwc,
  minify,
  nodeResolve,
  resolveBaseComponents,
  warnAboutOwnSources,
} from './compiler.ts';
import { makeOnce, removeOldBuilds } from './output.ts';
import { readPageMetadata } from './pageMetadata.ts';
import type { Vendor } from './names.ts';
import type { Places } from './places.ts';
import { readMetadata } from './metadataSource.ts';
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
    writeFileSync(join(aside, 'page.json'), JSON.stringify(manifestOf(output, places, vendor, name)));
  });
  removeOldBuilds(places.output, 'app-');
  return JSON.parse(readFileSync(join(folder, 'page.json'), 'utf8')) as PageManifest;
}

function manifestOf(output: unknown[], places: Places, vendor: Vendor, name: string): PageManifest {
  const chunks = (output as OutputChunk[]).filter((file) => file.type === 'chunk');
  const own = chunks.map((chunk) => `${name}/${chunk.fileName}`);
  const imported = chunks
    .flatMap((chunk) => chunk.imports)
    .map((id) => vendor.files[id] ?? (id.startsWith(`../${vendor.name}/`) ? id.split('/').at(-1) : undefined))
    .filter((file) => file !== undefined);
  const loaded = loadedFiles(join(places.output, vendor.name), imported);
  return { entry: `${name}/main.js`, preload: [...own, ...loaded.map((file) => `${vendor.name}/${file}`)] };
}

/** Names of the components of the product, by their folders. */
function componentNames(places: Places): string[] {
  if (!existsSync(places.components)) return [];
  const folders = globSync('*/', { cwd: places.components }).map((folder) => basename(folder));
  return folders.filter((name) => existsSync(componentFile(places, name))).sort();
}

function componentFile(places: Places, name: string): string {
  return join(places.components, name, `${name}.js`);
}

/** Imports of the shell, of the stand-ins, and of two modules that are made up here: the components and the metadata. */
function ownModules(places: Places): Plugin {
  return {
    name: 'own-modules',
    resolveId(id) {
      if (id === 'page/components' || id === 'page/metadata') return `\0${id}`;
      const [namespace, name] = id.split('/') as [string, string | undefined];
      if (id === 'force/navigation') return join(places.page, 'shims/force/navigation/navigation.js');
      if (namespace === 'lightning' && standIns.includes(name!)) {
        return join(places.page, 'shims/lightning', name!, `${name}.js`);
      }
      // The folder has no `c` in its path, so the LWC plugin is told the name by the parameter it uses for aliases.
      if (namespace === 'c' && existsSync(componentFile(places, name!))) {
        return `${componentFile(places, name!)}?specifier=c%2F${name}`;
      }
      if (namespace === 'shell') return join(places.page, 'modules/shell', name!, `${name}.js`);
      if (namespace === 'runtime') return join(places.page, 'runtime', `${name}.js`);
      return null;
    },
    load(id) {
      if (id === '\0page/metadata') return `export default ${JSON.stringify(readPageMetadata(places))};`;
      if (id !== '\0page/components') return null;
      const names = exposedComponents(places);
      const imports = names.map((name) => `import ${name} from 'c/${name}';`);
      return `${imports.join('\n')}\nexport default { ${names.map((name) => `'c:${name}': ${name}`).join(', ')} };`;
    },
  };
}

/** Components that pages and actions may name: those whose configuration says `isExposed`. */
function exposedComponents(places: Places): string[] {
  return componentNames(places).filter((name) => {
    const configuration = `${componentFile(places, name)}-meta.xml`;
    return existsSync(configuration) && readMetadata(configuration)['isExposed'] === 'true';
  });
}
