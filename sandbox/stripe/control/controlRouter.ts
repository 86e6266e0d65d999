import express, { Router } from 'express';
import type { ErrorRequestHandler } from 'express';
import type { AdjustableClock } from '../../adjustableClock.ts';
import type { Sandbox } from '../sandbox.ts';
import { changeSettings, shownSettings } from '../time/billingSettings.ts';
import type { Timer } from '../time/timer.ts';
import type { Deliveries, Mode } from '../webhooks/deliveries.ts';
import type { Calls } from './calls.ts';
import type { FaultOrder, Faults } from './faults.ts';
import type { Pace, PaceOrder } from './pace.ts';
import { seed } from './seed.ts';
import type { SeedOrder } from './seed.ts';

export interface Controls {
  sandbox: Sandbox;
  deliveries: Deliveries;
  faults: Faults;
  calls: Calls;
  pace: Pace;
  clock: AdjustableClock;
  timer: Timer;
}

/** The knobs under /_sandbox. Tests and people use them; the product never does. */
export function controlRouter(controls: Controls): Router {
  const { sandbox, deliveries, faults, calls, pace, clock, timer } = controls;
  const router = Router();
  router.use(express.json());
  router
    .route('/faults')
    .get((_request, response) => void response.json(faults.list()))
    .post((request, response) => void response.status(201).json(faults.add(request.body as FaultOrder)))
    .delete((_request, response) => {
      faults.clear();
      response.status(204).end();
    });
  router
    .route('/calls')
    .get((_request, response) => void response.json(calls.report()))
    .delete((_request, response) => {
      calls.reset();
      response.status(204).end();
    });
  router
    .route('/pace')
    .get((_request, response) => void response.json(pace.report()))
    .post((request, response) => {
      pace.set((request.body ?? {}) as PaceOrder);
      response.json(pace.report());
    });
  router.post('/seed', async (request, response) => {
    response.json(await seed(sandbox, (request.body ?? {}) as SeedOrder));
  });
  router.post('/events/retention', (request, response) => {
    const { days } = (request.body ?? {}) as { days?: unknown };
    if (typeof days !== 'number' || !(days > 0)) throw new Error('The retention needs {"days": a number}.');
    sandbox.eventsKeptSeconds = days * 24 * 60 * 60;
    response.json({ days });
  });
  router.get('/deliveries', (_request, response) => {
    response.json({ ...deliveries.mode, deliveries: [...sandbox.deliveries.values()] });
  });
  router.get('/mails', (_request, response) => {
    response.json({ mails: [...sandbox.mails.values()] });
  });
  router.post('/deliveries/mode', (request, response) => {
    deliveries.mode = readMode(request.body);
    response.json(deliveries.mode);
  });
  router.post('/deliveries/release', async (request, response) => {
    const { order } = (request.body ?? {}) as { order?: string[] };
    response.json({ released: await deliveries.release(order) });
  });
  router.post('/events/:event/resend', (request, response) => {
    const event = sandbox.events.get(request.params.event);
    if (!event) throw new Error(`There is no event ${request.params.event}.`);
    deliveries.resend(event, (request.body as { times?: number } | undefined)?.times);
    response.status(202).json({ resent: event.id });
  });
  router.post('/clock', (request, response) => {
    const { now } = (request.body ?? {}) as { now?: unknown };
    if (now !== null && !Number.isSafeInteger(now))
      throw new Error('The clock needs {"now": unix seconds}, or null for the real time.');
    clock.set(now as number | null);
    // What is due by then has happened when this is answered.
    timer.run();
    response.json({ now: clock.now() });
  });
  router
    .route('/billing')
    .get((_request, response) => void response.json(shownSettings(sandbox)))
    .post((request, response) => {
      response.json(changeSettings(sandbox, (request.body ?? {}) as Record<string, unknown>));
    });
  router.use(refuse);
  return router;
}

function readMode(body: unknown): Mode {
  const { mode = 'normal', duplicates = 0, shuffle = false } = (body ?? {}) as Partial<Mode>;
  if (!['normal', 'hold', 'drop'].includes(mode)) throw new Error('The mode is one of normal, hold, drop.');
  if (!Number.isInteger(duplicates) || duplicates < 0)
    throw new Error('duplicates is a count of extra copies.');
  return { mode, duplicates, shuffle: shuffle === true };
}

// eslint-disable-next-line max-params -- Express knows error handlers by their four parameters.
const refuse: ErrorRequestHandler = (error, _request, response, _next) => {
  response.status(400).json({ error: error instanceof Error ? error.message : String(error) });
};
