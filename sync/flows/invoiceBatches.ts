import type { Engine } from '../engine.ts';
import { convergeDue } from './convergeDue.ts';

// Reading 200 invoices of Stripe takes a few seconds; a call that hangs, up to a minute.
const HELD_UP_MS = 3_000;
const AT_ONCE = 3;

/**
 * What each of a worker's loops of invoices does in one turn. Usually one batch is in work: what comes meanwhile
 * makes the next one fuller, and a full batch takes no more calls of the org than a small one. Only while every batch
 * in work is held up, a further one goes past it.
 */
export function invoiceBatches(engine: Engine): (() => Promise<number>)[] {
  const startedAt: (number | undefined)[] = [];
  const isHeldUp = (place: number) => {
    const since = startedAt[place];
    return since !== undefined && engine.now().getTime() - since >= HELD_UP_MS;
  };
  return Array.from({ length: AT_ONCE }, (_, place) => async () => {
    const before = Array.from({ length: place }, (_unused, index) => index);
    if (!before.every(isHeldUp)) return 0;
    startedAt[place] = engine.now().getTime();
    try {
      return await convergeDue(engine, 'invoice');
    } finally {
      startedAt[place] = undefined;
    }
  });
}
