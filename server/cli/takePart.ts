import type { Engine } from '../../sync/engine.ts';
import { shareRate } from '../../sync/limits/reportState.ts';
import { Loop } from '../../sync/loop.ts';
import { forgetWorker, reportCommand } from '../../sync/store/workerStates.ts';

const REPORT_MS = 2_000;

/** A command that makes many calls takes its part of the rate while it runs, and the workers take less. */
export async function takePart<T>(engine: Engine, command: string, work: () => Promise<T>): Promise<T> {
  const { database, workerId, log } = engine;
  const runOnce = async () => {
    await reportCommand(database, { workerId, command });
    await shareRate(engine);
    return 0;
  };
  await runOnce();
  const presence = new Loop({ name: 'presence', runOnce, idleMs: REPORT_MS, log });
  presence.start();
  try {
    return await work();
  } finally {
    await presence.stop();
    await forgetWorker(database, workerId);
  }
}
