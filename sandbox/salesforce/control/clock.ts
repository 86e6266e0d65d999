import { Router, json } from 'express';
import type { AdjustableClock } from '../../adjustableClock.ts';

/** POST /sandbox/clock {now}: the org's time in unix seconds, which goes on ticking; null is the real time. */
export function clockControl(clock: AdjustableClock): Router {
  const router = Router();
  router.post('/sandbox/clock', json(), (request, response) => {
    const { now } = (request.body ?? {}) as { now?: unknown };
    if (now !== null && !Number.isSafeInteger(now)) {
      response.status(400).json({ message: 'The clock needs {"now": unix seconds}, or null.' });
      return;
    }
    clock.set(now === null ? null : (now as number) * 1000);
    response.json({ now: Math.floor(clock.now() / 1000) });
  });
  return router;
}
