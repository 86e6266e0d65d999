import { closeSync, existsSync, openSync, writeSync } from 'node:fs';
import { stringify } from 'csv-stringify/sync';
import type { Effect } from '../../sync/backfill/context.ts';
import { runBackfill, type RunBackfill } from '../../sync/backfill/runBackfill.ts';
import type { BackfillRun, Counts } from '../../sync/store/backfillRuns.ts';
import { loadConfig } from '../config.ts';
import { openEngine, openLog } from '../wiring.ts';
import { openBackfillProgress } from './backfillProgress.ts';
import type { Output } from './output.ts';
import { takePart } from './takePart.ts';

export interface BackfillCommand extends Pick<RunBackfill, 'start' | 'dryRun'> {
  csv?: string | undefined;
}

/** `invoicebridge backfill`. 0 when all came over or waits for a person, 1 when something failed or it was stopped. */
export async function runBackfillCommand(
  output: Output,
  { start, dryRun, csv }: BackfillCommand,
): Promise<number> {
  const config = loadConfig();
  const { engine, close } = await openEngine(config, openLog({ logLevel: 'silent' }, 'backfill'));
  const stopping = new AbortController();
  const stop = () => {
    output.say('\nStopping after the chunk in hand. It can be resumed.');
    stopping.abort();
  };
  process.once('SIGINT', stop).once('SIGTERM', stop);
  const file = csv ? openCsv(csv) : undefined;
  const progress = openBackfillProgress(output);
  try {
    const run = await takePart(engine, 'backfill', () =>
      runBackfill(engine, {
        databaseUrl: config.databaseUrl,
        start,
        dryRun,
        signal: stopping.signal,
        onStart: ({ id, direction, options }) => {
          output.emit({ kind: 'run', id, direction, ...options, dryRun });
          if (!dryRun) output.say(`Backfill ${id}. If it is stopped: invoicebridge backfill --resume ${id}`);
        },
        onProgress: (entity, counts) => progress.show(entity, counts),
        onEffect: (effect) => {
          file?.add(effect);
          if (dryRun) output.emit({ kind: 'effect', ...effect });
        },
      }),
    );
    progress.end();
    tell(output, run, { dryRun, csv });
    const failed = Object.values(run.counts).some((counts) => counts.failed > 0);
    return run.state === 'done' && !failed ? 0 : 1;
  } finally {
    progress.end();
    file?.close();
    process.off('SIGINT', stop).off('SIGTERM', stop);
    await close();
  }
}

function tell(
  output: Output,
  { id, state, counts }: BackfillRun,
  { dryRun, csv }: { dryRun: boolean; csv: string | undefined },
): void {
  const peakMemoryMb = Math.round(process.resourceUsage().maxRSS / 1024);
  output.emit({ kind: 'report', id, state, dryRun, counts, peakMemoryMb });
  const would = dryRun ? 'would be ' : '';
  output.table(
    ['records', 'read', `${would}made`, `${would}changed`, 'left alone', 'for a person', 'failed'],
    Object.entries(counts as Required<Counts>).map(([entity, one]) => [
      entity,
      one.read,
      one.created,
      one.updated,
      one.skipped,
      one.queued > 0 ? { text: String(one.queued), tone: 'warning' } : 0,
      one.failed > 0 ? { text: String(one.failed), tone: 'bad' } : 0,
    ]),
  );
  output.say();
  if (dryRun) output.say('Nothing was written.');
  else if (state === 'stopped') output.say(`Stopped. Go on with: invoicebridge backfill --resume ${id}`);
  else output.say(output.paint('good', 'Done.'));
  if ((counts.customer?.queued ?? 0) > 0 && !dryRun) {
    output.say('Customers wait for a person to say which Account they are: invoicebridge matches');
  }
  if (!dryRun && Object.values(counts).some(({ failed }) => failed > 0)) {
    output.say('What failed, and why: invoicebridge parked');
  }
  if (csv) output.say(`All records and fields are in ${csv}.`);
}

const COLUMNS = ['entity', 'outcome', 'stripe', 'salesforce', 'note', 'side', 'field', 'from', 'to'];
const BUFFERED = 64 * 1024;

/** A row for each record and field; a record without fields has one row. A resumed run goes on in the same file. */
function openCsv(path: string): { add(effect: Effect): void; close(): void } {
  const isNew = !existsSync(path);
  const file = openSync(path, 'a');
  let waiting = isNew ? stringify([COLUMNS]) : '';
  const flush = () => {
    writeSync(file, waiting);
    waiting = '';
  };
  return {
    add({ entity, outcome, stripeId, crmId, note, fields }) {
      const record = [entity, outcome, stripeId, crmId, note];
      const rows = fields.map(({ side, field, from, to }) => [...record, side, field, text(from), text(to)]);
      waiting += stringify(rows.length > 0 ? rows : [[...record, '', '', '', '']], {
        escape_formulas: true,
      });
      if (waiting.length > BUFFERED) flush();
    },
    close() {
      flush();
      closeSync(file);
    },
  };
}

function text(value: unknown): string {
  if (value === null || value === undefined) return '';
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}
