/**
 * A worker as production runs it, but warm: everything is loaded, and it starts to work when it is told to. So a worker that
 * was killed has its successor within milliseconds, and a thousand crashes do not take an hour.
 */
import { loadConfig } from '../../server/config.ts';
import { openLog } from '../../server/wiring.ts';
import { startWorker } from '../../server/worker.ts';

const config = loadConfig();
process.once('message', () => {
  startWorker(config, openLog(config, 'worker')).then(
    () => process.send!('working'),
    (error: unknown) => {
      console.error(error);
      process.exit(1);
    },
  );
});
process.once('disconnect', () => process.exit(0));
process.send!('ready');
