/** The peer: @supabase/stripe-sync-engine as its README uses it, without the calls to Stripe that it would add. */
import { createRequire } from 'node:module';
import express from 'express';

const { DATABASE_URL, WEBHOOK_SECRET } = process.env;
// Its ES module build finds no migrations and says nothing about it; the CommonJS build does.
const { StripeSync, runMigrations } = createRequire(import.meta.url)(
  '@supabase/stripe-sync-engine',
) as typeof import('@supabase/stripe-sync-engine');
await runMigrations({ databaseUrl: DATABASE_URL!, schema: 'stripe' });
const sync = new StripeSync({
  poolConfig: { connectionString: DATABASE_URL!, max: 10 },
  stripeSecretKey: 'sk_test_bench',
  stripeWebhookSecret: WEBHOOK_SECRET!,
  schema: 'stripe',
  autoExpandLists: false,
  backfillRelatedEntities: false,
});

const app = express();
app.disable('x-powered-by');
app.post('/webhooks/stripe', express.raw({ type: () => true, limit: '2mb' }), async (request, response) => {
  await sync.processWebhook(request.body as Buffer, request.get('stripe-signature') ?? '');
  response.json({ received: true });
});
app.get('/ready', (_request, response) => void response.json({ ready: true }));
app.listen(Number(process.env.PORT), '127.0.0.1');
