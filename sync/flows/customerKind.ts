import { countryName } from '../domain/country.ts';
import { customerOwners, type CustomerTerms } from '../domain/customer.ts';
import { readAccounts } from '../salesforce/readAccounts.ts';
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
  readStripe: readStripeCustomer,
  create: createCustomer,
  update: updateCustomer,
  repoint: repointCustomer,
  crmFields: ({ name, email, phone, address }) => ({
    ...(name ? { Name: name } : {}),
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
