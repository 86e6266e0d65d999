/** What the integration user must be able to do with an object of the org. */
export interface RequiredObject {
  name: string;
  /** Beside reading. */
  may: ('create' | 'edit' | 'delete')[];
  read: string[];
  /** Set when a record is made, and never after. */
  create: string[];
  edit: string[];
}

const SYNC = ['Sync_Status__c', 'Sync_Error__c', 'Last_Synced_At__c'];
const list = (fields: string) => fields.split(' ');

/** Every object and field that the engine reads or writes. */
export const REQUIRED_OBJECTS: readonly RequiredObject[] = [
  {
    name: 'Account',
    may: ['edit'],
    read: ['Name', 'Billing_Contact__c', 'Payment_Terms__c', 'No_Reminders__c'],
    create: [],
    edit: [
      ...list('Phone BillingStreet BillingCity BillingState BillingPostalCode BillingCountry'),
      ...list('Billing_Email__c Stripe_Customer_Id__c'),
      ...SYNC,
    ],
  },
  { name: 'Contact', may: [], read: list('Email AccountId CreatedDate'), create: [], edit: [] },
  {
    name: 'Product2',
    may: ['edit'],
    read: [],
    create: [],
    edit: [...list('Name Description IsActive Stripe_Product_Id__c'), ...SYNC],
  },
  { name: 'Pricebook2', may: [], read: list('Name IsStandard'), create: [], edit: [] },
  {
    name: 'PricebookEntry',
    may: ['create', 'edit'],
    read: [],
    create: list('Pricebook2Id Product2Id'),
    edit: [...list('UnitPrice IsActive UseStandardPrice Stripe_Price_Id__c'), ...SYNC],
  },
  {
    name: 'Tax_Rate__c',
    may: ['create', 'edit'],
    read: [],
    create: [],
    edit: [
      ...list('Name Stripe_Tax_Rate_Id__c Percentage__c Inclusive__c Active__c'),
      ...list('Country__c State__c Jurisdiction__c Description__c'),
      ...SYNC,
    ],
  },
  {
    name: 'Invoice__c',
    may: ['create', 'edit', 'delete'],
    read: ['Name', 'No_Reminders__c'],
    create: ['Account__c'],
    edit: [
      ...list(
        'Stripe_Invoice_Id__c Status__c Number__c Currency__c Description__c Due_Date__c Payment_Terms__c Finalize_On__c',
      ),
      ...list('Subtotal__c Discount__c Tax__c Total__c Amount_Due__c Amount_Paid__c Amount_Remaining__c'),
      ...list('Hosted_Invoice_Url__c Invoice_Pdf_Url__c Sent_At__c Finalized_At__c Paid_At__c'),
      ...list('Last_Payment_Error__c Due_At__c Next_Retry_At__c Payment_Processing__c Amount_Refunded__c'),
      ...list(
        'Last_Reminder_At__c Reminder_Count__c Revision_Of__c Latest_Revision__c Stripe_Subscription_Id__c',
      ),
      ...list('Payment_Link_Status__c Payment_Link_Url__c Payment_Link_Note__c'),
      ...list('Footer__c Custom_Fields__c Discount_Percent__c Discount_Amount__c Other_Discounts__c'),
      ...list('Tax_Rate__c Total_Excluding_Tax__c Balance_Applied__c'),
      ...SYNC,
    ],
  },
  {
    name: 'Invoice_Line__c',
    may: ['create', 'edit', 'delete'],
    read: ['Name'],
    create: ['Invoice__c'],
    edit: [
      ...list(
        'Product__c Description__c Unit_Price__c Quantity__c Amount__c Stripe_Line_Id__c Sort_Order__c',
      ),
      ...list('Period_Start_Date__c Period_End_Date__c Unit_Price_Exact__c Quantity_Exact__c Tax_Rate__c'),
    ],
  },
  {
    name: 'Payment_Confirmation__c',
    may: ['create', 'edit'],
    read: [],
    create: [],
    edit: [
      ...list('Stripe_Payment_Id__c Invoice__c Account__c Type__c Status__c Amount__c Currency__c'),
      ...list('Amount_Refunded__c Method__c Paid_At__c Receipt_Url__c Reference__c'),
      ...SYNC,
    ],
  },
  {
    name: 'Credit_Note__c',
    may: ['create', 'edit'],
    read: [],
    create: [],
    edit: [
      ...list('Stripe_Credit_Note_Id__c Invoice__c Account__c Number__c Amount__c Currency__c'),
      ...list('Reason__c Status__c Memo__c Pdf_Url__c'),
      ...SYNC,
    ],
  },
  {
    name: 'ContentVersion',
    may: ['create'],
    read: ['ContentDocumentId'],
    create: list('Title PathOnClient Stripe_Document_Key__c'),
    edit: [],
  },
];

export interface ObjectDescribe {
  createable: boolean;
  updateable: boolean;
  deletable: boolean;
  fields: { name: string; createable: boolean; updateable: boolean }[];
}

/** What the user lacks, each in a few words; empty when nothing is missing. */
export function lacking(required: RequiredObject, described: ObjectDescribe): string[] {
  const fields = new Map(described.fields.map((field) => [field.name, field]));
  const granted = {
    create: described.createable,
    edit: described.updateable,
    delete: described.deletable,
  };
  const objectRights = required.may.filter((right) => !granted[right]);
  const wanted = [...required.read, ...required.create, ...required.edit];
  const absent = wanted.filter((name) => !fields.has(name));
  const readOnly = [
    ...required.edit.filter((name) => fields.get(name)?.updateable === false),
    ...required.create.filter((name) => fields.get(name)?.createable === false),
  ];
  return [
    ...(objectRights.length > 0 ? [`may not ${objectRights.join(', ')} records`] : []),
    ...(absent.length > 0 ? [`missing or hidden: ${absent.join(', ')}`] : []),
    // Without the right to edit records every field of them is read-only: one reason is enough.
    ...(readOnly.length > 0 && objectRights.length === 0 ? [`read-only: ${readOnly.join(', ')}`] : []),
  ];
}
