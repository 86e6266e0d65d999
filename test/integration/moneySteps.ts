import { randomUUID } from 'node:crypto';
import type Stripe from 'stripe';
import request from 'supertest';
import type { JobSteps } from './jobSteps.ts';
import type { OrgRecord } from './orgUser.ts';
import { eventually, type World } from './world.ts';

export const TRANSFER = { paidOn: '2026-11-02', method: 'Bank transfer', reference: 'RF18 5390 0754 7034' };

export interface Answer {
  status: number;
  body: { command?: { id: string }; code?: string; detail?: string; message?: string };
}

export interface Opened {
  crmId: string;
  id: string;
  /** Major units. */
  total: number;
}

/** What tests do with money, and look at afterwards. */
export interface MoneySteps {
  act(action: string, crmId: string, asked?: { key?: string; [param: string]: unknown }): Promise<Answer>;
  record(crmId: string, asked: { amount: number; key?: string; paidOn?: string }): Promise<Answer>;
  /** Finalized, nothing paid. */
  open(): Promise<Opened>;
  paidByCard(method?: string): Promise<Opened>;
  /** What banks say later of refunds is said. */
  refundsAnswered(): Promise<void>;
  /** The payments and refunds in the org, once there are so many. */
  confirmed(crmId: string, count: number): Promise<OrgRecord[]>;
  paymentsOf(invoice: string): Promise<Stripe.InvoicePayment[]>;
  chargedIntent(invoice: string): Promise<string>;
  refundsOf(invoice: string): Promise<Stripe.Refund[]>;
  creditNotesOf(invoice: string): Promise<Stripe.CreditNote[]>;
  /** How many payments from outside Stripe knows. */
  reports(): Promise<number>;
  /** A finished command is run again from an earlier note, as one whose worker was killed there; `state` is SQL. */
  carriedOutAgain(command: string, state: string): Promise<{ status: string; words: string }>;
}

export function moneySteps(world: World, job: JobSteps): MoneySteps {
  async function act(
    action: string,
    crmId: string,
    { key = randomUUID(), ...body }: { key?: string; [param: string]: unknown } = {},
  ): Promise<Answer> {
    return request(world.webUrl)
      .post(`/v1/invoices/${crmId}/${action}`)
      .send(body)
      .set('authorization', `Bearer ${world.apiToken}`)
      .set('x-salesforce-org-id', world.orgId)
      .set('idempotency-key', key);
  }

  const record = (crmId: string, asked: { amount: number; key?: string; paidOn?: string }) =>
    act('record-payment', crmId, { ...TRANSFER, ...asked });

  async function open(): Promise<Opened> {
    const crmId = await job.raiseAndSync();
    const { id, customer } = await job.stripeInvoice(crmId);
    // What an earlier case overpaid would pay this one.
    await world.stripe.customers.update(String(customer), { balance: 0 });
    const { total } = await world.stripe.invoices.finalizeInvoice(id);
    return { crmId, id, total: total / 100 };
  }

  const confirmationsOf = (crmId: string) =>
    world.rep.query(
      'SELECT Type__c, Status__c, Amount__c, Currency__c, Method__c, Reference__c, Paid_At__c, Stripe_Payment_Id__c, ' +
        'Amount_Refunded__c, ' +
        `Account__r.Name FROM Payment_Confirmation__c WHERE Invoice__c = '${crmId}' ORDER BY Amount__c`,
    );

  const confirmed = (crmId: string, count: number) =>
    eventually(async () => {
      const found = await confirmationsOf(crmId);
      return found.length === count ? found : undefined;
    }, `${count} payments of ${crmId} are in the org`);

  const paymentsOf = async (invoice: string) =>
    (await world.stripe.invoicePayments.list({ invoice, status: 'paid' })).data;

  const reports = async () => (await world.stripe.paymentRecords.list({ limit: 100 })).data.length;

  const creditNotesOf = async (invoice: string) => (await world.stripe.creditNotes.list({ invoice })).data;

  async function carriedOutAgain(id: string, state: string): Promise<{ status: string; words: string }> {
    await world.database.pool.query(
      `UPDATE command SET status = 'running', stage = 'accepted', state = ${state}, next_attempt_at = now(),
       finished_at = NULL, result = NULL WHERE id = $1`,
      [id],
    );
    await world.database.pool.query(`SELECT pg_notify('command_due', $1)`, [id]);
    return eventually(async () => {
      const { rows } = await world.database.pool.query<{ status: string; words: string }>(
        `SELECT status, coalesce(result, error) ->> 'message' AS words FROM command WHERE id = $1`,
        [id],
      );
      return rows[0]!.status === 'running' ? undefined : rows[0];
    }, 'the command is carried out again');
  }

  async function paidByCard(payment_method = 'pm_card_visa'): Promise<Opened> {
    const opened = await open();
    await world.stripe.invoices.pay(opened.id, { payment_method });
    await job.becomes(opened.crmId, 'Paid');
    return opened;
  }

  async function refundsAnswered(): Promise<void> {
    await world.control('stripe', 'POST', '/clock', { now: Math.floor(Date.now() / 1000) + 200 });
    await world.control('stripe', 'POST', '/clock', { now: null });
  }

  async function chargedIntent(invoice: string): Promise<string> {
    return String((await paymentsOf(invoice))[0]!.payment.payment_intent);
  }

  async function refundsOf(invoice: string) {
    return (await world.stripe.refunds.list({ payment_intent: await chargedIntent(invoice) })).data;
  }

  return {
    act,
    record,
    open,
    paidByCard,
    refundsAnswered,
    confirmed,
    paymentsOf,
    chargedIntent,
    refundsOf,
    creditNotesOf,
    reports,
    carriedOutAgain,
  };
}

/** "1,234.50 USD". */
export const usd = (amount: number) =>
  `${amount.toLocaleString('en-US', { minimumFractionDigits: 2, maximumFractionDigits: 2 })} USD`;
