import { openDatabase } from '../../../sync/store/database.ts';
import { readStatus, type EngineStatus } from '../../../sync/store/queueStatus.ts';
import type { Config } from '../../config.ts';
import { age, timeWords } from '../output.ts';
import { isGone } from '../workerWords.ts';
import { checksOf, words, type Check } from './check.ts';

const { ok, warning, failed } = checksOf('worker');

// A pass over a large org may take a while; what has not ended within three intervals and this is stuck.
const PATIENCE_SECONDS = 120;
// The org sends a keepalive every 270 seconds at the latest.
const STREAM_PATIENCE_SECONDS = 330;

/** Whether workers run, what holds them up, and how long ago each side was read. */
export async function checkWorkers(config: Config): Promise<Check[]> {
  const database = await openDatabase(config.databaseUrl, 2);
  try {
    const status = await readStatus(database);
    const alive = status.workers.filter((worker) => !isGone(worker));
    if (alive.length === 0) {
      const last = status.workers[0];
      return [
        failed('running', {
          detail: last
            ? `No worker runs; the last one was seen ${age(last.seenSecondsAgo)} ago.`
            : 'No worker runs.',
          mend: 'Start one: npm run worker. Until then events and buttons are kept, and nothing is synced.',
        }),
      ];
    }
    return [
      ok('running', `${alive.length} ${alive.length === 1 ? 'worker' : 'workers'}`),
      checkStandstill(alive),
      checkPace(alive),
      checkPass(status, {
        name: 'sweep of the org',
        cursor: 'crm-sweep-',
        everySeconds: config.crmSweepSeconds,
      }),
      checkPass(status, {
        name: "reading of Stripe's log",
        cursor: 'stripe-events',
        everySeconds: config.stripeCatchUpSeconds,
      }),
      checkStream(status, alive, config),
    ];
  } catch (error) {
    return [failed('state', { detail: words(error), mend: 'Mend what the checks of the database say.' })];
  } finally {
    await database.close();
  }
}

type Workers = EngineStatus['workers'];

function checkStandstill(alive: Workers): Check {
  const name = 'at work';
  const reasons = [...new Set(alive.flatMap(({ standstill }) => standstill ?? []))];
  if (reasons.length === 0) return ok(name, 'both sides answer');
  return failed(name, {
    detail: reasons.join(' '),
    mend: 'What is to be done is kept, and goes on by itself as soon as this is over.',
  });
}

function checkPace(alive: Workers): Check {
  const name = 'rate of calls to Stripe';
  const slowed = alive.filter(
    ({ stripe }) => (stripe.limiter.perSecond ?? Infinity) < (stripe.limiter.mostPerSecond ?? 0),
  );
  const [first] = alive;
  if (slowed.length === 0) {
    return ok(name, `up to ${first!.stripe.limiter.mostPerSecond} a second for each process`);
  }
  const complained = Math.max(...slowed.map(({ stripe }) => stripe.limiter.slowedDownAt ?? 0));
  return warning(name, {
    detail: `Stripe asked for fewer at ${timeWords(new Date(complained))}.`,
    mend: 'It passes by itself. If it comes again and again, lower STRIPE_REQUESTS_PER_SECOND, or ask Stripe for a higher limit.',
  });
}

function checkPass(
  { cursors }: EngineStatus,
  { name, cursor, everySeconds }: { name: string; cursor: string; everySeconds: number },
): Check {
  const ages = cursors.filter((each) => each.name.startsWith(cursor)).map(({ ageSeconds }) => ageSeconds);
  const mend = 'Look into the log of the worker: each pass that fails says why.';
  if (ages.length === 0) return warning(name, { detail: 'It has not ended once yet.', mend });
  const oldest = Math.max(...ages);
  return oldest <= everySeconds * 3 + PATIENCE_SECONDS
    ? ok(name, `${age(oldest)} ago`)
    : failed(name, { detail: `Last done ${age(oldest)} ago, every ${age(everySeconds)} is set.`, mend });
}

function checkStream({ cursors }: EngineStatus, alive: Workers, { changeStream }: Config): Check {
  const name = 'change stream';
  if (!changeStream) return ok(name, 'switched off; changes in the org are found by the sweep');
  const place = cursors.find((each) => each.name === `crm-stream ${changeStream.topic}`);
  const at = place ? `, place of ${age(place.ageSeconds)} ago` : '';
  const reader = alive.find(({ stream }) => stream?.role === 'subscribed');
  const silentFor = reader?.stream?.answeredAt ? (Date.now() - reader.stream.answeredAt) / 1000 : undefined;
  if (silentFor !== undefined && silentFor <= STREAM_PATIENCE_SECONDS) {
    return ok(name, `read by ${reader!.workerId}, last sign ${age(silentFor)} ago${at}`);
  }
  if (alive.some(({ stream }) => stream?.role === 'unavailable')) {
    return warning(name, {
      detail: 'The org gives none out; changes in it are found by the sweep alone.',
      mend: `Deploy salesforce-metadata with its Change Data Capture channel, and give the integration user the permission set; the topic is ${changeStream.topic}.`,
    });
  }
  return warning(name, {
    detail: reader
      ? `No sign of it for ${silentFor ? age(silentFor) : 'as long as it is open'}${at}.`
      : `Nobody reads it${at}.`,
    mend: 'It is opened again by itself, and the sweep goes on meanwhile. If this stays, look into the log of the worker.',
  });
}
