import { AuraHandledException, type ApexContext } from './context.ts';
import { quoted, toText } from './parameters.ts';

export interface BillingRecipient {
  accountName: string;
  email: string | null;
  source: string | null;
  paymentTerms: string | null;
}

/** Twin of BillingRecipient.ofAccount. */
export function billingRecipientOf(accountId: string, context: ApexContext): BillingRecipient {
  const [account] = context.query(
    `SELECT Name, Billing_Email__c, Billing_Contact__r.Name, Billing_Contact__r.Email, Payment_Terms__c FROM Account WHERE Id = ${quoted(accountId)}`,
  );
  if (!account) {
    throw new AuraHandledException(
      'The account was not found. It may have been deleted, or you may not have access to it.',
    );
  }
  const accountName = String(account.Name);
  const paymentTerms = toText(account.Payment_Terms__c);
  const billingEmail = toText(account.Billing_Email__c);
  if (billingEmail)
    return { accountName, email: billingEmail, source: 'Billing Email of the account', paymentTerms };
  const billingContact = account.Billing_Contact__r as { Name: string; Email: string | null } | null;
  if (billingContact?.Email) {
    const source = `E-mail of the billing contact ${billingContact.Name}`;
    return { accountName, email: billingContact.Email, source, paymentTerms };
  }
  const [contact] = context.query(
    `SELECT Name, Email FROM Contact WHERE AccountId = ${quoted(accountId)} AND Email != NULL ORDER BY CreatedDate, Id LIMIT 1`,
  );
  if (!contact) return { accountName, email: null, source: null, paymentTerms };
  return {
    accountName,
    email: String(contact.Email),
    source: `E-mail of the contact ${String(contact.Name)}`,
    paymentTerms,
  };
}
