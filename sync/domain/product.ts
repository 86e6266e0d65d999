import type { Side } from './change.ts';

/** What the org and Stripe both know of a product. */
export interface ProductTerms {
  name: string;
  description: string | null;
  /** Whether it is on sale: Product2's Active, Stripe's product that is not archived. */
  active: boolean;
}

/** The catalogue is kept in the org; a change made only in Stripe still comes over. */
export const productOwners: Record<keyof ProductTerms, Side> = {
  name: 'salesforce',
  description: 'salesforce',
  active: 'salesforce',
};
