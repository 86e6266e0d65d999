import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';

/** The command line of a living process; undefined for a dead one, also when its parent has not collected it (zombie). */
export function commandOf(pid: number): string | undefined {
  if (existsSync('/proc/self/stat')) {
    try {
      return stateOf(pid) === 'Z'
        ? undefined
        : readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim();
    } catch {
      return undefined;
    }
  }
  const { stdout } = spawnSync('ps', ['-o', 'stat=,command=', '-p', String(pid)], { encoding: 'utf8' });
  const [, state, command] = /^\s*(\S+)\s+(.*)/.exec(stdout) ?? [];
  return state === undefined || state.startsWith('Z') ? undefined : command;
}

/** Waits until the condition holds; false when it still does not after the time. */
export async function waitUntil(
  condition: () => boolean | Promise<boolean>,
  milliseconds: number,
): Promise<boolean> {
  const end = Date.now() + milliseconds;
  while (!(await condition())) {
    if (Date.now() > end) return false;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return true;
}

/** proc(5): "pid (name) state ...", where the name may itself hold spaces and brackets. */
function stateOf(pid: number): string | undefined {
  return readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.charAt(0);
}
