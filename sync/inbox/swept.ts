import type { SyncEntity } from '../domain/entity.ts';

export interface Swept {
  object: string;
  /** The field with the id of the record to mark: a line's change is its invoice's. */
  idField: string;
  entity: SyncEntity;
  /** Whether a record that is in no pair yet becomes one: every invoice does, not every Account. */
  takesInNew: boolean;
  /** A record that is in no pair yet becomes one when somebody enters an id of Stripe here. */
  linkField?: string;
}

/** What is followed in the org, by its change stream and by the sweep. */
export const SWEPT: readonly Swept[] = [
  {
    object: 'Account',
    idField: 'Id',
    entity: 'customer',
    takesInNew: false,
    linkField: 'Stripe_Customer_Id__c',
  },
  {
    object: 'Product2',
    idField: 'Id',
    entity: 'product',
    takesInNew: false,
    linkField: 'Stripe_Product_Id__c',
  },
  { object: 'Invoice__c', idField: 'Id', entity: 'invoice', takesInNew: true },
  { object: 'Invoice_Line__c', idField: 'Invoice__c', entity: 'invoice', takesInNew: true },
];
