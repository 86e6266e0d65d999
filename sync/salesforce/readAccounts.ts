import { countryCode } from '../domain/country.ts';
import type { CustomerTerms, PostalAddress } from '../domain/customer.ts';
import type { PairSide } from '../domain/planPair.ts';
import { soqlList, type SalesforceOrg } from './connection.ts';
import { personFields } from './personFields.ts';
import { comparableFields, plainText } from './values.ts';

/** A row of the org, or one like it. */
interface AccountRow {
  Id: string;
  Name: string;
  Contacts: { records: { Email: string }[] } | null;
  Billing_Contact__r: { Email: string | null } | null;
  [field: string]: unknown;
}

/** An Account as the customer it is in Stripe, with the fields of the record as the org has them. */
export interface CrmAccount extends PairSide<CustomerTerms> {
  fields: Record<string, unknown>;
}

/** Reads Accounts by the org's id or by Stripe's. Unknown ones are absent. */
export async function readAccounts(
  org: SalesforceOrg,
  { crmIds, stripeIds }: { crmIds: string[]; stripeIds: string[] },
): Promise<CrmAccount[]> {
  const conditions = [
    crmIds.length > 0 ? `Id IN ${soqlList(crmIds)}` : '',
    stripeIds.length > 0 ? `Stripe_Customer_Id__c IN ${soqlList(stripeIds)}` : '',
  ].filter(Boolean);
  if (conditions.length === 0) return [];
  const person = await personFields(org);
  const rows = await org.query<AccountRow>(
    `SELECT ${person.map((field) => `${field}, `).join('')}` +
      'Id, Name, Phone, BillingStreet, BillingCity, BillingState, BillingPostalCode, BillingCountry, ' +
      'Billing_Email__c, Billing_Contact__c, Billing_Contact__r.Email, Stripe_Customer_Id__c, Sync_Status__c, Sync_Error__c, ' +
      '(SELECT Email FROM Contacts WHERE Email != null ORDER BY CreatedDate LIMIT 1) ' +
      `FROM Account WHERE ${conditions.join(' OR ')}`,
  );
  return rows.map((row) => ({
    id: row.Id,
    otherId: plainText(row.Stripe_Customer_Id__c),
    terms: accountTerms(row),
    fields: comparableFields(row),
  }));
}

/** What the fields of an Account, as `readAccounts` gives them, say of the customer. */
export function accountTerms(fields: Record<string, unknown>): CustomerTerms {
  const row = fields as AccountRow;
  return {
    name: row.Name,
    email: billingEmail(row),
    phone: plainText(row.Phone),
    address: address(row),
  };
}

/** Where invoices go: see `BillingRecipient.cls`, which says so to the person who raises one. */
function billingEmail(row: AccountRow): string | null {
  return (
    plainText(row.Billing_Email__c) ??
    plainText(row.Billing_Contact__r?.Email) ??
    plainText(row.PersonEmail) ??
    // Without either, the contact that has been there longest.
    row.Contacts?.records[0]?.Email ??
    null
  );
}

function address(row: AccountRow): PostalAddress | null {
  const parts: PostalAddress = {
    line1: plainText(row.BillingStreet),
    city: plainText(row.BillingCity),
    state: plainText(row.BillingState),
    postalCode: plainText(row.BillingPostalCode),
    country: countryCode(plainText(row.BillingCountry)),
  };
  return Object.values(parts).some((part) => part !== null) ? parts : null;
}
