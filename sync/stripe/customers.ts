import type Stripe from 'stripe';
import type { CustomerTerms } from '../domain/customer.ts';
import type { PairSide } from '../domain/planPair.ts';
import { idOf } from './readInvoice.ts';
import { isMissing, translateStripeError } from './translateError.ts';

/** The customer as it is now; null when it is not there or was deleted. */
export async function readStripeCustomer(
  stripe: Stripe,
  id: string,
): Promise<PairSide<CustomerTerms> | null> {
  try {
    const customer = await stripe.customers.retrieve(id);
    return customer.deleted ? null : customerSnapshot(customer);
  } catch (error) {
    if (isMissing(error)) return null;
    throw translateStripeError(error, 'read-stripe');
  }
}

export async function createCustomer(
  stripe: Stripe,
  { crmId, orgId, terms }: { crmId: string; orgId: string; terms: CustomerTerms },
  idempotencyKey: string,
): Promise<PairSide<CustomerTerms>> {
  return written(() =>
    stripe.customers.create(
      { ...params(withoutBlanks(terms)), metadata: { salesforce_id: crmId, salesforce_org_id: orgId } },
      { idempotencyKey },
    ),
  );
}

export async function updateCustomer(
  stripe: Stripe,
  { id, change }: { id: string; change: Partial<CustomerTerms> },
  idempotencyKey: string,
): Promise<PairSide<CustomerTerms>> {
  return written(() => stripe.customers.update(id, params(change), { idempotencyKey }));
}

/** Has the customer name another Account: the one that it had was merged into that one. */
export async function repointCustomer(
  stripe: Stripe,
  { id, crmId, orgId }: { id: string; crmId: string; orgId: string },
  idempotencyKey: string,
): Promise<void> {
  const metadata = { salesforce_id: crmId, salesforce_org_id: orgId };
  await written(() => stripe.customers.update(id, { metadata }, { idempotencyKey }));
}

/** The card that the customer has set for invoices, else the newest one; null without one. */
export async function cardOnFile(stripe: Stripe, customerId: string): Promise<string | null> {
  try {
    const customer = await stripe.customers.retrieve(customerId);
    if (customer.deleted) return null;
    const chosen = idOf(customer.invoice_settings.default_payment_method);
    if (chosen) return chosen;
    const { data } = await stripe.paymentMethods.list({ customer: customerId, type: 'card', limit: 1 });
    return data[0]?.id ?? null;
  } catch (error) {
    throw translateStripeError(error, 'read-stripe');
  }
}

async function written(request: () => Promise<Stripe.Customer>): Promise<PairSide<CustomerTerms>> {
  try {
    return customerSnapshot(await request());
  } catch (error) {
    throw translateStripeError(error, 'write-stripe');
  }
}

export const customerSnapshot = (customer: Stripe.Customer): PairSide<CustomerTerms> => ({
  id: customer.id,
  otherId: customer.metadata.salesforce_id ?? null,
  terms: termsOfCustomer(customer),
});

export type CustomerTermsSource = Pick<Stripe.Customer, 'name' | 'email' | 'phone' | 'address'>;

export function termsOfCustomer({ name, email, phone, address }: CustomerTermsSource): CustomerTerms {
  const empty = !address || Object.values(address).every((part) => !part);
  return {
    name: name ?? '',
    email,
    phone: phone ?? null,
    address: empty
      ? null
      : {
          line1: address.line1 || null,
          city: address.city || null,
          state: address.state || null,
          postalCode: address.postal_code || null,
          country: address.country || null,
        },
  };
}

/** A new customer has nothing to unset, and an empty e-mail would be refused. */
const withoutBlanks = (terms: CustomerTerms): Partial<CustomerTerms> =>
  Object.fromEntries(Object.entries(terms).filter(([, value]) => value !== null));

// Stripe unsets a field that is sent empty.
function params(terms: Partial<CustomerTerms>): Stripe.CustomerUpdateParams {
  const { name, email, phone, address } = terms;
  return {
    ...(name === undefined ? {} : { name }),
    ...(email === undefined ? {} : { email: email ?? '' }),
    ...(phone === undefined ? {} : { phone: phone ?? '' }),
    ...(address === undefined
      ? {}
      : {
          address: address
            ? {
                line1: address.line1 ?? '',
                city: address.city ?? '',
                state: address.state ?? '',
                postal_code: address.postalCode ?? '',
                country: address.country ?? '',
              }
            : '',
        }),
  };
}
