// Builds the sandbox page after an install, so that the first start is quick. It runs on any Node, because an install
// may be done by an old one: the build itself needs 22.18 and takes the project's own Node where that is installed.
// Nothing is built, and nothing fails, where the development dependencies were left out.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));
const ownNode = join(here, '../../node_modules/.bin/node');
const node = existsSync(ownNode) ? ownNode : process.execPath;

if (
  runsTypeScript(node) &&
  installed(['rollup', '@lwc/rollup-plugin', 'lightning-base-components', 'esbuild'])
) {
  const { status } = spawnSync(node, [join(here, 'build.ts')], { stdio: 'inherit' });
  if (status !== 0) console.error('npm start will try again to build the sandbox page.');
}

function runsTypeScript(command) {
  const { stdout } = spawnSync(command, ['--version'], { encoding: 'utf8' });
  const [major, minor] = (stdout ?? '').replace('v', '').split('.').map(Number);
  return major > 22 || (major === 22 && minor >= 18);
}

function installed(packages) {
  const { resolve } = createRequire(import.meta.url);
  return packages.every((name) => {
    try {
      return Boolean(resolve(`${name}/package.json`));
    } catch (error) {
      // A package that does not export its package.json is there all the same.
      return error.code === 'ERR_PACKAGE_PATH_NOT_EXPORTED';
    }
  });
}
