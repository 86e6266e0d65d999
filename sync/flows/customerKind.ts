import { countryName } from '../domain/country.ts';
import { customerOwners, type CustomerTerms } from '../domain/customer.ts';
import { splitName } from '../domain/personName.ts';
import { accountTerms, readAccounts } from '../salesforce/readAccounts.ts';
import { createCustomer, readStripeCustomer, repointCustomer, updateCustomer } from '../stripe/customers.ts';
import type { PairKind } from './convergePairs.ts';

/** Account and customer. */
export const customerKind: PairKind<CustomerTerms> = {
  entity: 'customer',
  object: 'Account',
  externalId: 'Stripe_Customer_Id__c',
  owners: customerOwners,
  unpaired: (stripeId) =>
    `No Account is linked to the Stripe customer ${stripeId}. Put this id into the Stripe Customer Id of the right Account.`,
  readCrm: readAccounts,
  termsOf: accountTerms,
  readStripe: readStripeCustomer,
  create: createCustomer,
  update: updateCustomer,
  repoint: repointCustomer,
  crmFields: ({ name, email, phone, address }, crm) => ({
    ...(name ? nameFields(name, crm?.fields ?? {}) : {}),
    ...(email === undefined ? {} : { Billing_Email__c: email }),
    ...(phone === undefined ? {} : { Phone: phone }),
    ...(address === undefined
      ? {}
      : {
          BillingStreet: address?.line1 ?? null,
          BillingCity: address?.city ?? null,
          BillingState: address?.state ?? null,
          BillingPostalCode: address?.postalCode ?? null,
          BillingCountry: countryName(address?.country ?? null),
        }),
  }),
};

/** A person's Name is computed by the org and cannot be written; its parts can. */
function nameFields(name: string, fields: Record<string, unknown>): Record<string, unknown> {
  if (fields.IsPersonAccount !== true) return { Name: name };
  return {
    ...splitName(name),
    // Where the org keeps these, they would stay part of the new name.
    ...('MiddleName' in fields ? { MiddleName: null } : {}),
    ...('Suffix' in fields ? { Suffix: null } : {}),
  };
}
