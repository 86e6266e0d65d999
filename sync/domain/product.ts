import type { Side } from './change.ts';

/** What the org and Stripe both know of a product. */
export interface ProductTerms {
  name: string;
  description: string | null;
}

/** The catalogue is kept in the org; a change made only in Stripe still comes over. */
export const productOwners: Record<keyof ProductTerms, Side> = {
  name: 'salesforce',
  description: 'salesforce',
};
