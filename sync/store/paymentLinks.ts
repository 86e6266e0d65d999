import {
  shownLink,
  type ClosingReason,
  type LinkPaymentState,
  type LinkState,
  type ShownLink,
  type UncountedReason,
} from '../domain/paymentLink.ts';
import type { Database } from './database.ts';

/** What else the request that makes a link holds; noted, so that a second try sends the same. */
export interface LinkParams {
  /** What the customer reads. */
  name: string;
  crmId: string;
  orgId: string;
  customerId: string | null;
}

/** A payment link of an invoice; without Stripe's id while it is being made. */
export interface KnownLink extends LinkState {
  id: string;
  /** Stripe's id of the invoice. */
  invoice: string;
  /** Of the request that makes it. */
  key: string;
  /** Minor units. */
  amount: number;
  currency: string;
  params: LinkParams;
  createdAt: Date;
}

/** A payment that went through a link. */
export interface LinkPayment extends LinkPaymentState {
  /** Stripe's id. */
  paymentIntent: string;
  invoice: string;
  /** Stripe's id of the record that counts in its place, where the payment itself could not. */
  paymentRecord: string | null;
}

const LINK = `id, invoice, key, amount::float8 AS amount, currency, params, stripe_id AS "stripeId", url, active,
  closed_why AS "closedWhy", created_at AS "createdAt"`;

const PAYMENT = `payment_intent AS "paymentIntent", invoice, amount::float8 AS amount, currency,
  to_char(paid_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') AS "paidAt", counted::float8 AS counted, why,
  payment_record AS "paymentRecord", given_back AS "givenBack", settled`;

/** All links of these invoices, by Stripe's ids, in the order in which they were asked for. */
export async function linksOf(database: Database, invoices: string[]): Promise<KnownLink[]> {
  if (invoices.length === 0) return [];
  const { rows } = await database.pool.query<KnownLink>(
    `SELECT ${LINK} FROM payment_link WHERE invoice = ANY($1) ORDER BY payment_link.id`,
    [invoices],
  );
  return rows;
}

/** Links through which somebody may pay, as far as we know, a page at a time. */
export async function* payableLinks(database: Database): AsyncGenerator<KnownLink[]> {
  let after = '0';
  for (;;) {
    const { rows } = await database.pool.query<KnownLink>(
      `SELECT ${LINK} FROM payment_link WHERE closed_why IS NULL AND stripe_id IS NOT NULL AND id > $1
       ORDER BY id LIMIT 100`,
      [after],
    );
    if (rows.length === 0) return;
    yield rows;
    after = rows.at(-1)!.id;
  }
}

/** Notes a link of ours that Stripe has and we do not know. */
export async function adoptLink(
  database: Database,
  link: Omit<KnownLink, 'id' | 'createdAt'>,
): Promise<void> {
  const { invoice, key, amount, currency, params, stripeId, url, active, closedWhy } = link;
  await database.pool.query(
    // Of two that can be paid one is closed, whichever was known first.
    `INSERT INTO payment_link (invoice, key, amount, currency, params, stripe_id, url, active, closed_why)
     SELECT $1, $2, $3, $4, $5, $6, $7, $8,
       CASE WHEN EXISTS (SELECT FROM payment_link WHERE invoice = $1 AND closed_why IS NULL) THEN 'switched_off' ELSE $9 END
     ON CONFLICT DO NOTHING`,
    [invoice, key, amount, currency, JSON.stringify(params), stripeId, url, active, closedWhy],
  );
}

/** Which of these links we know. */
export async function knownLinks(database: Database, stripeIds: string[]): Promise<Set<string>> {
  const { rows } = await database.pool.query<{ id: string }>(
    'SELECT stripe_id AS id FROM payment_link WHERE stripe_id = ANY($1)',
    [stripeIds],
  );
  return new Set(rows.map(({ id }) => id));
}

/** Notes a link that is about to be made. Where one is noted that is not closed, that one it is. */
export async function noteLink(
  database: Database,
  link: Pick<KnownLink, 'invoice' | 'key' | 'amount' | 'currency' | 'params'>,
): Promise<KnownLink> {
  const { invoice, key, amount, currency, params } = link;
  await database.pool.query(
    `INSERT INTO payment_link (invoice, key, amount, currency, params) VALUES ($1, $2, $3, $4, $5)
     ON CONFLICT (invoice) WHERE closed_why IS NULL DO NOTHING`,
    [invoice, key, amount, currency, JSON.stringify(params)],
  );
  const { rows } = await database.pool.query<KnownLink>(
    `SELECT ${LINK} FROM payment_link WHERE invoice = $1 AND closed_why IS NULL`,
    [invoice],
  );
  return rows[0]!;
}

