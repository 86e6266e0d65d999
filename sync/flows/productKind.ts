import { productOwners, type ProductTerms } from '../domain/product.ts';
import { productTerms, readProducts } from '../salesforce/readProducts.ts';
import { createProduct, readStripeProduct, updateProduct } from '../stripe/products.ts';
import type { PairKind } from './convergePairs.ts';

/** Product2 and product. */
export const productKind: PairKind<ProductTerms> = {
  entity: 'product',
  object: 'Product2',
  externalId: 'Stripe_Product_Id__c',
  owners: productOwners,
  unpaired: (stripeId) =>
    `No Product is linked to the Stripe product ${stripeId}. Put this id into the Stripe Product Id of the right Product.`,
  readCrm: readProducts,
  termsOf: productTerms,
  readStripe: readStripeProduct,
  create: createProduct,
  update: updateProduct,
  // Archived: nobody can bill it any more, and invoices that name it stay as they are.
  whenGone: { active: false },
  crmFields: ({ name, description, active }) => ({
    ...(name === undefined ? {} : { Name: name }),
    ...(description === undefined ? {} : { Description: description }),
    ...(active === undefined ? {} : { IsActive: active }),
  }),
};
