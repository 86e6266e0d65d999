import type { Side } from './change.ts';

export interface PostalAddress {
  line1: string | null;
  city: string | null;
  state: string | null;
  postalCode: string | null;
  /** ISO 3166-1 alpha-2. */
  country: string | null;
}

/** What the org and Stripe both know of a customer. */
export interface CustomerTerms {
  name: string;
  email: string | null;
  phone: string | null;
  address: PostalAddress | null;
}

/** The org is where people keep their customers; a change made only in Stripe still comes over. */
export const customerOwners: Record<keyof CustomerTerms, Side> = {
  name: 'salesforce',
  email: 'salesforce',
  phone: 'salesforce',
  address: 'salesforce',
};
