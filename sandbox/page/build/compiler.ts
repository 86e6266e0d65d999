import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { transform } from 'esbuild';
import type { Plugin, RollupLog } from 'rollup';
import { baseComponentFile, standIns } from './baseComponents.ts';
import { moduleRequire, packageFolder } from './places.ts';

// These two packages type themselves as CommonJS but publish both kinds, so a plain import is right for Node or for
// the compiler, never for both.
export const lwc = moduleRequire('@lwc/rollup-plugin') as typeof import('@lwc/rollup-plugin').default;
export const nodeResolve = (
  moduleRequire('@rollup/plugin-node-resolve') as typeof import('@rollup/plugin-node-resolve')
).nodeResolve;

const timeZone = '\0@salesforce/i18n/timeZone';

/** Values that LWC and the base components expect a bundler to fill in. */
export const constants: Plugin = {
  name: 'constants',
  transform(code) {
    if (!/import\.meta\.env|process\.env\.NODE_ENV/.test(code)) return null;
    const filled = code
      .replaceAll('import.meta.env.SSR', 'false')
      .replaceAll('import.meta.env.MODE', '"production"')
      .replaceAll('process.env.NODE_ENV', '"production"');
    return { code: filled, map: null };
  },
};

/** esbuild minifies these files some ten times faster than terser, to nearly the same size. */
export const minify: Plugin = {
  name: 'minify',
  async renderChunk(code) {
    const result = await transform(code, { minify: true, format: 'esm', target: 'es2022' });
    return { code: result.code, map: null };
  },
};

/**
 * Answers imports of LWC and of the base components. The resolver inside the LWC plugin could as well, but it reads the
 * package's 450 module records again for every import, which made up a large part of the build.
 */
export function resolveBaseComponents(): Plugin {
  const folder = packageFolder('lightning-base-components');
  const { lwc: described } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as {
    lwc: { modules: { name?: string; path?: string }[] };
  };
  const records = new Map<string, string>();
  for (const { name, path } of described.modules) if (name && path) records.set(name, join(folder, path));
  return {
    name: 'base-components',
    resolveId(id) {
      if (id === '@salesforce/i18n/timeZone') return timeZone;
      if (id === 'lwc') return join(packageFolder('@lwc/engine-dom'), 'dist/index.js');
      const component = /^lightning\/(\w+)$/.exec(id)?.[1];
      // Some folders hold only style sheets and are left to the LWC plugin.
      if (component && !standIns.includes(component) && existsSync(baseComponentFile(component))) {
        return baseComponentFile(component);
      }
      return records.get(id) ?? null;
    },
    // On the platform it is that of the user's settings; the package says Los Angeles.
    load: (id) =>
      id === timeZone ? 'export default Intl.DateTimeFormat().resolvedOptions().timeZone;' : null,
  };
}

/** Warnings about our own sources are shown; those about templates of the base components are not ours to mend. */
export function warnAboutOwnSources(log: RollupLog): void {
  const place = `${log.loc?.file ?? ''} ${log.id ?? ''} ${log.message}`;
  if (/node_modules|Circular dependency/.test(place)) return;
  console.warn(`${log.pluginCode ?? log.code ?? 'warning'}: ${log.loc?.file ?? log.id ?? ''} ${log.message}`);
}
