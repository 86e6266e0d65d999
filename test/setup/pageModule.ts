import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { runInNewContext } from 'node:vm';

const lwc = join(__dirname, '../../lwc');

/** What the named module of the page exports; it is no CommonJS, and imports `c/other` modules at most. */
export function pageModule(name: string): object {
  const { source, exported } = joined(name, new Set());
  return runInNewContext(`${source}; ({ ${exported.join(', ')} })`, { BigInt }) as object;
}

function joined(name: string, known: Set<string>): { source: string; exported: string[] } {
  if (known.has(name)) return { source: '', exported: [] };
  known.add(name);
  const text = readFileSync(join(lwc, name, `${name}.js`), 'utf8');
  const imported = [...text.matchAll(/^import .* from 'c\/(\w+)';$/gm)].map(([, module]) => module!);
  const own = text.replaceAll(/^import .*$/gm, '').replaceAll(/^export /gm, '');
  return {
    source: [...imported.map((module) => joined(module, known).source), own].join('\n'),
    exported: [...text.matchAll(/^export (?:function|const) (\w+)/gm)].map(([, exported]) => exported!),
  };
}
