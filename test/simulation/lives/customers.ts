import { eventually, type World } from '../../integration/world.ts';
import type Stripe from 'stripe';
import { asPerson } from './asPerson.ts';

export interface LivingCustomer {
  accountId: string;
  stripeId: string;
  hasCard: boolean;
  /** Its own time in Stripe, which can be moved on. */
  clock: string | null;
}

/** The currencies in which invoices are made; a customer keeps to one, as Stripe has it. */
export const CURRENCIES = ['usd', 'eur', 'jpy', 'kwd'] as const;
export type LifeCurrency = (typeof CURRENCIES)[number];

/** Of each currency one without a card, one with a good and one with a bad card, and one that has money on its balance. */
const KINDS = ['noCard', 'goodCard', 'badCard', 'balance'] as const;

// Many lives go on at once, on a machine that may be busy with other things.
const PAIRED_WITHIN_MS = 300_000;

export type CustomerKind = (typeof KINDS)[number];

export async function newCustomers(world: World): Promise<Record<LifeCurrency, LivingCustomer[]>> {
  const made = CURRENCIES.map((currency) =>
    KINDS.map((kind) => newCustomer(world, { currency, kind, clock: null })),
  );
  const all = await Promise.all(made.map((each) => Promise.all(each)));
  return Object.fromEntries(CURRENCIES.map((currency, index) => [currency, all[index]!])) as Record<
    LifeCurrency,
    LivingCustomer[]
  >;
}

export async function pair(
  world: World,
  paired: { object: 'Account' | 'Product2'; entity: 'customer' | 'product'; crmId: string; stripeId: string },
): Promise<void> {
  const { object, entity, crmId, stripeId } = paired;
  const field = object === 'Account' ? 'Stripe_Customer_Id__c' : 'Stripe_Product_Id__c';
  await asPerson(world, 'admin', (admin) => admin.update(object, crmId, { [field]: stripeId }));
  await eventually(
    async () => {
      const { rows } = await world.database.pool.query<{ state: string }>(
        'SELECT state FROM sync_record WHERE entity = $1 AND stripe_id = $2 AND crm_id = $3',
        [entity, stripeId, crmId],
      );
      return rows[0]?.state === 'clean';
    },
    `${crmId} is paired with ${stripeId}`,
    PAIRED_WITHIN_MS,
  );
}

interface NewCustomer {
  currency: string;
  kind: CustomerKind;
  clock: string | null;
  /** Tries again by itself, where there may be faults. */
  stripe?: Stripe;
}

export async function newCustomer(
  world: World,
  { currency, kind, clock, stripe = world.stripe }: NewCustomer,
): Promise<LivingCustomer> {
  const name = `Life ${currency} ${kind} ${clock ?? ''}`.trim();
  const email = `${currency}.${kind}.${clock ?? 'now'}@lives.example`.toLowerCase();
  const accountId = await asPerson(world, 'admin', (admin) =>
    admin.create('Account', { Name: name, Billing_Email__c: email }),
  );
  const { id: stripeId } = await stripe.customers.create({
    name,
    email,
    metadata: { salesforce_id: accountId },
    ...(clock && { test_clock: clock }),
  });
  await pair(world, { object: 'Account', entity: 'customer', crmId: accountId, stripeId });
  const hasCard = kind === 'goodCard' || kind === 'badCard';
  if (hasCard) {
    const card = kind === 'goodCard' ? 'pm_card_visa' : 'pm_card_chargeCustomerFail';
    const { id } = await stripe.paymentMethods.attach(card, { customer: stripeId });
    await stripe.customers.update(stripeId, { invoice_settings: { default_payment_method: id } });
  }
  if (kind === 'balance')
    await stripe.customers.createBalanceTransaction(stripeId, { amount: -500_000, currency });
  return { accountId, stripeId, hasCard, clock };
}
