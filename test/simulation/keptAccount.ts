import type Stripe from 'stripe';
import { splitName } from '../../sync/domain/personName.ts';
import type { OrgRecord } from '../integration/orgUser.ts';
import { pairedId, type Editable } from './edits.ts';
import { customerFields } from './fields.ts';
import type { CustomerField } from './history.ts';
import type { FieldValue, Journal } from './journal.ts';
import type { AccountKind } from './keeperSteps.ts';
import { persistently } from './persistently.ts';
import type { Simulated } from './simulated.ts';

export interface KeptAccount {
  journal: Journal;
  kind: AccountKind;
  contactId: string | null;
  deleted: boolean;
  mergedInto: KeptAccount | null;
  /** Whether it, or one that was merged into it, may have a customer: from a sync, an invoice, a decision. */
  mayHaveCustomer: boolean;
  /** Whether a customer may have been made for this one. */
  mayHaveMade: boolean;
  /** Whether a person was told that it is synced. */
  wasSynced: boolean;
}

/** Where an Account ended, over all merges. */
export function living(account: KeptAccount): KeptAccount {
  return account.mergedInto ? living(account.mergedInto) : account;
}

const COLUMNS = { business: '', contact: ', Billing_Contact__r.Email', person: ', PersonEmail' };

/** Where invoices of this Account go, as far as its keepers write it. */
export function emailOf(kind: AccountKind, record: OrgRecord): string | null {
  const own = (record.Billing_Email__c ?? null) as string | null;
  const contact = record.Billing_Contact__r as { Email?: string | null } | null | undefined;
  return own ?? ((kind === 'person' ? record.PersonEmail : contact?.Email) as string | null) ?? null;
}

export async function readAccount(
  { world }: Simulated,
  { journal, kind }: KeptAccount,
): Promise<OrgRecord | undefined> {
  const [record] = (await persistently(() =>
    world.admin.query(
      `SELECT Id, Name, Phone, Billing_Email__c, Stripe_Customer_Id__c, Sync_Status__c, Sync_Error__c${COLUMNS[kind]} ` +
        `FROM Account WHERE Id = '${journal.crmId}'`,
    ),
  ))!;
  return record;
}

/** A field of an Account as a person finds it: the e-mail is where the Account has it. */
export function accountField(simulated: Simulated, account: KeptAccount, field: CustomerField): Editable {
  const { admin, stripe } = simulated.world;
  const { journal, kind } = account;
  const place = customerFields[field];
  const inOrg = async () => {
    const record = await readAccount(simulated, account);
    if (!record) return undefined;
    return { record, value: field === 'email' ? emailOf(kind, record) : (record[place.inOrg] ?? null) };
  };
  const writeToOrg = async (value: FieldValue) => {
    const found = await inOrg();
    const ownEmail = Boolean(found?.record.Billing_Email__c);
    if (field === 'email' && kind === 'contact' && !ownEmail)
      return admin.update('Contact', account.contactId!, { Email: value });
    const change =
      field === 'name' && kind === 'person'
        ? splitName(String(value))
        : { [field === 'email' && kind === 'person' && !ownEmail ? 'PersonEmail' : place.inOrg]: value };
    return admin.update('Account', journal.crmId!, change);
  };
  return {
    journal,
    key: field,
    read: async (side) => {
      if (side === 'salesforce') return (await inOrg())?.value;
      const id = await pairedId(simulated, journal);
      return id ? place.inStripe((await stripe.customers.retrieve(id)) as Stripe.Customer) : undefined;
    },
    write: async (side, value, once) => {
      if (side === 'salesforce') return writeToOrg(value);
      return stripe.customers.update(journal.stripeId!, { [field]: String(value) }, once);
    },
  };
}
