import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import Stripe from 'stripe';
import { openContract } from '../../sandbox/stripe/contract/openContract.ts';
import { startStripe } from '../../sandbox/stripe/start.ts';
import type { Exchange, StripeOptions, StripeServer } from '../../sandbox/stripe/start.ts';

export const KEY = 'sk_test_sandboxStripeTests';

/** A sandbox Stripe with the real client, and all that went over the wire. */
export interface TestStripe {
  server: StripeServer;
  stripe: Stripe;
  exchanges: Exchange[];
  /** Where its data are, for a restart. */
  dataFile: string;
  control(method: string, path: string, body?: unknown): Promise<unknown>;
  restart(): Promise<void>;
  stop(): Promise<void>;
}

export async function startTestStripe(options: Partial<StripeOptions> = {}): Promise<TestStripe> {
  const folder = mkdtempSync(path.join(tmpdir(), 'sandbox-stripe-'));
  const dataFile = path.join(folder, 'stripe.sqlite');
  const exchanges: Exchange[] = [];
  const start = () =>
    startStripe({
      port: 0,
      dataFile,
      secretKeys: [KEY],
      retryDelaysMs: [20, 40, 80],
      onExchange: (exchange) => exchanges.push(exchange),
      ...options,
    });
  const server = await start();
  const test: TestStripe = {
    server,
    stripe: clientOf(server),
    exchanges,
    dataFile,
    control: (method, where, body) => control(test.server, method, { where, body }),
    async restart() {
      await test.server.close();
      test.server = await start();
      test.stripe = clientOf(test.server);
    },
    async stop() {
      await test.server.close();
      rmSync(folder, { recursive: true });
    },
  };
  return test;
}

/** Retries would hide what the sandbox answered first. */
export function clientOf(server: StripeServer, key = KEY): Stripe {
  return new Stripe(key, {
    host: '127.0.0.1',
    port: server.port,
    protocol: 'http',
    maxNetworkRetries: 0,
    telemetry: false,
  });
}

async function control(
  server: StripeServer,
  method: string,
  { where, body }: { where: string; body: unknown },
): Promise<unknown> {
  const response = await fetch(`${server.url}/_sandbox/${where}`, {
    method,
    headers: { 'content-type': 'application/json' },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${response.status} ${text}`);
  return text === '' ? undefined : JSON.parse(text);
}

/** Every request and answer so far, held to what the stripe package declares. Unknown addresses are meant. */
export async function violations(exchanges: readonly Exchange[]): Promise<string[]> {
  const contract = await openContract();
  return exchanges
    .filter(({ path: where }) => where !== '/v1/nowhere')
    .flatMap((exchange) => contract.check(exchange))
    .map(({ part, operation, path: where, message }) => `${part} ${operation} ${where} ${message}`);
}

export async function rejected(promise: Promise<unknown>): Promise<Stripe.errors.StripeError> {
  const outcome = await promise.then(
    () => undefined,
    (error: unknown) => error,
  );
  if (outcome instanceof Stripe.errors.StripeError) return outcome;
  throw new Error(`Expected an error of Stripe, got ${String(outcome)}`);
}

export async function until<T>(
  check: () => T | undefined | false | Promise<T | undefined | false>,
): Promise<T> {
  const deadline = Date.now() + 60_000;
  for (;;) {
    const found = await check();
    if (found) return found;
    if (Date.now() > deadline) throw new Error('It did not happen within a minute.');
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

/** A customer and a draft of one line, as the middleware makes them. */
export async function makeDraft(stripe: Stripe, amount = 12_050): Promise<Stripe.Invoice> {
  const customer = await stripe.customers.create({ name: 'Acme', email: 'billing@acme.example' });
  const draft = await stripe.invoices.create({
    customer: customer.id,
    collection_method: 'send_invoice',
    due_date: Math.floor(Date.now() / 1000) + 30 * 86_400,
    auto_advance: false,
    currency: 'usd',
    description: 'Work done',
    metadata: { salesforce_id: 'a00000000000001' },
  });
  return stripe.invoices.addLines(draft.id, {
    lines: [{ description: 'Work', amount, quantity: undefined }],
  });
}

/** An empty draft of a new customer, in dollars and to be sent; `changes` are what a test is about. */
export async function emptyDraft(
  stripe: Stripe,
  changes: Stripe.InvoiceCreateParams = {},
): Promise<Stripe.Invoice> {
  const customer = await stripe.customers.create({ name: 'Acme', email: 'billing@acme.example' });
  return stripe.invoices.create({
    customer: customer.id,
    collection_method: 'send_invoice',
    days_until_due: 30,
    currency: 'usd',
    ...changes,
  });
}

/** Does something and tells which events it made, in their order. */
export async function eventsOf<T>(
  stripe: Stripe,
  work: () => Promise<T>,
): Promise<{ result: T; events: Stripe.Event[]; types: string[] }> {
  const [last] = (await stripe.events.list({ limit: 1 })).data;
  const result = await work();
  const { data } = await stripe.events.list({ limit: 100, ...(last && { ending_before: last.id }) });
  const events = data.reverse();
  return { result, events, types: events.map(({ type }) => type) };
}
