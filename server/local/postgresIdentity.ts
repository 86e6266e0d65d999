import { spawnSync } from 'node:child_process';
import { chownSync, readFileSync, statSync } from 'node:fs';
import { userInfo } from 'node:os';
import { dirname } from 'node:path';

/** As whom PostgreSQL's programs run. They refuse to run as root. */
export interface PostgresIdentity {
  /** For people: "nobody". */
  name: string;
  /** Who owns the files, as seen from outside; undefined where it is ourselves. */
  owner: { uid: number; gid: number } | undefined;
  /** For child_process: whom to become. */
  spawnAs: { uid?: number; gid?: number };
  /** A program and its arguments to be put before the command. */
  prefix: string[];
}

/** The database's superuser. */
export const USER = 'invoicebridge';

interface Paths {
  /** A program that must be runnable. */
  program: string;
  /** Its parent must exist. */
  dataDir: string;
}

/** Chooses the first identity that can run the program and reach the data; see `rootIdentities` for the order. */
export function chooseIdentity(paths: Paths): PostgresIdentity {
  const uid = process.getuid?.();
  const owner = ownerOf(paths.dataDir);
  if (uid !== 0) {
    if (owner && owner.uid !== uid) {
      throw new Error(
        `${paths.dataDir} belongs to another user (uid ${owner.uid}). ` +
          'Start as that user, or choose another directory with INVOICEBRIDGE_DATA_DIR.',
      );
    }
    if (hasName()) return { name: 'the current user', owner: undefined, spawnAs: {}, prefix: [] };
  }
  const candidates = uid === 0 ? rootIdentities(owner) : [userNamespace];
  const refusals: string[] = [];
  for (const candidate of candidates) {
    const refusal = tryOut(candidate, paths);
    if (refusal === undefined) return candidate;
    refusals.push(`as ${candidate.name}: ${refusal}`);
  }
  throw new Error(
    `PostgreSQL does not run as ${uid === 0 ? 'root' : 'a user without a name'}, and no other identity works here ` +
      `(${refusals.join('; ')}). Start as a normal user, or set DATABASE_URL to a PostgreSQL server.`,
  );
}

/** Inside, the user is nobody; outside, the files belong to the one who started it. */
const userNamespace: PostgresIdentity = {
  name: 'nobody in a user namespace',
  owner: undefined,
  spawnAs: {},
  prefix: ['unshare', '--user', '--map-user=65534', '--map-group=65534'],
};

/**
 * Data that exists decides: it is used as whoever owns it. New data goes to an unprivileged account. That account cannot
 * pass through a closed home such as /root (0700), so the second way leaves it the one capability for that.
 * User namespaces come last: Docker forbids them by default, but where root is itself only mapped nothing else works.
 */
function rootIdentities(owner: { uid: number; gid: number } | undefined): PostgresIdentity[] {
  if (owner?.uid === 0) return [userNamespace];
  const accounts = owner ? [{ name: `uid ${owner.uid}`, ...owner }] : unprivilegedAccounts();
  const plain = accounts.map(({ name, uid, gid }) => ({
    name,
    owner: { uid, gid },
    spawnAs: { uid, gid },
    prefix: [],
  }));
  const passing = accounts.map(({ name, uid, gid }) => ({
    name: `${name} with the right to pass closed directories`,
    owner: { uid, gid },
    spawnAs: {},
    // Without no_setuid_fixup the kernel ignores capabilities in access(2), with which PostgreSQL looks for its own files.
    prefix: [
      'setpriv',
      `--reuid=${uid}`,
      `--regid=${gid}`,
      '--clear-groups',
      '--securebits=+no_setuid_fixup',
      '--inh-caps=+dac_override',
      '--ambient-caps=+dac_override',
    ],
  }));
  return owner ? [...plain, ...passing] : [...plain, ...passing, userNamespace];
}

function unprivilegedAccounts(): { name: string; uid: number; gid: number }[] {
  const accounts = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .map((line) => line.split(':'));
  return ['postgres', 'nobody'].flatMap((name) => {
    const account = accounts.find((fields) => fields[0] === name);
    return account ? [{ name, uid: Number(account[2]), gid: Number(account[3]) }] : [];
  });
}

/** The reason why not, or undefined where it works. */
function tryOut({ prefix, spawnAs }: PostgresIdentity, { program, dataDir }: Paths): string | undefined {
  const script = 'cd "$1" && exec "$2" --version';
  const [command = '', ...args] = [...prefix, 'sh', '-c', script, 'sh', dirname(dataDir), program];
  const tried = spawnSync(command, args, {
    ...spawnAs,
    cwd: '/',
    encoding: 'utf8',
    env: postgresEnvironment(),
  });
  if (tried.status === 0) return undefined;
  return tried.error?.message ?? (tried.stderr.trim() || `exit status ${tried.status}`);
}

/** Where setpriv, unshare and sh are, on systems whose PATH for daemons is short. */
const PROGRAM_PATH = '/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin';

function ownerOf(dataDir: string): { uid: number; gid: number } | undefined {
  const found = statSync(dataDir, { throwIfNoEntry: false });
  return found && { uid: found.uid, gid: found.gid };
}

/** initdb refuses a user id without an account, as containers with an arbitrary user have it. */
function hasName(): boolean {
  try {
    userInfo();
    return true;
  } catch {
    return false;
  }
}

/** PGDATA, LC_ALL and the like of the caller must not reach the server. */
export function postgresEnvironment(): NodeJS.ProcessEnv {
  return { PATH: PROGRAM_PATH, LC_ALL: 'C' };
}

export function giveTo({ owner }: PostgresIdentity, path: string): void {
  if (owner) chownSync(path, owner.uid, owner.gid);
}
