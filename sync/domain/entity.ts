/** What is kept the same on both sides. A row of `sync_record` is one of these. */
export type SyncEntity =
  'customer' | 'product' | 'price' | 'tax_rate' | 'invoice' | 'payment' | 'refund' | 'credit_note';

export const syncEntities: readonly SyncEntity[] = [
  'customer',
  'product',
  'price',
  'tax_rate',
  'invoice',
  'payment',
  'refund',
  'credit_note',
];

/** The org's object of each entity. A payment is Stripe's PaymentIntent, or its PaymentRecord of money from outside. */
export const orgObjects: Record<SyncEntity, string> = {
  customer: 'Account',
  product: 'Product2',
  price: 'PricebookEntry',
  tax_rate: 'Tax_Rate__c',
  invoice: 'Invoice__c',
  payment: 'Payment_Confirmation__c',
  refund: 'Payment_Confirmation__c',
  credit_note: 'Credit_Note__c',
};
