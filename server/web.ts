import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Logger } from 'pino';
import { openDatabase } from '../sync/store/database.ts';
import { Notifications } from '../sync/store/notifications.ts';
import { openStripe } from '../sync/stripe/client.ts';
import { createApp } from './app.ts';
import { CommandWaiter } from './commandWaiter.ts';
import { loadConfig, maskedSummary, type Config } from './config.ts';
import { onStop } from './onStop.ts';
import { openLog } from './wiring.ts';

export interface Web {
  url: string;
  stop(): Promise<void>;
}

const CLOSING_LOOK_MS = 20;

/** Starts the HTTP side: Stripe's webhooks, the org's commands, health. */
export async function startWeb(config: Config, log: Logger): Promise<Web> {
  const database = await openDatabase(config.databaseUrl, config.databasePoolSize);
  const notifications = new Notifications(config.databaseUrl, ['command_settled']);
  await notifications.open();
  const app = createApp({
    database,
    stripe: openStripe(config.stripe),
    webhookSecrets: config.stripe.webhookSecrets,
    thinWebhookSecrets: config.stripe.thinWebhookSecrets,
    livemode: config.stripe.livemode,
    waiter: new CommandWaiter({ database, notifications, patienceMs: config.commandWaitSeconds * 1000 }),
    statementFont: config.statementFont,
    log,
  });
  const server = createServer(app);
  // Longer than the 60 s after which load balancers and jsforce's agent give an idle connection up.
  server.keepAliveTimeout = 75_000;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(config.port, resolve);
  });
  const { port } = server.address() as AddressInfo;
  log.info({ port, ...maskedSummary(config) }, 'The web process listens.');

  return {
    url: `http://127.0.0.1:${port}`,
    async stop() {
      const closed = new Promise((resolve) => server.close(resolve));
      // A connection whose request is under way just now is idle only afterwards, and would be kept open.
      const closing = setInterval(() => server.closeIdleConnections(), CLOSING_LOOK_MS);
      await closed;
      clearInterval(closing);
      await notifications.close();
      await database.close();
    },
  };
}

async function main(): Promise<void> {
  const config = loadConfig();
  const log = openLog(config, 'web');
  const web = await startWeb(config, log);
  onStop(log, () => web.stop());
}

if (import.meta.main) void main();
