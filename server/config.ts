import { existsSync, readFileSync } from 'node:fs';
import { z } from 'zod';
import { isZone } from '../sync/domain/civilDay.ts';

const seconds = (fallback: number) => z.coerce.number().positive().default(fallback);
const percent = (fallback: number) => z.coerce.number().min(0).max(99).default(fallback);

/** The one value that the release step and the token command need. */
export function loadDatabaseUrl(env: NodeJS.ProcessEnv = process.env): string {
  const url = env.DATABASE_URL;
  if (!url)
    throw new ConfigError([
      'DATABASE_URL: names the PostgreSQL database, e.g. postgres://user@host/invoicebridge',
    ]);
  return url;
}

const blankAsMissing = (value: unknown) => (value === '' ? undefined : value);
const optional = <T extends z.ZodType>(schema: T) => z.preprocess(blankAsMissing, schema.optional());

const secrets = z
  .string()
  .transform((list) => list.split(',').map((secret) => secret.trim()))
  .pipe(z.array(z.string().startsWith('whsec_', 'is one or more whsec_... secrets, separated by commas')));

const listed = (list: string) => [
  ...new Set(
    list
      .split(',')
      .map((one) => one.trim())
      .filter(Boolean),
  ),
];
// Days from the due date, e.g. -7,-1,3,10.
const days = (list: string) => listed(list).map(Number);
const offsets = z.array(
  z.number().int().min(-90).max(365),
  'is a list of days from the due date such as -7,-1,3,10',
);

const environment = z.object({
  DATABASE_URL: z.string().min(1, 'names the PostgreSQL database, e.g. postgres://user@host/invoicebridge'),
  DATABASE_POOL_SIZE: z.coerce.number().int().min(2).default(10),
  PORT: z.coerce.number().int().min(0).max(65535).default(4001),
  LOG_LEVEL: z.enum(['silent', 'fatal', 'error', 'warn', 'info', 'debug', 'trace']).default('info'),

  STRIPE_SECRET_KEY: z
    .string()
    .regex(/^(sk|rk)_(test|live)_\w+$/, 'is a key like rk_live_... or sk_test_...'),
  STRIPE_WEBHOOK_SECRETS: secrets,
  STRIPE_THIN_WEBHOOK_SECRETS: optional(secrets),
  STRIPE_API_BASE: optional(z.url()),
  STRIPE_TIME_ZONE: optional(z.string().refine(isZone, 'is a time zone such as Europe/Berlin')),

  SALESFORCE_LOGIN_URL: z.url().default('https://login.salesforce.com'),
  SALESFORCE_CLIENT_ID: z.string().min(1, 'is the consumer key of the External Client App'),
  SALESFORCE_USERNAME: optional(z.string()),
  SALESFORCE_PRIVATE_KEY: optional(z.string().transform(readPrivateKey)),
  SALESFORCE_CLIENT_SECRET: optional(z.string()),
  SALESFORCE_CHANGE_STREAM: z.enum(['on', 'off']).default('on'),
  SALESFORCE_PUBSUB_URL: z
    .string()
    .regex(/^(https?:\/\/)?[^/\s]+:\d+\/?$/, 'is a host and a port such as api.pubsub.salesforce.com:7443')
    .default('api.pubsub.salesforce.com:7443'),
  SALESFORCE_CHANGE_TOPIC: z
    .string()
    .startsWith('/data/', 'is a channel such as /data/ChangeEvents')
    .default('/data/ChangeEvents'),

  DEFAULT_CURRENCY: z
    .string()
    .regex(/^[A-Za-z]{3}$/, 'is an ISO 4217 code such as usd')
    .transform((code) => code.toLowerCase())
    .default('usd'),
  SALESFORCE_PRICE_BOOK: z.string().trim().min(1).default('standard'),
  REMINDERS: z.string().default('').transform(days).pipe(offsets),
  STORE_DOCUMENTS: z
    .string()
    .default('')
    .transform(listed)
    .pipe(z.array(z.enum(['pdf', 'receipt'], 'is pdf, receipt, or both, separated by a comma'))),
  STATEMENT_FONT: optional(
    z
      .string()
      .regex(/\.(ttf|otf)$/i, 'is the path of a font, a .ttf or .otf file')
      .refine((path) => existsSync(path), 'is the path of a file that is not there'),
  ),
  LEASE_SECONDS: seconds(30),
  COMMAND_WAIT_SECONDS: seconds(20),
  EVENT_RETENTION_DAYS: z.coerce
    .number()
    .int()
    .min(31, 'is at least 31, because Stripe tells of events again for 30 days')
    .default(90),
  CRM_SWEEP_SECONDS: seconds(60),
  CRM_DELETED_SWEEP_SECONDS: seconds(300),
  STRIPE_CATCH_UP_SECONDS: seconds(300),
  AUDIT_HOURS: z.coerce.number().min(0).default(0),

  STRIPE_REQUESTS_PER_SECOND: optional(z.coerce.number().positive()),
  STRIPE_CALLS_AT_ONCE: z.coerce.number().int().min(1).default(16),
  CRM_CALLS_AT_ONCE: z.coerce.number().int().min(1).default(8),
  CRM_BACKGROUND_STOPS_PERCENT: percent(30),
  CRM_EVENTS_STOP_PERCENT: percent(5),
  OUTAGE_PROBE_SECONDS: seconds(30),
});

/** The environment variables that a process reads. */
export const settingNames: readonly string[] = Object.keys(environment.shape);

