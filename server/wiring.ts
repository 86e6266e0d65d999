import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { pino, type Logger } from 'pino';
import type { Engine } from '../sync/engine.ts';
import { Gate } from '../sync/limits/gate.ts';
import { OrgIdentity } from '../sync/limits/orgIdentity.ts';
import { SalesforceOrg } from '../sync/salesforce/connection.ts';
import { openDatabase, type Database } from '../sync/store/database.ts';
import { openStripe } from '../sync/stripe/client.ts';
import type { Config } from './config.ts';

// What must never be written, wherever an error or a request carries it.
const SECRET_PATHS = [
  'authorization',
  'accessToken',
  'refreshToken',
  'client_secret',
  'assertion',
  'token',
].flatMap((name) => [name, `*.${name}`, `*.*.${name}`, `*.*.*.${name}`]);

// Below what Stripe takes (100 and 25), because other programs use the same account.
const STRIPE_PER_SECOND = { live: 80, test: 20 };

export function openLog(config: Pick<Config, 'logLevel'>, name: string): Logger {
  return pino({
    name,
    level: config.logLevel,
    redact: { paths: SECRET_PATHS, censor: '(secret)' },
    serializers: { error: serializeError },
  });
}

/**
 * Of an error: what it is and where it came from. SDK errors carry whole requests and answers, with tokens and
 * people's data, so nothing else of them is logged.
 */
function serializeError(error: unknown): unknown {
  if (!(error instanceof Error)) return String(error);
  const { name, message, stack } = error;
  const { code, statusCode, requestId } = error as {
    code?: unknown;
    statusCode?: unknown;
    requestId?: unknown;
  };
  return {
    name,
    message,
    code,
    statusCode,
    requestId,
    stack,
    cause: error.cause ? serializeError(error.cause) : undefined,
  };
}

/** Everything a worker needs, made from the configuration. */
export async function openEngine(
  config: Config,
  log: Logger,
): Promise<{ engine: Engine; database: Database; identity: OrgIdentity; close(): Promise<void> }> {
  const database = await openDatabase(config.databaseUrl, config.databasePoolSize);
  const gates = openGates(config);
  const identity = new OrgIdentity({ database, gates, log });
  const engine: Engine = {
    database,
    stripe: openStripe(config.stripe, gates.stripe),
    org: new SalesforceOrg(config.salesforce, {
      gate: gates.salesforce,
      onLogin: (orgId) => identity.accept(orgId),
    }),
    gates,
    log,
    workerId: `${hostname()}-${process.pid}-${randomUUID().slice(0, 8)}`,
    settings: {
      leaseSeconds: config.leaseSeconds,
      defaultCurrency: config.defaultCurrency,
      priceBook: config.priceBook,
      reminders: config.reminders,
      documents: documentsOf(config),
      statementFont: config.statementFont,
    },
    now: () => new Date(),
    random: Math.random,
  };
  return { engine, database, identity, close: () => database.close() };
}

function documentsOf({ documents, stripe }: Config): Engine['settings']['documents'] {
  if (documents.length === 0) return undefined;
  return { kinds: documents, alsoFrom: stripe.apiBase ? new URL(stripe.apiBase).host : null };
}

/** One gate a side and process: all of its calls share their limits. */
function openGates({ limits, stripe }: Config): Engine['gates'] {
  const longestPauseMs = limits.outageProbeSeconds * 1000;
  return {
    stripe: new Gate({
      side: 'stripe',
      perSecond:
        limits.stripePerSecond ?? (stripe.livemode ? STRIPE_PER_SECOND.live : STRIPE_PER_SECOND.test),
      atOnce: limits.stripeAtOnce,
      longestPauseMs,
    }),
    salesforce: new Gate({
      side: 'salesforce',
      perSecond: null,
      atOnce: limits.crmAtOnce,
      longestPauseMs,
      budget: {
        backgroundStopsPercent: limits.crmBackgroundStopsPercent,
        eventsStopPercent: limits.crmEventsStopPercent,
      },
    }),
  };
}
