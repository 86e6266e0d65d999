import { businessDomain, nameKey, type MatchAccount } from '../domain/matchScore.ts';
import { soqlList, soqlString, type SalesforceOrg } from '../salesforce/connection.ts';
import { personFields } from '../salesforce/personFields.ts';
import { plainText } from '../salesforce/values.ts';

interface AccountRow {
  Id: string;
  Name: string;
  Website: string | null;
  Billing_Email__c: string | null;
  PersonEmail?: string | null;
  IsPersonAccount?: boolean;
  Stripe_Customer_Id__c: string | null;
  Contacts: { records: { Email: string }[] } | null;
}

const MOST_ACCOUNTS = 50;
const MATCHED = ['IsPersonAccount', 'PersonEmail'];

/** Accounts that have something in common with one customer of Stripe, as the org itself finds them. */
export async function findCandidates(
  org: SalesforceOrg,
  { name, email, crmId }: { name: string; email: string | null; crmId: string | null },
): Promise<MatchAccount[]> {
  const domain = businessDomain(email);
  const [firstWord = ''] = nameKey(name).split(' ');
  const ofContacts = email
    ? await org.query<{ AccountId: string }>(
        `SELECT AccountId FROM Contact WHERE Email = ${soqlString(email)} AND AccountId != null LIMIT ${MOST_ACCOUNTS}`,
      )
    : [];
  const ids = [...ofContacts.map(({ AccountId }) => AccountId), ...(crmId ? [crmId] : [])];
  const person = (await personFields(org)).filter((field) => MATCHED.includes(field));
  const conditions = [
    name ? `Name = ${soqlString(name)}` : '',
    firstWord.length > 3 ? `Name LIKE ${soqlString(`${firstWord}%`)}` : '',
    email ? `Billing_Email__c = ${soqlString(email)}` : '',
    email && person.length > 0 ? `PersonEmail = ${soqlString(email)}` : '',
    domain ? `Billing_Email__c LIKE ${soqlString(`%@${domain}`)}` : '',
    domain ? `Website LIKE ${soqlString(`%${domain}%`)}` : '',
    ids.length > 0 ? `Id IN ${soqlList(ids)}` : '',
  ].filter(Boolean);
  if (conditions.length === 0) return [];
  const rows = await org.query<AccountRow>(
    `SELECT ${['Id, Name, Website, Billing_Email__c, Stripe_Customer_Id__c', ...person].join(', ')}, ` +
      '(SELECT Email FROM Contacts WHERE Email != null LIMIT 20) ' +
      `FROM Account WHERE ${conditions.join(' OR ')} LIMIT ${MOST_ACCOUNTS}`,
  );
  return rows.map((row): MatchAccount => {
    const emails = [
      row.Billing_Email__c,
      row.PersonEmail,
      ...(row.Contacts?.records ?? []).map(({ Email }) => Email),
    ];
    // The domain of a person's address is the employer's: it does not say who it is.
    const domains = (row.IsPersonAccount ? [] : [...emails, row.Website]).map((address) =>
      businessDomain(plainText(address)),
    );
    return {
      crmId: row.Id,
      name: row.Name,
      emails: emails.flatMap((one) => plainText(one)?.toLowerCase() ?? []),
      domains: [...new Set(domains.filter((one) => one !== null))],
      stripeId: plainText(row.Stripe_Customer_Id__c),
    };
  });
}
