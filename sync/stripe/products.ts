import type Stripe from 'stripe';
import type { PairSide } from '../domain/planPair.ts';
import type { ProductTerms } from '../domain/product.ts';
import { isMissing, translateStripeError } from './translateError.ts';

/** The product as it is now; null when it is not there or was deleted. */
export async function readStripeProduct(stripe: Stripe, id: string): Promise<PairSide<ProductTerms> | null> {
  try {
    return productSnapshot(await stripe.products.retrieve(id));
  } catch (error) {
    if (isMissing(error)) return null;
    throw translateStripeError(error, 'read-stripe');
  }
}

export async function createProduct(
  stripe: Stripe,
  { crmId, orgId, terms }: { crmId: string; orgId: string; terms: ProductTerms },
  idempotencyKey: string,
): Promise<PairSide<ProductTerms>> {
  return written(() =>
    stripe.products.create(
      {
        name: terms.name,
        ...(terms.description ? { description: terms.description } : {}),
        // Said only where it differs from Stripe's default, which a request noted by an older version relied on.
        ...(terms.active === false ? { active: false } : {}),
        metadata: { salesforce_id: crmId, salesforce_org_id: orgId },
      },
      { idempotencyKey },
    ),
  );
}

export async function updateProduct(
  stripe: Stripe,
  { id, change }: { id: string; change: Partial<ProductTerms> },
  idempotencyKey: string,
): Promise<PairSide<ProductTerms>> {
  const { description, ...rest } = change;
  return written(() =>
    stripe.products.update(
      id,
      { ...rest, ...(description === undefined ? {} : { description: description ?? '' }) },
      { idempotencyKey },
    ),
  );
}

async function written(request: () => Promise<Stripe.Product>): Promise<PairSide<ProductTerms>> {
  try {
    return productSnapshot(await request());
  } catch (error) {
    throw translateStripeError(error, 'write-stripe');
  }
}

export const productSnapshot = (product: Stripe.Product): PairSide<ProductTerms> => ({
  id: product.id,
  otherId: product.metadata.salesforce_id ?? null,
  terms: termsOfProduct(product),
});

export type ProductTermsSource = Pick<Stripe.Product, 'name' | 'description' | 'active'>;

export const termsOfProduct = ({ name, description, active }: ProductTermsSource): ProductTerms => ({
  name,
  description: description || null,
  active,
});
