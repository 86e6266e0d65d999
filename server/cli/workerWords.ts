import type { GateState } from '../../sync/limits/gate.ts';
import { GONE_AFTER_SECONDS, type SeenWorker, type StreamState } from '../../sync/store/workerStates.ts';
import { timeWords, type Cell } from './output.ts';

// The org sends a keepalive every 270 seconds at the latest, and the watchdog opens a silent stream anew after 120.
const SILENT_AFTER_MS = 300_000;

/** Whether the worker has been killed, or its machine is gone. */
export const isGone = ({ seenSecondsAgo }: SeenWorker): boolean => seenSecondsAgo > GONE_AFTER_SECONDS;

/** How one side is doing for one worker. */
export function gateCell({ breaker, limiter, budget, refusal }: GateState): Cell {
  if (breaker.state !== 'closed') {
    return {
      text: `${refusal ? 'refuses us' : 'down'} since ${breaker.since ? timeWords(new Date(breaker.since)) : 'a moment'}`,
      tone: 'bad',
    };
  }
  const waiting = Object.values(limiter.waiting).reduce((sum, count) => sum + count, 0);
  const rate =
    limiter.perSecond === null || limiter.mostPerSecond === null
      ? ''
      : `, ${rateWords(limiter.perSecond, limiter.mostPerSecond)}`;
  const text = `${limiter.inFlight} in flight, ${waiting} waiting${rate}`;
  if (budget && budget.stopped.length > 0) {
    return { text: `${text}, calls kept for people`, tone: 'bad' };
  }
  return limiter.perSecond !== limiter.mostPerSecond ? { text, tone: 'warning' } : text;
}

const rateWords = (now: number, most: number) =>
  now < most ? `slowed to ${Math.round(now)} of ${most} a second` : `up to ${most} a second`;

export function streamCell(stream: StreamState | null): Cell {
  if (!stream) return 'off';
  if (stream.role === 'unavailable') return { text: 'unavailable', tone: 'warning' };
  if (stream.role === 'waiting') return 'read by another';
  if (stream.answeredAt === null) return { text: 'opening', tone: 'warning' };
  const silent = Date.now() - stream.answeredAt > SILENT_AFTER_MS;
  return { text: `read, last sign ${timeWords(new Date(stream.answeredAt))}`, tone: silent ? 'bad' : 'good' };
}
