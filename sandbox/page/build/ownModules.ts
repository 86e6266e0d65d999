import { existsSync, globSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { Plugin } from 'rollup';
import { standIns } from './baseComponents.ts';
import { readMetadata } from './metadataSource.ts';
import { readPageMetadata } from './pageMetadata.ts';
import type { Places } from './places.ts';

/** Imports of the shell, of the stand-ins, and of two modules that are made up here: the components and the metadata. */
export function ownModules(places: Places): Plugin {
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

/** Names of the components of the product, by their folders. */
function componentNames(places: Places): string[] {
  if (!existsSync(places.components)) return [];
  const folders = globSync('*/', { cwd: places.components }).map((folder) => basename(folder));
  return folders.filter((name) => existsSync(componentFile(places, name))).sort();
}

function componentFile(places: Places, name: string): string {
  return join(places.components, name, `${name}.js`);
}
