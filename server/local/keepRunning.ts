import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { openLog, follow } from './childOutput.ts';
import { waitUntil } from './processes.ts';

export interface ChildSpecification {
  /** For people: "web". */
  name: string;
  /** An absolute path. */
  script: string;
  environment: NodeJS.ProcessEnv;
  logFile: string;
}

export interface KeptProcess {
  readonly name: string;
  readonly script: string;
  /** Undefined while it is down. */
  pid(): number | undefined;
  /** Ends it for good: asked first, killed after five seconds. */
  stop(): Promise<void>;
  kill(): void;
}

export interface Supervision {
  verbose: boolean;
  print: (line: string) => void;
  /** Called whenever a process was started or has ended. */
  onChange: () => void;
}

const FIRST_PAUSE = 500;
const LONGEST_PAUSE = 10_000;
/** A process that ran this long is not failing at its start. */
const STEADY = 30_000;

/** Starts a Node program and starts it again whenever it ends, with a pause that doubles while it keeps failing. */
export function keepRunning(child: ChildSpecification, supervision: Supervision): KeptProcess {
  const log = openLog(child.logFile);
  let current: ChildProcess | undefined;
  let pause = FIRST_PAUSE;
  let restart: NodeJS.Timeout | undefined;
  let stopping = false;

  function start(): void {
    const started = Date.now();
    const [command = '', ...args] = [...endsWithParent(), process.execPath, child.script];
    // In a session of its own, so that Ctrl-C reaches only us and everything is stopped in order.
    const running = spawn(command, args, {
      detached: true,
      env: child.environment,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    current = running;
    const output = {
      name: child.name,
      file: child.logFile,
      verbose: supervision.verbose,
      print: supervision.print,
    };
    follow(running.stdout, log, { ...output, isError: false });
    follow(running.stderr, log, { ...output, isError: true });
    running.once('exit', (code, signal) => {
      current = undefined;
      supervision.onChange();
      if (stopping) return;
      if (Date.now() - started > STEADY) pause = FIRST_PAUSE;
      restart = setTimeout(() => {
        if (stopping) return;
        supervision.print(`${child.name} ended (${signal ?? `exit code ${code}`}) and is started again.`);
        start();
      }, pause);
      pause = Math.min(pause * 2, LONGEST_PAUSE);
    });
    // Its last words are read after its exit.
    running.once('close', () => stopping && log.end());
    running.once('error', (error) =>
      supervision.print(`${child.name} could not be started: ${error.message}`),
    );
    supervision.onChange();
  }

  start();
  return {
    name: child.name,
    script: child.script,
    pid: () => current?.pid,
    async stop() {
      stopping = true;
      clearTimeout(restart);
      current?.kill('SIGTERM');
      if (!(await waitUntil(() => current === undefined, 5_000))) current?.kill('SIGKILL');
      await waitUntil(() => current === undefined, 1_000);
    },
    kill() {
      stopping = true;
      current?.kill('SIGKILL');
    },
  };
}

/**
 * Linux can tell a process that its parent was killed; setpriv (util-linux) asks for that and then becomes the program.
 * Elsewhere the next start ends what is left, see endOrphans.
 */
function endsWithParent(): string[] {
  const command = ['setpriv', '--pdeathsig', 'TERM'];
  canEndWithParent ??= spawnSync(command[0] ?? '', [...command.slice(1), 'true']).status === 0;
  return canEndWithParent ? command : [];
}

let canEndWithParent: boolean | undefined;
