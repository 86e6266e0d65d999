/** One world of lives in a process of its own; `--lives 10000 --seed 7 --first 250` says which. */
import { parseArgs } from 'node:util';
import { currenciesOf, worldsOf } from './live.ts';
import { liveInWorld } from './world.ts';

const { values } = parseArgs({
  options: { lives: { type: 'string' }, seed: { type: 'string' }, first: { type: 'string' } },
});
const [lives, seed, first] = [Number(values.lives), Number(values.seed), Number(values.first)];
const plans = worldsOf({ lives, seed }).find(([life]) => life!.index === first)!;
const { told, problems } = await liveInWorld(plans, currenciesOf(seed, first));
process.send!({ told: told.entries, problems }, () => process.exit());
