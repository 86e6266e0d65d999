import type { PairSide } from '../domain/planPair.ts';
import type { ProductTerms } from '../domain/product.ts';
import { soqlList, type SalesforceOrg } from './connection.ts';
import { comparableFields, plainText } from './values.ts';

interface ProductRow {
  Id: string;
  Name: string;
  [field: string]: unknown;
}

/** A Product2 as the product it is in Stripe, with the fields of the record as the org has them. */
export interface CrmProduct extends PairSide<ProductTerms> {
  fields: Record<string, unknown>;
}

/** Reads products by the org's id or by Stripe's. Unknown ones are absent. */
export async function readProducts(
  org: SalesforceOrg,
  { crmIds, stripeIds }: { crmIds: string[]; stripeIds: string[] },
): Promise<CrmProduct[]> {
  const conditions = [
    crmIds.length > 0 ? `Id IN ${soqlList(crmIds)}` : '',
    stripeIds.length > 0 ? `Stripe_Product_Id__c IN ${soqlList(stripeIds)}` : '',
  ].filter(Boolean);
  if (conditions.length === 0) return [];
  const rows = await org.query<ProductRow>(
    'SELECT Id, Name, Description, IsActive, Stripe_Product_Id__c, Sync_Status__c, Sync_Error__c ' +
      `FROM Product2 WHERE ${conditions.join(' OR ')}`,
  );
  return rows.map((row) => ({
    id: row.Id,
    otherId: plainText(row.Stripe_Product_Id__c),
    terms: productTerms(row),
    fields: comparableFields(row),
  }));
}

/** What the fields of a Product2 say of the product. */
export const productTerms = ({ Name, Description, IsActive }: Record<string, unknown>): ProductTerms => ({
  name: String(Name),
  description: plainText(Description),
  active: IsActive === true,
});
