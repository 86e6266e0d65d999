/** A worker as production runs it, but warm: a thousand crashes shall not take an hour. */
import { loadConfig } from '../../server/config.ts';
import { startWorker } from '../../server/worker.ts';
import { openLog } from '../../server/wiring.ts';
import { startWhenTold } from './startWhenTold.ts';

const config = loadConfig();
startWhenTold(() => startWorker(config, openLog(config, 'worker')));
