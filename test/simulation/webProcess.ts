/** The web process as production runs it, but warm: see `workerProcess.ts`. */
import { loadConfig } from '../../server/config.ts';
import { startWeb } from '../../server/web.ts';
import { openLog } from '../../server/wiring.ts';
import { startWhenTold } from './startWhenTold.ts';

const config = loadConfig();
startWhenTold(() => startWeb(config, openLog(config, 'web')));
