/** The resources whose operations the sandbox serves, by their path below `stripe/esm/resources`. */
export const servedResources = [
  'Accounts',
  'Balance',
  'Charges',
  'Checkout/Sessions',
  'Coupons',
  'CountrySpecs',
  'CreditNotes',
  'Customers',
  'Disputes',
  'Events',
  'InvoiceItems',
  'InvoiceLineItems',
  'InvoicePayments',
  'Invoices',
  'PaymentIntents',
  'PaymentLinks',
  'PaymentMethods',
  'PaymentRecords',
  'Prices',
  'Products',
  'Refunds',
  'SubscriptionItems',
  'Subscriptions',
  'TaxIds',
  'TaxRates',
  'TestHelpers/TestClocks',
  'WebhookEndpoints',
];

/** Served, but answered by their identity only: the whole Account alone would double the contract. */
const shallowResources = new Set(['Accounts']);

/** Not served by themselves, but parts of served answers that must be whole. */
const wholeParts = [
  'BalanceTransactions',
  'CreditNoteLineItems',
  'CustomerBalanceTransactions',
  'Discounts',
  'LineItems',
  'Plans',
];

/** Resources that are described field by field; every other one is held to its `id` and `object`. */
export const wholeResources = new Set([
  ...servedResources.filter((name) => !shallowResources.has(name)),
  ...wholeParts,
]);

/** The few numbers of these resources that are not integers: percentages, a rate, and parcel sizes. */
export const fractionalNumbers = new Set([
  'amount_percent',
  'application_fee_percent',
  'effective_percentage',
  'exchange_rate',
  'height',
  'length',
  'percent_off',
  'percentage',
  'weight',
  'width',
]);
