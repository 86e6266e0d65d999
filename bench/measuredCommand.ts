import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { World } from '../test/integration/world.ts';

const SAMPLE_MS = 250;
const CURVE_POINTS = 10;

/** `invoicebridge` as a process of its own, in JSON lines. */
export function startCommand(world: World, args: string[]): ChildProcess {
  const command = join(import.meta.dirname, '../bin/invoicebridge.mjs');
  return spawn(process.execPath, [command, ...args, '--json'], {
    env: { PATH: process.env.PATH, ...world.environment },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
}

export interface CommandLine {
  kind: string;
  id?: string;
  entity?: string;
  read?: number;
}

/** Samples its memory, and reads what it says. */
export function watch(child: ChildProcess, memory: Memory, onLine: (line: CommandLine) => void = () => {}) {
  const sampling = setInterval(() => memory.sample(child.pid!), SAMPLE_MS);
  child.once('exit', () => clearInterval(sampling));
  const lines = createInterface({ input: child.stdout! });
  let last: CommandLine | undefined;
  lines.on('line', (text) => {
    last = JSON.parse(text) as CommandLine;
    onLine(last);
  });
  return { child, done: once(lines, 'close').then(() => last) };
}

/** Resident memory of a process in MB, and the highest ever by the kernel's own count. */
export class Memory {
  readonly samples: number[] = [];
  peak = 0;

  sample(pid: number): void {
    let status: string;
    try {
      status = readFileSync(`/proc/${pid}/status`, 'utf8');
    } catch {
      return; // it has just ended
    }
    const megabytes = (name: string) => {
      const kilobytes = new RegExp(`${name}:\\s+(\\d+)`).exec(status)?.[1];
      return kilobytes === undefined ? undefined : Math.round(Number(kilobytes) / 1024);
    };
    const now = megabytes('VmRSS');
    if (now === undefined) return;
    this.samples.push(now);
    this.peak = Math.max(this.peak, megabytes('VmHWM')!);
  }
}

/** So many points of a curve, evenly spread. */
export const curve = (values: number[]) =>
  values.length <= CURVE_POINTS
    ? values
    : Array.from(
        { length: CURVE_POINTS },
        (_, index) => values[Math.round((index * (values.length - 1)) / (CURVE_POINTS - 1))]!,
      );
