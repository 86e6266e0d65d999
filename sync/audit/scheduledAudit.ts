import type { Engine } from '../engine.ts';
import { isSyncFailure } from '../failure.ts';
import { inBackground } from '../limits/priority.ts';
import { dueAuditRun, finishAuditRun, type AuditRun } from '../store/auditRuns.ts';
import { openConnection } from '../store/database.ts';
import { audit } from './audit.ts';
import { FirstFound } from './firstFound.ts';

export interface ScheduleOptions {
  /** 0: only what was asked for. */
  everyHours: number;
  /** Ends the reading; the audit is left to the next worker. */
  signal: AbortSignal;
}

/** Runs the audit that is due, unless another worker is at it, and has what differs mended. Returns whether one ran. */
export async function runDueAudit(engine: Engine, options: ScheduleOptions): Promise<boolean> {
  // The lock goes with its connection, however the process ends.
  const client = await openConnection(engine.database);
  try {
    const { rows } = await client.query<{ held: boolean }>(
      "SELECT pg_try_advisory_lock(hashtextextended('audit', 0)) AS held",
    );
    if (!rows[0]!.held) return false;
    const run = await dueAuditRun(engine.database, options.everyHours);
    if (run) await inBackground(() => carryOut(engine, run, options.signal));
    return run !== undefined;
  } finally {
    await client.end();
  }
}

async function carryOut(engine: Engine, run: AuditRun, signal: AbortSignal): Promise<void> {
  const found = new FirstFound();
  try {
    const report = await audit(engine, {
      heal: run.heal,
      onDifference: (difference) => found.add(difference),
      onProgress: () => signal.throwIfAborted(),
    });
    const differing = report.entities.reduce((sum, entity) => sum + entity.differing, 0);
    await finishAuditRun(engine.database, run.id, { differing, report, differences: found.all });
    engine.log.info({ reason: run.reason, differing }, 'Both sides have been compared whole.');
  } catch (error) {
    if (signal.aborted) return;
    const words = isSyncFailure(error)
      ? error.message
      : 'Invoicebridge itself made a mistake. An administrator finds the details in the log.';
    engine.log.error({ error, reason: run.reason }, 'The audit failed. It is tried again in an hour.');
    await finishAuditRun(engine.database, run.id, { error: `${words} The audit is tried again in an hour.` });
  }
}
