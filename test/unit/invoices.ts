import {
  NO_TERMS,
  type CrmInvoice,
  type CrmLine,
  type InvoiceTerms,
  type LineTerms,
  type StripeInvoice,
  type StripeLine,
} from '../../sync/domain/invoice.ts';

/** Makers of domain values for tables of cases; a case names only what it is about. */
export const terms = (changes: Partial<LineTerms> = {}): LineTerms => ({
  description: 'Consulting day',
  product: 'prod_1',
  unitAmount: '85000',
  quantity: '2',
  taxRate: null,
  ...changes,
});

export const invoiceTerms = (changes: Partial<InvoiceTerms> = {}): InvoiceTerms => ({
  ...NO_TERMS,
  description: 'Q4',
  dueDate: '2026-12-24',
  ...changes,
});

export const stripeLine = (id: string, changes: Partial<StripeLine> = {}): StripeLine => ({
  id,
  crmId: null,
  terms: terms(),
  amount: 170000,
  period: null,
  ...changes,
});

export const crmLine = (id: string, changes: Partial<CrmLine> = {}): CrmLine => ({
  id,
  stripeId: null,
  terms: terms(),
  fields: {},
  ...changes,
});

export const stripeInvoice = (changes: Partial<StripeInvoice> = {}): StripeInvoice => ({
  id: 'in_1',
  crmId: 'a01',
  customerId: 'cus_1',
  customerEmail: 'ap@example.com',
  status: 'draft',
  chargesAutomatically: false,
  subscriptionId: null,
  revisionOf: null,
  currency: 'usd',
  terms: invoiceTerms(),
  otherDiscounts: [],
  lines: [],
  number: null,
  subtotal: 0,
  discount: 0,
  tax: 0,
  total: 0,
  totalExcludingTax: 0,
  balanceApplied: 0,
  amountDue: 0,
  amountPaid: 0,
  amountRemaining: 0,
  amountOverpaid: 0,
  paymentRecords: [],
  paidOutside: 0,
  hostedInvoiceUrl: null,
  invoicePdf: null,
  dueAt: null,
  nextRetryAt: null,
  isPaymentProcessing: false,
  createdAt: '2026-11-24T09:00:00.000Z',
  finalizedAt: null,
  paidAt: null,
  lastPaymentError: null,
  ...changes,
});

export const crmInvoice = (changes: Partial<CrmInvoice> = {}): CrmInvoice => ({
  id: 'a01',
  name: 'INV-000001',
  accountId: '001',
  stripeId: 'in_1',
  status: 'draft',
  currency: 'usd',
  terms: invoiceTerms(),
  lines: [],
  sentAt: null,
  fields: {},
  ...changes,
});
