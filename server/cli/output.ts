import { styleText } from 'node:util';

export type Tone = 'good' | 'bad' | 'warning' | 'faint' | 'strong';

const STYLE = { good: 'green', bad: 'red', warning: 'yellow', faint: 'dim', strong: 'bold' } as const;

/** Where a command writes: words and tables for people, or one JSON object a line for programs. */
export interface Output {
  readonly json: boolean;
  /** For people only. */
  say(text?: string): void;
  /** For programs only. */
  emit(value: object): void;
  /** For people only; the first row is the heading. */
  table(heading: string[], rows: Cell[][]): void;
  paint(tone: Tone, text: string): string;
}

export type Cell = string | number | null | { text: string; tone: Tone };

export interface OutputStream {
  write(text: string): unknown;
  isTTY?: boolean;
  columns?: number;
}

export function openOutput(stream: OutputStream, { json }: { json: boolean }): Output {
  // styleText itself heeds NO_COLOR and FORCE_COLOR for a real stream; a pipe gets plain words.
  const coloured = stream.isTTY === true && !json;
  const paint = (tone: Tone, text: string) =>
    coloured ? styleText(STYLE[tone], text, { stream: process.stdout }) : text;
  const say = (text = '') => void (json || stream.write(`${text}\n`));
  return {
    json,
    say,
    paint,
    emit: (value) => void (json && stream.write(`${JSON.stringify(value)}\n`)),
    table(heading, rows) {
      if (!json) for (const line of tableLines(heading, rows, { paint, width: stream.columns })) say(line);
    },
  };
}

interface TableOptions {
  paint: Output['paint'];
  width: number | undefined;
}

/** Columns padded to their widest cell; the last one is left as long as it is, or wrapped on a terminal. */
function tableLines(heading: string[], rows: Cell[][], { paint, width }: TableOptions): string[] {
  const texts = rows.map((row) => row.map(cellText));
  const widths = heading.map((name, column) =>
    Math.max(name.length, ...texts.map((row) => row[column]?.length ?? 0)),
  );
  const last = heading.length - 1;
  const indent = widths.slice(0, last).reduce((sum, each) => sum + each + 2, 0);
  const room = width ? Math.max(20, width - indent) : Infinity;
  const line = (cells: string[], tones: (Tone | undefined)[]) => {
    const [first = '', ...rest] = wrap(cells[last] ?? '', room);
    const tone = (text: string, column: number) => (tones[column] ? paint(tones[column], text) : text);
    const padded = cells.slice(0, last).map((text, column) => tone(text.padEnd(widths[column]! + 2), column));
    return [
      padded.join('') + tone(first, last),
      ...rest.map((text) => ' '.repeat(indent) + tone(text, last)),
    ];
  };
  return [
    ...line(
      heading,
      heading.map(() => 'faint'),
    ),
    ...rows.flatMap((row, index) => line(texts[index]!, row.map(toneOf))),
  ].map((text) => text.trimEnd());
}

function cellText(cell: Cell): string {
  if (cell === null) return '-';
  return typeof cell === 'object' ? cell.text : String(cell);
}

const toneOf = (cell: Cell) => (typeof cell === 'object' && cell !== null ? cell.tone : undefined);

function wrap(text: string, room: number): string[] {
  const lines = [''];
  for (const word of text.split(' ')) {
    const current = lines.at(-1)!;
    if (current && current.length + 1 + word.length > room) lines.push(word);
    else lines[lines.length - 1] = current ? `${current} ${word}` : word;
  }
  return lines;
}

/** "3 s", "12 min", "5 h", "2 d". */
export function age(seconds: number | null): string {
  if (seconds === null) return '-';
  if (seconds < 90) return `${Math.max(0, Math.round(seconds))} s`;
  if (seconds < 90 * 60) return `${Math.round(seconds / 60)} min`;
  if (seconds < 36 * 3600) return `${Math.round(seconds / 3600)} h`;
  return `${Math.round(seconds / 86_400)} d`;
}

export const timeWords = (at: Date) => at.toISOString().replace('T', ' ').slice(0, 19);
