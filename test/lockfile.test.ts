import { readFileSync } from 'node:fs';
import { join } from 'node:path';

interface LockedPackage {
  optionalDependencies?: Record<string, string>;
  resolved?: string;
}

const { packages } = JSON.parse(readFileSync(join(__dirname, '../package-lock.json'), 'utf8')) as {
  packages: Record<string, LockedPackage>;
};

// npm leaves packages of other platforms out of a lockfile when it installs beside an existing node_modules, or
// from a registry that lacks them; `npm ci` then refuses the lockfile. Source: https://github.com/npm/cli/issues/4828
test('the lockfile names the packages of every platform, so that npm ci works from a fresh clone', () => {
  const missing = Object.entries(packages).flatMap(([path, { optionalDependencies = {} }]) =>
    Object.entries(optionalDependencies)
      .filter(([name, version]) => /^\d/.test(version) && !isLocked(path, name))
      .map(([name]) => name),
  );
  expect(missing).toEqual([]);
});

test('the lockfile names no place that packages came from', () => {
  expect(Object.values(packages).filter(({ resolved }) => resolved?.startsWith('http'))).toEqual([]);
});

/** Whether a dependency of the package at `path` is found there or in a folder above, as Node looks for it. */
function isLocked(path: string, name: string): boolean {
  for (let folder = path; ; folder = folder.slice(0, Math.max(0, folder.lastIndexOf('node_modules/') - 1))) {
    if (`${folder}${folder ? '/' : ''}node_modules/${name}` in packages) return true;
    if (folder === '') return false;
  }
}
