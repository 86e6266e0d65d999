import { createWriteStream, statSync, type WriteStream } from 'node:fs';
import type { Readable } from 'node:stream';
import { createInterface } from 'node:readline';

/** Everything goes to the file; the terminal gets warnings and errors, or with `verbose` every line. */
export interface OutputOptions {
  name: string;
  file: string;
  verbose: boolean;
  print: (line: string) => void;
}

/** pino's numbers: 40 is warn, 50 error, 60 fatal. */
const WARN = 40;
const MAX_FILE_BYTES = 10_000_000;

export function openLog(file: string): WriteStream {
  const size = statSync(file, { throwIfNoEntry: false })?.size ?? 0;
  return createWriteStream(file, { flags: size > MAX_FILE_BYTES ? 'w' : 'a', mode: 0o600 });
}

export function follow(
  stream: Readable,
  log: WriteStream,
  options: OutputOptions & { isError: boolean },
): void {
  const isNews = options.verbose ? () => true : oncePerMinute();
  createInterface({ input: stream, crlfDelay: Infinity }).on('line', (line) => {
    log.write(`${line}\n`);
    const shown = readable(line, options);
    if (shown !== undefined && isNews(shown)) options.print(`[${options.name}] ${shown}`);
  });
}

/** Work that is tried again every second fails in the same words every second. */
function oncePerMinute(): (line: string) => boolean {
  const shownAt = new Map<string, number>();
  return (line) => {
    const last = shownAt.get(line);
    if (last !== undefined && Date.now() - last < 60_000) return false;
    if (shownAt.size > 100) shownAt.clear();
    shownAt.set(line, Date.now());
    return true;
  };
}

/** The line as a person wants to read it; undefined where it is of no interest. */
function readable(
  line: string,
  { verbose, isError }: { verbose: boolean; isError: boolean },
): string | undefined {
  const entry = logEntry(line);
  if (!entry) return (verbose || isError) && line.trim() ? line : undefined;
  if (!verbose && entry.level < WARN) return undefined;
  const reason = (entry.err ?? entry.error)?.message;
  const message = entry.msg ?? reason ?? line;
  return reason && !message.includes(reason) ? `${message.replace(/[.:]$/, '')}: ${reason}` : message;
}

interface LogEntry {
  level: number;
  msg?: string;
  err?: { message?: string };
  error?: { message?: string };
}

function logEntry(line: string): LogEntry | undefined {
  if (!line.startsWith('{')) return undefined;
  try {
    const entry = JSON.parse(line) as Partial<LogEntry>;
    return typeof entry.level === 'number' ? { ...entry, level: entry.level } : undefined;
  } catch {
    return undefined; // a line that only looks like JSON
  }
}
