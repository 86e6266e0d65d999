import { systemAccess } from '../access/access.ts';
import type { Org } from '../org.ts';
import { insertRecord } from '../records/insertRecord.ts';
import { readInput } from '../records/recordInput.ts';
import { seedAccounts } from './accounts.ts';
import { seedProducts } from './products.ts';
import { repUserId, standardPricebookId } from './users.ts';

/** Fills an empty org with accounts, contacts, products and prices; one that has accounts or products is left alone. */
export function seedData(org: Org): void {
  if (org.records.count('Account') > 0 || org.records.count('Product2') > 0) return;
  org.transaction(() => {
    for (const account of seedAccounts) {
      const accountId = create(org, 'Account', {
        Name: account.name,
        Type: 'Customer - Direct',
        Industry: account.industry,
        Phone: account.phone,
        Website: account.website,
        Billing_Email__c: account.billingEmail,
        BillingStreet: account.street,
        BillingCity: account.city,
        BillingState: account.state,
        BillingPostalCode: account.postalCode,
        BillingCountry: account.country,
      });
      for (const { firstName, lastName, title, email, phone } of account.contacts) {
        const names = { FirstName: firstName, LastName: lastName, Title: title };
        create(org, 'Contact', {
          AccountId: accountId,
          ...names,
          Email: email,
          Phone: phone ?? account.phone,
        });
      }
    }
    for (const { name, code, description, price } of seedProducts) {
      const productId = create(org, 'Product2', {
        Name: name,
        ProductCode: code,
        Description: description,
        IsActive: true,
      });
      const entry = {
        Pricebook2Id: standardPricebookId,
        Product2Id: productId,
        UnitPrice: price,
        IsActive: true,
      };
      create(org, 'PricebookEntry', entry);
    }
  });
}

function create(org: Org, objectName: string, raw: Record<string, unknown>): string {
  const object = org.schema.object(objectName);
  if (!object) throw new Error(`The seed data needs ${objectName}, which is not an object of the org.`);
  // A field that the metadata does not define (yet) does not exist, so its seed value is dropped.
  const known = Object.fromEntries(Object.entries(raw).filter(([name]) => object.field(name)));
  const actor = { userId: repUserId, access: systemAccess };
  return insertRecord(org, actor, readInput(org, systemAccess, { object, raw: known })).id;
}
