import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import express from 'express';
import { AdjustableClock } from '../adjustableClock.ts';
import { apiHandler } from './api/apiHandler.ts';
import type { Exchange } from './api/apiHandler.ts';
import { eventsV2 } from './api/eventsV2.ts';
import { Calls } from './control/calls.ts';
import { controlRouter } from './control/controlRouter.ts';
import { Faults } from './control/faults.ts';
import { Pace } from './control/pace.ts';
import { createPages } from './pages/pages.ts';
import type { StripePagesPort } from './pages/port.ts';
import { pagesPort } from './pagesPort.ts';
import { makeEndpoint } from './resources/webhookEndpoints.ts';
import { openSandbox } from './sandbox.ts';
import type { Sandbox } from './sandbox.ts';
import { followInvoices } from './subscriptions/followInvoices.ts';
import { Timer } from './time/timer.ts';
import { Deliveries } from './webhooks/deliveries.ts';

export type { Exchange } from './api/apiHandler.ts';

export interface StripeOptions {
  /** 0 takes any free port. */
  port: number;
  host?: string;
  /** A SQLite file, or ':memory:'. */
  dataFile: string;
  secretKeys: string[];
  accountId?: string;
  accountName?: string;
  /** `payload: 'thin'` sends event notifications of API v2, with types such as v1.invoice.paid. */
  webhookEndpoints?: {
    url: string;
    secret: string;
    enabled_events?: string[];
    payload?: 'snapshot' | 'thin';
  }[];
  /** Unix seconds. */
  clock?: () => number;
  /** One gap for each retry of a failed delivery. */
  retryDelaysMs?: number[];
  /** Called for every call of the API that was answered by the API itself. */
  onExchange?: (exchange: Exchange) => void;
}

export interface StripeServer {
  url: string;
  port: number;
  accountId: string;
  /** What the hosted page does, for tests that pay without a browser. */
  pages: StripePagesPort;
  close(): Promise<void>;
}

/** The sandbox Stripe on one listener: API under /v1, knobs under /_sandbox, and the pages. */
export async function startStripe(options: StripeOptions): Promise<StripeServer> {
  const clock = new AdjustableClock(options.clock);
  const account = {
    id: options.accountId ?? 'acct_1SandboxInvoicebrid',
    name: options.accountName ?? 'Sandbox Company',
    created: 1_760_000_000,
  };
  const sandbox = openSandbox({ dataFile: options.dataFile, account, clock: clock.now });
  configureEndpoints(sandbox, options.webhookEndpoints ?? []);
  sandbox.follow = followInvoices;
  const deliveries = new Deliveries(sandbox, options.retryDelaysMs);
  const timer = new Timer(sandbox, () => deliveries.wake());
  const [faults, calls, pace] = [new Faults(), new Calls(), new Pace()];
  const app = express();
  app.disable('x-powered-by').disable('etag');
  app.use(
    '/v1',
    express.text({ type: () => true, limit: '10mb' }),
    apiHandler({
      sandbox,
      secretKeys: options.secretKeys,
      faults,
      calls,
      pace,
      committed() {
        deliveries.wake();
        timer.wake();
      },
      onExchange: options.onExchange,
    }),
  );
  app.use('/v2', eventsV2({ sandbox, secretKeys: options.secretKeys, calls }));
  app.use('/_sandbox', controlRouter({ sandbox, deliveries, faults, calls, pace, clock, timer }));
  const pages = pagesPort(sandbox, deliveries);
  app.use(createPages(pages));
  const server = createServer(app);
  // Longer than clients keep idle connections, so that it is they who close them.
  server.keepAliveTimeout = 65_000;
  const host = options.host ?? '127.0.0.1';
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(options.port, host, resolve);
  });
  const { port } = server.address() as AddressInfo;
  const url = `http://${host}:${port}`;
  sandbox.publicUrl = url;
  deliveries.resume();
  timer.start();
  return {
    url,
    port,
    accountId: account.id,
    pages,
    async close() {
      timer.stop();
      deliveries.close();
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      // Requests that are under way may end; what hangs longer is cut off.
      const patience = setTimeout(() => server.closeAllConnections(), 2000);
      await closed;
      clearTimeout(patience);
      sandbox.store.close();
    },
  };
}

/** Endpoints from the options keep their ids over restarts, so that pending deliveries find them at a new address. */
function configureEndpoints(
  sandbox: Sandbox,
  configured: NonNullable<StripeOptions['webhookEndpoints']>,
): void {
  const known = [...sandbox.endpoints.values()].filter((one) => one.configured !== null);
  configured.forEach(({ url, secret, enabled_events = ['*'], payload = 'snapshot' }, index) => {
    const endpoint = known.find((one) => one.configured === index);
    const wanted = { url, secret, enabled_events, payload };
    if (endpoint) sandbox.endpoints.put({ ...endpoint, ...wanted, status: 'enabled' });
    else makeEndpoint(sandbox, { ...wanted, configured: index });
  });
  for (const { id, configured: index } of known)
    if (index !== null && index >= configured.length) sandbox.endpoints.delete(id);
}