/** The whole configuration of a process; see the table in the README for where each value comes from. */
export type Config = ReturnType<typeof loadConfig>;

/** Reads and checks the environment. Throws one `ConfigError` that names everything that is wrong. */
export function loadConfig(env: NodeJS.ProcessEnv = process.env) {
  const parsed = environment.safeParse(env);
  if (!parsed.success) {
    throw new ConfigError(parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`));
  }
  const value = parsed.data;
  if (!value.SALESFORCE_CLIENT_SECRET && !(value.SALESFORCE_USERNAME && value.SALESFORCE_PRIVATE_KEY)) {
    throw new ConfigError([
      'SALESFORCE_PRIVATE_KEY: set it together with SALESFORCE_USERNAME (JWT bearer), or set SALESFORCE_CLIENT_SECRET (client credentials)',
    ]);
  }
  return {
    databaseUrl: value.DATABASE_URL,
    databasePoolSize: value.DATABASE_POOL_SIZE,
    port: value.PORT,
    logLevel: value.LOG_LEVEL,
    stripe: {
      secretKey: value.STRIPE_SECRET_KEY,
      webhookSecrets: value.STRIPE_WEBHOOK_SECRETS,
      thinWebhookSecrets: value.STRIPE_THIN_WEBHOOK_SECRETS ?? [],
      apiBase: value.STRIPE_API_BASE,
      timeZone: value.STRIPE_TIME_ZONE,
      livemode: /^(sk|rk)_live_/.test(value.STRIPE_SECRET_KEY),
    },
    salesforce: {
      loginUrl: value.SALESFORCE_LOGIN_URL.replace(/\/$/, ''),
      clientId: value.SALESFORCE_CLIENT_ID,
      username: value.SALESFORCE_USERNAME,
      privateKey: value.SALESFORCE_PRIVATE_KEY,
      clientSecret: value.SALESFORCE_CLIENT_SECRET,
    },
    changeStream:
      value.SALESFORCE_CHANGE_STREAM === 'on'
        ? { url: value.SALESFORCE_PUBSUB_URL, topic: value.SALESFORCE_CHANGE_TOPIC }
        : undefined,
    defaultCurrency: value.DEFAULT_CURRENCY,
    priceBook: value.SALESFORCE_PRICE_BOOK,
    reminders: value.REMINDERS,
    documents: value.STORE_DOCUMENTS,
    statementFont: value.STATEMENT_FONT,
    leaseSeconds: value.LEASE_SECONDS,
    commandWaitSeconds: value.COMMAND_WAIT_SECONDS,
    eventRetentionDays: value.EVENT_RETENTION_DAYS,
    crmSweepSeconds: value.CRM_SWEEP_SECONDS,
    crmDeletedSweepSeconds: value.CRM_DELETED_SWEEP_SECONDS,
    stripeCatchUpSeconds: value.STRIPE_CATCH_UP_SECONDS,
    auditHours: value.AUDIT_HOURS,
    limits: {
      /** Undefined: by the mode of the key. */
      stripePerSecond: value.STRIPE_REQUESTS_PER_SECOND,
      stripeAtOnce: value.STRIPE_CALLS_AT_ONCE,
      crmAtOnce: value.CRM_CALLS_AT_ONCE,
      crmBackgroundStopsPercent: value.CRM_BACKGROUND_STOPS_PERCENT,
      crmEventsStopPercent: value.CRM_EVENTS_STOP_PERCENT,
      outageProbeSeconds: value.OUTAGE_PROBE_SECONDS,
    },
  };
}

/** What start-up prints: every setting, and of a secret only that it is there. */
export function maskedSummary(config: Config): Record<string, unknown> {
  const database = new URL(config.databaseUrl.replace('@/', '@localhost/'));
  return {
    database: `${database.username ? `${database.username}@` : ''}${database.hostname}${database.pathname}`,
    stripe: {
      key: `${config.stripe.secretKey.slice(0, 8)}…`,
      webhookSecrets: config.stripe.webhookSecrets.length,
      thinWebhookSecrets: config.stripe.thinWebhookSecrets.length,
      apiBase: config.stripe.apiBase ?? 'https://api.stripe.com',
      timeZone: config.stripe.timeZone ?? "the account's",
      livemode: config.stripe.livemode,
    },
    salesforce: {
      loginUrl: config.salesforce.loginUrl,
      username: config.salesforce.username,
      flow: config.salesforce.privateKey ? 'JWT bearer' : 'client credentials',
      changeStream: config.changeStream ?? 'off',
    },
    defaultCurrency: config.defaultCurrency,
    priceBook: config.priceBook,
    documents: config.documents.length > 0 ? config.documents.join(', ') : 'off',
    reminders: config.reminders.length > 0 ? config.reminders.join(', ') : 'off',
  };
}

export class ConfigError extends Error {
  readonly problems: string[];

  constructor(problems: string[]) {
    super(`The configuration is not complete:\n${problems.map((problem) => `  ${problem}`).join('\n')}`);
    this.name = 'ConfigError';
    this.problems = problems;
  }
}

/** A PEM as it is, its base64 (for hosts that take one line only), or the path of a file with it. */
function readPrivateKey(value: string): string {
  if (value.includes('-----BEGIN')) return value.replaceAll('\\n', '\n');
  const decoded = Buffer.from(value, 'base64').toString('utf8');
  if (decoded.includes('-----BEGIN')) return decoded;
  return readFileSync(value, 'utf8');
}
