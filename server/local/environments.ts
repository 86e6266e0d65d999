import type { SandboxSecrets } from './secrets.ts';

export interface Ports {
  page: number;
  web: number;
  stripe: number;
  pubSub: number;
}

interface ProductSettings {
  databaseUrl: string;
  secrets: SandboxSecrets;
  ports: Ports;
}

export interface SandboxSettings {
  secrets: SandboxSecrets;
  ports: Ports;
  dataDir: string;
  pageDir: string;
}

/** What web and worker get: only variables that a real installation sets as well, with addresses and keys of the sandbox. */
export function productEnvironment({ databaseUrl, secrets, ports }: ProductSettings): NodeJS.ProcessEnv {
  return {
    ...machine(),
    DATABASE_URL: databaseUrl,
    PORT: String(ports.web),
    PUBLIC_URL: localAddress(ports.web),
    LOG_LEVEL: process.env['LOG_LEVEL'] || 'info',
    STRIPE_SECRET_KEY: secrets.stripeSecretKey,
    STRIPE_WEBHOOK_SECRETS: secrets.stripeWebhookSecret,
    STRIPE_API_BASE: `http://127.0.0.1:${ports.stripe}`,
    SALESFORCE_LOGIN_URL: `http://127.0.0.1:${ports.page}`,
    SALESFORCE_CLIENT_ID: secrets.salesforceClientId,
    SALESFORCE_USERNAME: secrets.salesforceUsername,
    SALESFORCE_PRIVATE_KEY: Buffer.from(secrets.privateKeyPem).toString('base64'),
    SALESFORCE_PUBSUB_URL: `http://127.0.0.1:${ports.pubSub}`,
    DEFAULT_CURRENCY: process.env['DEFAULT_CURRENCY'] || 'usd',
    CRM_SWEEP_SECONDS: process.env['CRM_SWEEP_SECONDS'] || '60',
  };
}

/** What sandbox/main.ts gets. */
export function sandboxEnvironment({ secrets, ports, dataDir, pageDir }: SandboxSettings): NodeJS.ProcessEnv {
  return {
    ...machine(),
    SANDBOX_DATA_DIR: dataDir,
    SANDBOX_PAGE_DIR: pageDir,
    SANDBOX_ORG_PORT: String(ports.page),
    SANDBOX_PUBSUB_PORT: String(ports.pubSub),
    SANDBOX_STRIPE_PORT: String(ports.stripe),
    SANDBOX_WEB_URL: `http://127.0.0.1:${ports.web}`,
    STRIPE_SECRET_KEY: secrets.stripeSecretKey,
    STRIPE_WEBHOOK_SECRET: secrets.stripeWebhookSecret,
    SALESFORCE_CLIENT_ID: secrets.salesforceClientId,
    SALESFORCE_USERNAME: secrets.salesforceUsername,
    SALESFORCE_CERTIFICATE: secrets.certificatePem,
    API_TOKEN: secrets.apiToken,
  };
}

export function localAddress(port: number): string {
  return `http://localhost:${port}`;
}

/** Keys of real accounts that happen to be set in the terminal must not reach the sandbox's processes. */
function machine(): NodeJS.ProcessEnv {
  const kept = [
    'PATH',
    'HOME',
    'LANG',
    'TZ',
    'TMPDIR',
    'NODE_ENV',
    'NODE_COMPILE_CACHE',
    'NODE_EXTRA_CA_CERTS',
  ];
  return Object.fromEntries(kept.map((name) => [name, process.env[name]]));
}
