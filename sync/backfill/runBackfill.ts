import type { Engine } from '../engine.ts';
import { PermanentFailure } from '../failure.ts';
import { inBackground } from '../limits/priority.ts';
import { endJob } from '../salesforce/bulkUpsert.ts';
import {
  endRun,
  findRun,
  noteJob,
  startRun,
  type BackfillOptions,
  type BackfillRun,
} from '../store/backfillRuns.ts';
import { endImport } from '../store/importedRecords.ts';
import { holdAlone } from '../store/soleHolder.ts';
import { renewLeases } from '../store/syncRecords.ts';
import type { BackfillContext } from './context.ts';
import { DryNotes } from './dryNotes.ts';
import { backfillFromSalesforce } from './fromSalesforce.ts';
import { backfillFromStripe } from './fromStripe.ts';
import { leasesInWork, oneTurn } from '../leases.ts';

export interface RunBackfill extends Pick<BackfillContext, 'signal' | 'onEffect' | 'onProgress'> {
  databaseUrl: string;
  /** What to do: a new run, or one to go on with. */
  start: { direction: BackfillRun['direction']; options: BackfillOptions } | { resume: string };
  dryRun: boolean;
  onStart?(run: BackfillRun): void;
}

const LEASES = 'backfill-';

/**
 * Carries out a backfill, the only one at a time. Returns the run, which is `done`, or `stopped` and can be resumed.
 * Throws when it cannot go on; it can then be resumed, too.
 */
export async function runBackfill(outer: Engine, options: RunBackfill): Promise<BackfillRun> {
  // Leases of a backfill are known by their name, so that the next one can end those of a killed one at once.
  const engine: Engine = { ...outer, workerId: `${LEASES}${outer.workerId}` };
  const { signal: stop } = options;
  const hold = await holdAlone(options.databaseUrl, { name: 'backfill', signal: stop, once: true });
  if (!hold) throw alreadyRunning;
  const { leaseSeconds } = engine.settings;
  const renew = () =>
    void renewLeases(engine.database, { owners: leasesInWork(engine), leaseSeconds }).catch(
      (error: unknown) => engine.log.warn({ error }, 'Leases could not be renewed.'),
    );
  const renewal = setInterval(renew, (leaseSeconds * 1000) / 3);
  try {
    await engine.org.identify();
    if (!options.dryRun) await endImport(engine.database, LEASES);
    const signal = AbortSignal.any([stop, hold.lost]);
    return await inBackground(() => oneTurn(engine, () => carryOut(engine, options, signal)));
  } finally {
    clearInterval(renewal);
    await hold.release();
  }
}

async function carryOut(engine: Engine, options: RunBackfill, signal: AbortSignal): Promise<BackfillRun> {
  const { dryRun, onEffect, onProgress } = options;
  const run = await beginRun(engine, options);
  options.onStart?.(run);
  if (run.state === 'done') return run;
  const dry = dryRun ? await DryNotes.open(engine.database) : undefined;
  const context: BackfillContext = {
    engine,
    run,
    signal,
    ...(dry && { dry }),
    ...(onEffect && { onEffect }),
    ...(onProgress && { onProgress }),
  };
  try {
    await (run.direction === 'stripe' ? backfillFromStripe : backfillFromSalesforce)(context);
    run.state = signal.aborted ? 'stopped' : 'done';
    if (!dry) await endRun(engine.database, run.id, { state: run.state });
    return run;
  } catch (error) {
    const words = error instanceof Error ? error.message : String(error);
    if (!dry) await endRun(engine.database, run.id, { state: 'stopped', error: words });
    throw error;
  } finally {
    await dry?.close();
  }
}

async function beginRun(engine: Engine, { start, dryRun }: RunBackfill): Promise<BackfillRun> {
  if (!('resume' in start)) {
    const { direction, options } = start;
    if (!dryRun) return startRun(engine.database, direction, options);
    return {
      id: 'dry',
      direction,
      options,
      state: 'running',
      phase: null,
      position: null,
      counts: {},
      job: null,
    };
  }
  const run = await findRun(engine.database, start.resume);
  if (!run) throw unknownRun(start.resume);
  // A job of the process that was killed may still be writing what this run is about to write.
  if (run.job) await endJob(engine.org, run.job);
  await noteJob(engine.database, run.id, null);
  return run;
}

const alreadyRunning = new PermanentFailure({
  code: 'backfill_running',
  stage: 'decide',
  message: 'Another backfill is under way. Wait until it has ended, or stop it and resume it later.',
});

const unknownRun = (id: string) =>
  new PermanentFailure({
    code: 'unknown_run',
    stage: 'decide',
    message: `There is no backfill ${id}. Without --resume a new one is begun; nothing is brought over twice.`,
  });
