import type Stripe from 'stripe';
import type { Delivery, Mail } from '../../sandbox/stripe/pages/port.ts';
import type { CommandAnswer, OrgRecord } from './orgUser.ts';
import { eventually, type World } from './world.ts';

export interface RaisedLine {
  product: string;
  unitPrice?: number;
  quantity: number;
}

/** The steps of the main job as tests take them, for one account with a billing e-mail of the org's seed. */
export interface JobSteps {
  account: string;
  products: { productId: string; name: string; unitPrice: number }[];
  /** Only in the org; nobody has synced it yet. */
  raise(lines?: RaisedLine[]): Promise<string>;
  raiseAndSync(lines?: RaisedLine[]): Promise<string>;
  raiseAndSend(): Promise<string>;
  /** Presses Sync Invoice until it has ended: on a slow machine the first press is told that it goes on by itself. */
  sync(crmId: string): Promise<CommandAnswer>;
  /** All invoices in Stripe that carry the id of the org's record: one, if all is well. */
  stripeInvoices(crmId: string): Promise<Stripe.Invoice[]>;
  stripeInvoice(crmId: string): Promise<Stripe.Invoice>;
  mailsOf(stripeId: string): Promise<Mail[]>;
  becomes(crmId: string, status: string): Promise<OrgRecord>;
  isSynced(crmId: string): Promise<OrgRecord>;
  /** Resolves when no delivery is under way and no record is dirty or held any more. */
  quiet(): Promise<void>;
}

export async function jobSteps(world: World): Promise<JobSteps> {
  const { rep } = world;
  const [first] = await rep.query<{ Name: string }>(
    'SELECT Name FROM Account WHERE Billing_Email__c != null ORDER BY Name LIMIT 1',
  );
  const account = first!.Name;
  const products = await rep.apex<JobSteps['products']>('RaiseInvoiceController', 'getProducts', {
    searchText: '',
  });
  const twoLines: RaisedLine[] = [
    { product: products[0]!.name, quantity: 2 },
    { product: products[1]!.name, quantity: 3 },
  ];

  const steps: JobSteps = {
    account,
    products,
    raise: (lines = twoLines) => rep.raiseInvoice({ account, lines }),
    sync: async (crmId) => {
      let answer = await rep.sync(crmId);
      while (answer.status === 'running') answer = await rep.sync(crmId);
      return answer;
    },
    raiseAndSync: async (lines) => {
      const id = await steps.raise(lines);
      await rep.sync(id);
      return id;
    },
    raiseAndSend: async () => {
      const id = await steps.raiseAndSync();
      await rep.send(id);
      return id;
    },
    stripeInvoices: async (crmId) =>
      (await world.stripe.invoices.list({ limit: 100 })).data.filter(
        ({ metadata }) => metadata?.salesforce_id === crmId,
      ),
    stripeInvoice: async (crmId) =>
      world.stripe.invoices.retrieve(String((await rep.invoice(crmId)).Stripe_Invoice_Id__c)),
    mailsOf: async (stripeId) =>
      (await world.control<{ mails: Mail[] }>('stripe', 'GET', '/mails')).mails.filter(
        ({ invoice }) => invoice === stripeId,
      ),
    becomes: (crmId, status) =>
      eventually(async () => {
        const invoice = await rep.invoice(crmId);
        return invoice.Status__c === status ? invoice : undefined;
      }, `${crmId} is ${status} in the org`),
    isSynced: (crmId) =>
      eventually(async () => {
        const invoice = await rep.invoice(crmId);
        return invoice.Sync_Status__c === 'Synced' ? invoice : undefined;
      }, `${crmId} is synced`),
    quiet: async () => {
      let busy: unknown[] = [];
      const look = async () => {
        const { deliveries } = await world.control<{ deliveries: Delivery[] }>(
          'stripe',
          'GET',
          '/deliveries',
        );
        const { rows } = await world.database.pool.query(
          `SELECT entity, stripe_id, crm_id, state, attempts, next_attempt_at, error_message, lease_owner, lease_until
           FROM sync_record WHERE state = 'dirty' OR lease_until > now() OR follow_up IS NOT NULL`,
        );
        busy = [...deliveries.filter(({ status }) => status === 'pending'), ...rows];
        return busy.length === 0;
      };
      await eventually(look, 'quiet').catch(() => {
        throw new Error(`Still under way: ${JSON.stringify(busy, null, 1)}`);
      });
    },
  };
  return steps;
}

/** Resolves when no event of Stripe is on its way to us any more. */
export async function allDelivered({ control }: World): Promise<void> {
  await eventually(async () => {
    const { deliveries } = await control<{ deliveries: Delivery[] }>('stripe', 'GET', '/deliveries');
    return deliveries.every(({ status }) => status !== 'pending');
  }, 'all events are delivered');
}

/** Resolves when a side's faults have met as many requests as they were meant for. */
export async function allStruck({ control }: World, side: 'stripe' | 'org'): Promise<void> {
  await eventually(
    async () => (await control<unknown[]>(side, 'GET', '/faults')).length === 0,
    'the faults have met their requests',
  );
}

/** Deliveries and both sides work as usual again; for `afterEach`. */
export async function withoutFaults(world: World): Promise<void> {
  await world.control('stripe', 'POST', '/deliveries/mode', { mode: 'normal' });
  await world.control('stripe', 'DELETE', '/faults');
  await world.control('org', 'DELETE', '/faults');
}
