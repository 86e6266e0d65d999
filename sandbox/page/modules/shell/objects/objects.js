import metadata from 'page/metadata';

/** How objects look in lists and headers, and which fields stand for them, where the metadata does not say. */
const standard = {
  Account: { icon: 'standard:account', compact: ['Name', 'Type', 'Phone', 'Website', 'OwnerId'] },
  Contact: { icon: 'standard:contact', compact: ['Name', 'Title', 'Phone', 'Email'] },
  Order: { icon: 'standard:orders', compact: ['OrderNumber', 'AccountId', 'Status', 'EffectiveDate'] },
  OrderItem: { icon: 'standard:order_item' },
  Product2: { icon: 'standard:product', compact: ['Name', 'ProductCode', 'Family', 'IsActive'] },
  Pricebook2: { icon: 'standard:pricebook' },
  PricebookEntry: { icon: 'standard:price_book_entries' },
  User: { icon: 'standard:user' },
};

const standardColumns = {
  Account: ['Name', 'BillingCity', 'BillingState', 'Phone', 'Billing_Email__c', 'Sync_Status__c'],
  Contact: ['Name', 'AccountId', 'Title', 'Email', 'Phone'],
  Order: ['OrderNumber', 'AccountId', 'Status', 'EffectiveDate', 'TotalAmount'],
  Product2: ['Name', 'ProductCode', 'Family', 'Description', 'IsActive', 'Sync_Status__c'],
};

// The platform's own product layout shows the prices.
const standardRelatedLists = {
  Product2: [
    {
      relatedList: 'PricebookEntry.Product2Id',
      fields: ['Name', 'Pricebook2Id', 'UnitPrice', 'IsActive'],
      sortField: null,
      descending: false,
    },
  ],
};

export const app = metadata.app;

export function iconOf(objectApiName) {
  return metadata.icons[objectApiName] ?? standard[objectApiName]?.icon ?? 'standard:record';
}

/** Fields of the highlights panel, without the name. */
export function compactFields(info) {
  const fields = metadata.compactLayouts[info.apiName] ?? standard[info.apiName]?.compact ?? [];
  const name = nameFieldOf(info);
  return fields.filter((field) => field !== name && info.fields[field]);
}

/** List views of an object; every object has at least one. */
export function listViewsOf(info) {
  const views = metadata.listViews[info.apiName] ?? [];
  if (views.length > 0)
    return [...views].sort((a, b) => order(a) - order(b) || a.label.localeCompare(b.label));
  const columns = standardColumns[info.apiName] ?? [nameFieldOf(info), 'CreatedDate'];
  return [{ name: 'All', label: `All ${info.labelPlural}`, columns, mine: false, filters: [] }];
}

/**
 * Related lists of an object's layout whose children the user may see, with the name that the UI API knows them by. Lists
 * of objects that the sandbox does not have, such as activities, are left out.
 */
export function relatedListsOf(info) {
  const ofLayout = metadata.relatedLists[info.apiName] ?? [];
  const lists = ofLayout.length > 0 ? ofLayout : (standardRelatedLists[info.apiName] ?? []);
  return lists.flatMap((list) => {
    if (list.relatedList === 'RelatedFileList')
      return [{ ...list, id: 'AttachedContentDocuments', isFiles: true }];
    const child = info.childRelationships.find((relationship) => isChildOf(list.relatedList, relationship));
    if (!child?.relationshipName) return [];
    return [
      {
        ...list,
        id: child.relationshipName,
        objectApiName: child.childObjectApiName,
        parentField: child.fieldName,
      },
    ];
  });
}

/** The field that names a record: mostly Name, but OrderNumber for an order. */
export function nameFieldOf(info) {
  const { nameFields } = info;
  return nameFields.includes('Name') ? 'Name' : (nameFields[0] ?? 'Id');
}

/** `Invoice__c.Account__c` names the child and its lookup; `RelatedContactList` only the child. */
function isChildOf(relatedList, { childObjectApiName, fieldName }) {
  const [, standardChild] = /^Related(\w+)List$/.exec(relatedList) ?? [];
  return standardChild === childObjectApiName || relatedList === `${childObjectApiName}.${fieldName}`;
}

function order({ name }) {
  return name === 'All' ? 0 : 1;
}
