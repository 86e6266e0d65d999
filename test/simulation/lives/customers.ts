import { eventually, type World } from '../../integration/world.ts';

export interface LivingCustomer {
  accountName: string;
  accountId: string;
  stripeId: string;
}

/** The currencies in which invoices are made; a customer keeps to one, as Stripe has it. */
export const CURRENCIES = ['usd', 'eur', 'jpy', 'kwd'] as const;
export type LifeCurrency = (typeof CURRENCIES)[number];

/** Of each currency one without a card, one with a good and one with a bad card, and one that has money on its balance. */
const KINDS = ['noCard', 'goodCard', 'badCard', 'balance'] as const;

export async function newCustomers(world: World): Promise<Record<LifeCurrency, LivingCustomer[]>> {
  const made = CURRENCIES.map((currency) => KINDS.map((kind) => newCustomer(world, currency, kind)));
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
  await world.admin.update(object, crmId, { [field]: stripeId });
  await eventually(
    async () => {
      const { rows } = await world.database.pool.query<{ state: string }>(
        'SELECT state FROM sync_record WHERE entity = $1 AND stripe_id = $2 AND crm_id = $3',
        [entity, stripeId, crmId],
      );
      return rows[0]?.state === 'clean';
    },
    `${crmId} is paired with ${stripeId}`,
    60_000,
  );
}

async function newCustomer(
  world: World,
  currency: LifeCurrency,
  kind: (typeof KINDS)[number],
): Promise<LivingCustomer> {
  const accountName = `Life ${currency} ${kind}`;
  const email = `${currency}.${kind}@lives.example`.toLowerCase();
  const accountId = await world.admin.create('Account', { Name: accountName, Billing_Email__c: email });
  const customer = await world.stripe.customers.create({
    name: accountName,
    email,
    metadata: { salesforce_id: accountId },
  });
  const stripeId = customer.id;
  await pair(world, { object: 'Account', entity: 'customer', crmId: accountId, stripeId });
  if (kind === 'goodCard' || kind === 'badCard') {
    const card = kind === 'goodCard' ? 'pm_card_visa' : 'pm_card_chargeCustomerFail';
    const { id } = await world.stripe.paymentMethods.attach(card, { customer: stripeId });
    await world.stripe.customers.update(stripeId, { invoice_settings: { default_payment_method: id } });
  }
  if (kind === 'balance')
    await world.stripe.customers.createBalanceTransaction(stripeId, { amount: -500_000, currency });
  return { accountName, accountId, stripeId };
}
