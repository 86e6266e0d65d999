import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { startOrg } from './salesforce/start.ts';
import { firstTaxRates } from './stripe/control/firstTaxRates.ts';
import { startStripe } from './stripe/start.ts';

/** The process with both sandboxes. Its environment is described in server/local/environments.ts. */
async function main(): Promise<void> {
  const dataDir = required('SANDBOX_DATA_DIR');
  mkdirSync(dataDir, { recursive: true });
  const webUrl = required('SANDBOX_WEB_URL').replace(/\/$/, '');
  const pageDir = process.env['SANDBOX_PAGE_DIR'];
  const pubSubPort = process.env['SANDBOX_PUBSUB_PORT'];

  const stripe = await startStripe({
    port: Number(required('SANDBOX_STRIPE_PORT')),
    dataFile: join(dataDir, 'stripe.sqlite'),
    secretKeys: [required('STRIPE_SECRET_KEY')],
    webhookEndpoints: [
      { url: `${webUrl}/webhooks/stripe`, secret: required('STRIPE_WEBHOOK_SECRET'), enabled_events: ['*'] },
    ],
  });
  await firstTaxRates(stripe.url, required('STRIPE_SECRET_KEY'));
  const org = await startOrg({
    port: Number(required('SANDBOX_ORG_PORT')),
    dataFile: join(dataDir, 'org.sqlite'),
    apps: [
      {
        clientId: required('SALESFORCE_CLIENT_ID'),
        certificatePem: required('SALESFORCE_CERTIFICATE'),
        username: required('SALESFORCE_USERNAME'),
      },
    ],
    namedCredential: { url: webUrl, token: required('API_TOKEN') },
    links: { stripeDashboard: `${stripe.url}/dashboard`, mailbox: `${stripe.url}/mailbox` },
    ...(pageDir && { pageDir }),
    // Events come as late as on the platform, so that nothing is built on their being immediate.
    ...(pubSubPort && { pubSubPort: Number(pubSubPort), changeStream: { publishLagMs: 300 } }),
  });

  const stop = async () => {
    await Promise.all([org.close(), stripe.close()]);
    process.exit(0);
  };
  process.once('SIGTERM', () => void stop());
  process.once('SIGINT', () => void stop());
  console.log('sandbox ready');
}

function required(name: string): string {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set. The sandboxes are started by "npm start", which sets it.`);
  return value;
}

main().catch((error: unknown) => {
  console.error(error);
  process.exit(1);
});
