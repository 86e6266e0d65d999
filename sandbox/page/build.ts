import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { baseComponents } from './build/baseComponents.ts';
import { onlyOneBuilds } from './build/output.ts';
import { appNameFor, vendorFor } from './build/names.ts';
import { projectPlaces } from './build/places.ts';

/** A built page, ready for `createPage`. */
export interface Page {
  dir: string;
}

/**
 * The page of these sources, built first where it is missing. A vendor build (half a minute) follows only a change of
 * versions; an app build (two seconds) a change of our own sources. The compiler runs in a process of its own, so that
 * neither its memory nor its pauses are the server's.
 */
export async function ensurePage(): Promise<Page> {
  const builds = neededBuilds();
  if (!isBuilt(builds)) await runBuild();
  return { dir: builds.appFolder };
}

function neededBuilds() {
  const vendor = vendorFor(baseComponents(projectPlaces));
  const app = appNameFor(projectPlaces, vendor);
  const { output } = projectPlaces;
  return { vendor, app, vendorFolder: join(output, vendor.name), appFolder: join(output, app) };
}

function isBuilt({ vendorFolder, appFolder }: ReturnType<typeof neededBuilds>): boolean {
  return existsSync(vendorFolder) && existsSync(appFolder);
}

async function runBuild(): Promise<void> {
  const child = spawn(process.execPath, [import.meta.filename], { stdio: ['ignore', 'inherit', 'inherit'] });
  const code = await new Promise<number | null>((resolve, reject) => {
    child.on('exit', resolve).on('error', reject);
  });
  if (code !== 0) throw new Error('The sandbox page could not be built; the reason is printed above.');
}

/** Builds in this process, and says what goes on. */
async function build(): Promise<void> {
  const builds = neededBuilds();
  if (isBuilt(builds)) return;
  await onlyOneBuilds(projectPlaces.output, async () => {
    if (!existsSync(builds.vendorFolder)) {
      console.log(
        'Building the base components of the sandbox page. This takes half a minute, once for each version.',
      );
      const { buildVendor } = await import('./build/vendorBuild.ts');
      await buildVendor(projectPlaces, builds.vendor);
    }
    if (!existsSync(builds.appFolder)) {
      console.log('Building the sandbox page.');
      const { buildApp } = await import('./build/appBuild.ts');
      await buildApp(projectPlaces, builds.vendor, builds.app);
    }
  });
}

if (process.argv[1] === import.meta.filename) {
  build().catch((error: unknown) => {
    console.error(
      `The sandbox page could not be built. ${error instanceof Error ? error.message : String(error)}`,
    );
    process.exitCode = 1;
  });
}
