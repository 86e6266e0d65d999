import express, { type Express } from 'express';
import type { Logger } from 'pino';
import type Stripe from 'stripe';
import type { Database } from '../sync/store/database.ts';
import { authenticate } from './authenticate.ts';
import type { CommandWaiter } from './commandWaiter.ts';
import { Problem, problemHandler } from './problem.ts';
import { audits } from './routes/audits.ts';
import { conflicts } from './routes/conflicts.ts';
import { health } from './routes/health.ts';
import { invoices } from './routes/invoices.ts';
import { matches } from './routes/matches.ts';
import { records } from './routes/records.ts';
import { statements } from './routes/statements.ts';
import { status } from './routes/status.ts';
import { stripeWebhook } from './routes/stripeWebhook.ts';
import { syncs } from './routes/syncs.ts';

export interface AppOptions {
  database: Database;
  stripe: Stripe;
  webhookSecrets: string[];
  thinWebhookSecrets: string[];
  livemode: boolean;
  waiter: CommandWaiter;
  /** See `STATEMENT_FONT`. */
  statementFont: string | undefined;
  log: Logger;
}

/** The Express app, without listen. */
export function createApp(options: AppOptions): Express {
  const { database, waiter, log } = options;
  const app = express();
  app.disable('x-powered-by');
  app.use(stripeWebhook(options));
  app.use(health(database));
  app.use('/v1', authenticate(database));
  app.use(invoices({ database, waiter, stripe: options.stripe }));
  app.use(syncs({ database, waiter }));
  app.use(statements(options));
  app.use(conflicts({ database, waiter }));
  app.use(records(database));
  app.use(audits(database));
  app.use(status(database));
  app.use(matches(database));
  app.use(() => {
    throw new Problem('unknown_path', 'There is nothing at this path.');
  });
  app.use(problemHandler(log));
  return app;
}
