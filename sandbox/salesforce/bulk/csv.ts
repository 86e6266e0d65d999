import { parse } from 'csv-parse/sync';
import { stringify } from 'csv-stringify/sync';
import { OrgError } from '../orgError.ts';

export type CsvTable = { columns: string[]; rows: string[][] };

/** Columns in the first line, as Bulk API 2.0 takes and gives them. */
export type CsvFormat = { columnDelimiter: keyof typeof delimiters; lineEnding: 'LF' | 'CRLF' };

const delimiters = { COMMA: ',', SEMICOLON: ';', TAB: '\t', PIPE: '|', CARET: '^', BACKQUOTE: '`' } as const;

/** Reads the format of a job's body; what is left out is comma and line feed. */
export function csvFormat({
  columnDelimiter = 'COMMA',
  lineEnding = 'LF',
}: Record<string, unknown>): CsvFormat {
  if (!Object.hasOwn(delimiters, String(columnDelimiter)) || !['LF', 'CRLF'].includes(String(lineEnding)))
    throw new OrgError('INVALIDJOB', 'The columnDelimiter or the lineEnding is not supported.');
  return { columnDelimiter, lineEnding } as CsvFormat;
}

export function readCsv(text: string, { columnDelimiter }: CsvFormat): CsvTable {
  const [columns = [], ...rows] = parse(text, {
    bom: true,
    delimiter: delimiters[columnDelimiter],
    skip_empty_lines: true,
  }) as string[][];
  return { columns, rows };
}

/** Every value in quotes, as in the results of an ingest job. */
export function writeCsv({ columns, rows }: CsvTable, { columnDelimiter, lineEnding }: CsvFormat): string {
  return stringify([columns, ...rows], {
    delimiter: delimiters[columnDelimiter],
    record_delimiter: lineEnding === 'LF' ? '\n' : '\r\n',
    quoted: true,
    quoted_empty: true,
  });
}
