export type StandardRelationship = {
  parent: string;
  childSObject: string;
  field: string;
  relationshipName: string | null;
  /** What deleting the parent does to the children; without it their lookup is cleared. */
  onDelete?: 'cascade' | 'restrict';
};

/** Child relationships between the standard objects, as the object reference and the real describes name them. */
export const standardRelationships: StandardRelationship[] = [
  { parent: 'Account', childSObject: 'Account', field: 'ParentId', relationshipName: 'ChildAccounts' },
  {
    parent: 'Account',
    childSObject: 'Contact',
    field: 'AccountId',
    relationshipName: 'Contacts',
    onDelete: 'cascade',
  },
  {
    parent: 'Account',
    childSObject: 'Order',
    field: 'AccountId',
    relationshipName: 'Orders',
    onDelete: 'restrict',
  },
  { parent: 'Contact', childSObject: 'Contact', field: 'ReportsToId', relationshipName: null },
  {
    parent: 'Product2',
    childSObject: 'PricebookEntry',
    field: 'Product2Id',
    relationshipName: 'PricebookEntries',
    onDelete: 'cascade',
  },
  {
    parent: 'Pricebook2',
    childSObject: 'PricebookEntry',
    field: 'Pricebook2Id',
    relationshipName: 'PricebookEntries',
    onDelete: 'cascade',
  },
  {
    parent: 'Pricebook2',
    childSObject: 'Order',
    field: 'Pricebook2Id',
    relationshipName: 'Orders',
    onDelete: 'restrict',
  },
  {
    parent: 'Order',
    childSObject: 'OrderItem',
    field: 'OrderId',
    relationshipName: 'OrderItems',
    onDelete: 'cascade',
  },
  {
    parent: 'PricebookEntry',
    childSObject: 'OrderItem',
    field: 'PricebookEntryId',
    relationshipName: 'OrderItems',
    onDelete: 'restrict',
  },
  {
    parent: 'Product2',
    childSObject: 'OrderItem',
    field: 'Product2Id',
    relationshipName: null,
    onDelete: 'restrict',
  },
  {
    parent: 'ContentDocument',
    childSObject: 'ContentVersion',
    field: 'ContentDocumentId',
    relationshipName: 'ContentVersions',
    onDelete: 'cascade',
  },
  {
    parent: 'ContentDocument',
    childSObject: 'ContentDocumentLink',
    field: 'ContentDocumentId',
    relationshipName: 'ContentDocumentLinks',
    onDelete: 'cascade',
  },
];
