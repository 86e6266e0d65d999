/** The bare limit: Express, Stripe's signature check and one INSERT, and nothing else. */
import express from 'express';
import pg from 'pg';
import Stripe from 'stripe';

const { DATABASE_URL, WEBHOOK_SECRET } = process.env;
const stripe = new Stripe('sk_test_bench');
const pool = new pg.Pool({ connectionString: DATABASE_URL, max: 10 });
await pool.query(`CREATE TABLE IF NOT EXISTS bare_event (
  id text PRIMARY KEY, type text NOT NULL, object_id text, created timestamptz NOT NULL, raw jsonb NOT NULL,
  received_at timestamptz NOT NULL DEFAULT now())`);

const app = express();
app.disable('x-powered-by');
app.post('/webhooks/stripe', express.raw({ type: () => true, limit: '2mb' }), async (request, response) => {
  const body = request.body as Buffer;
  const event = stripe.webhooks.constructEvent(body, request.get('stripe-signature') ?? '', WEBHOOK_SECRET!);
  await pool.query({
    name: 'insert-event',
    text: 'INSERT INTO bare_event (id, type, object_id, created, raw) VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING',
    values: [
      event.id,
      event.type,
      (event.data.object as { id?: string }).id,
      new Date(event.created * 1000),
      body.toString('utf8'),
    ],
  });
  response.json({ received: true });
});
app.get('/ready', (_request, response) => void response.json({ ready: true }));
app.listen(Number(process.env.PORT), '127.0.0.1');
