import { join } from 'node:path';
import type { Plugin } from 'rollup';
import { checkSchemaImport, readApexMethod, readLabels } from './metadataSource.ts';
import type { Places } from './places.ts';

/**
 * Everything under `@salesforce/` that a component may import and that the base components do not bring themselves.
 * What an org would refuse to deploy fails the build: a class or method that is not there or not `@AuraEnabled`, a label,
 * an object or a field that is not in the metadata.
 */
export function salesforceModules(places: Places): Plugin {
  const labels = readLabels(places);
  const runtime = (file: string) => JSON.stringify(join(places.page, 'runtime', file));
  const session = `import { session } from ${runtime('session.js')};`;

  function source(id: string): string | null {
    let match: RegExpExecArray | null;
    if (id === '@salesforce/apex') return `export { refreshApex } from ${runtime('apex.js')};`;
    if ((match = /^@salesforce\/apex\/(\w+)\.(\w+)$/.exec(id))) {
      const [, className, method] = match;
      const { cacheable } = readApexMethod(places, className!, method!);
      const args = [className, method, cacheable].map((value) => JSON.stringify(value)).join(', ');
      return `import { apexMethod } from ${runtime('apex.js')};\nexport default apexMethod(${args});`;
    }
    if ((match = /^@salesforce\/schema\/(\w+)((?:\.\w+)*)$/.exec(id))) {
      const path = match[2]!.split('.').slice(1);
      checkSchemaImport(places, match[1]!, path);
      const fieldApiName = path.length > 0 ? { fieldApiName: path.join('.') } : {};
      return `export default ${JSON.stringify({ objectApiName: match[1], ...fieldApiName })};`;
    }
    if ((match = /^@salesforce\/label\/c\.(\w+)$/.exec(id))) {
      const label = labels.get(match[1]!);
      if (label === undefined)
        throw new Error(`There is no label ${match[1]} in salesforce-metadata/labels.`);
      return `export default ${JSON.stringify(label)};`;
    }
    if ((match = /^@salesforce\/(customPermission|userPermission)\/(\w+)$/.exec(id))) {
      const name = JSON.stringify(match[2]);
      return `${session}\nexport default session.${match[1]}s?.[${name}] === true ? true : undefined;`;
    }
    if (id === '@salesforce/user/Id') return `${session}\nexport default session.user.id;`;
    if (id === '@salesforce/user/isGuest') return 'export default false;';
    if (id === '@salesforce/community/basePath') return `export default '';`;
    return null;
  }

  return {
    name: 'salesforce-modules',
    resolveId(id, importer) {
      if (!id.startsWith('@salesforce/')) return null;
      try {
        return source(id) === null ? null : `\0${id}`;
      } catch (error) {
        return this.error(`${importer ?? 'a component'} imports ${id}: ${(error as Error).message}`);
      }
    },
    load: (id) => (id.startsWith('\0@salesforce/') ? source(id.slice(1)) : null),
  };
}