export async function noteLinkMade(
  database: Database,
  { id }: KnownLink,
  { stripeId, url }: { stripeId: string; url: string },
): Promise<void> {
  await database.pool.query('UPDATE payment_link SET stripe_id = $2, url = $3 WHERE id = $1', [
    id,
    stripeId,
    url,
  ]);
}

/** Stripe has refused to make it. */
export async function forgetLink(database: Database, { id }: KnownLink): Promise<void> {
  await database.pool.query('DELETE FROM payment_link WHERE id = $1 AND stripe_id IS NULL', [id]);
}

export async function noteLinkState(
  database: Database,
  { id }: KnownLink,
  { active, closedWhy }: { active: boolean; closedWhy: ClosingReason | null },
): Promise<void> {
  await database.pool.query('UPDATE payment_link SET active = $2, closed_why = $3 WHERE id = $1', [
    id,
    active,
    closedWhy,
  ]);
}

/** Notes a payment, or gives what was noted of it before. */
export async function noteLinkPayment(
  database: Database,
  {
    paymentIntent,
    invoice,
    amount,
    currency,
    paidAt,
  }: Pick<LinkPayment, 'paymentIntent' | 'invoice' | 'amount' | 'currency' | 'paidAt'>,
): Promise<LinkPayment> {
  await database.pool.query(
    `INSERT INTO link_payment (payment_intent, invoice, amount, currency, paid_at) VALUES ($1, $2, $3, $4, $5)
     ON CONFLICT DO NOTHING`,
    [paymentIntent, invoice, amount, currency, paidAt],
  );
  const { rows } = await database.pool.query<LinkPayment>(
    `SELECT ${PAYMENT} FROM link_payment WHERE payment_intent = $1`,
    [paymentIntent],
  );
  return rows[0]!;
}

/** What shall become of a payment, or has become of it. */
export async function updateLinkPayment(
  database: Database,
  payment: LinkPayment,
  change: Partial<Pick<LinkPayment, 'counted' | 'paymentRecord' | 'givenBack' | 'settled'>> & {
    why?: UncountedReason | null;
  },
): Promise<void> {
  Object.assign(payment, change);
  await database.pool.query(
    `UPDATE link_payment SET counted = $2, why = $3, payment_record = $4, given_back = $5, settled = $6
     WHERE payment_intent = $1`,
    [
      payment.paymentIntent,
      payment.counted,
      payment.why,
      payment.paymentRecord,
      payment.givenBack,
      payment.settled,
    ],
  );
}

/** A person has refunded what could not be refunded by itself. */
export async function noteGivenBack(
  database: Database,
  { paymentIntent, refund }: { paymentIntent: string; refund: string },
): Promise<void> {
  await database.pool.query('UPDATE link_payment SET given_back = $2 WHERE payment_intent = $1', [
    paymentIntent,
    refund,
  ]);
}

/** What was paid through links of these invoices, the oldest first. */
export async function linkPaymentsOf(database: Database, invoices: string[]): Promise<LinkPayment[]> {
  if (invoices.length === 0) return [];
  const { rows } = await database.pool.query<LinkPayment>(
    `SELECT ${PAYMENT} FROM link_payment WHERE invoice = ANY($1) ORDER BY link_payment.paid_at, payment_intent`,
    [invoices],
  );
  return rows;
}

/** What the org's records say of their links; absent for invoices that never had one. */
export async function shownLinks(database: Database, invoices: string[]): Promise<Map<string, ShownLink>> {
  const links = Map.groupBy(await linksOf(database, invoices), ({ invoice }) => invoice);
  if (links.size === 0) return new Map();
  const payments = Map.groupBy(await linkPaymentsOf(database, [...links.keys()]), ({ invoice }) => invoice);
  return new Map([...links].map(([id, ofInvoice]) => [id, shownLink(ofInvoice, payments.get(id) ?? [])]));
}
