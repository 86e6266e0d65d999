import type Stripe from 'stripe';
import type { OrgRecord } from '../integration/orgUser.ts';
import type { CustomerField, LineField, ProductField, TermsField } from './history.ts';
import type { FieldValue } from './journal.ts';

/** Where each field that people edit lives on either side. */
interface Place<T> {
  inOrg: string;
  inStripe(record: T): unknown;
  /** The org keeps amounts in major units; journals keep minor ones. */
  perUnit?: number;
}

export const customerFields: Record<CustomerField, Place<Stripe.Customer>> = {
  name: { inOrg: 'Name', inStripe: ({ name }) => name },
  email: { inOrg: 'Billing_Email__c', inStripe: ({ email }) => email },
  phone: { inOrg: 'Phone', inStripe: ({ phone }) => phone },
};

export const productFields: Record<ProductField, Place<Stripe.Product>> = {
  name: { inOrg: 'Name', inStripe: ({ name }) => name },
  description: { inOrg: 'Description', inStripe: ({ description }) => description },
};

export const termsFields: Record<TermsField, Place<Stripe.Invoice>> = {
  description: { inOrg: 'Description__c', inStripe: ({ description }) => description },
  dueDate: {
    inOrg: 'Due_Date__c',
    inStripe: ({ due_date }) => due_date && new Date(due_date * 1000).toISOString().slice(0, 10),
  },
};

export const lineFields: Record<LineField, Place<Stripe.InvoiceLineItem>> = {
  quantity: { inOrg: 'Quantity__c', inStripe: ({ quantity }) => quantity },
  unitAmount: {
    inOrg: 'Unit_Price__c',
    inStripe: ({ pricing }) => Number(pricing?.unit_amount_decimal),
    perUnit: 100,
  },
  description: { inOrg: 'Description__c', inStripe: ({ description }) => description },
};

export function valueInOrg<T>({ inOrg, perUnit }: Place<T>, record: OrgRecord): unknown {
  const value = record[inOrg] ?? null;
  return perUnit && value !== null ? Math.round(Number(value) * perUnit) : value;
}

/** What a person writes to the org's record. */
export function orgChange<T>({ inOrg, perUnit }: Place<T>, value: FieldValue): Record<string, unknown> {
  return { [inOrg]: perUnit ? Number(value) / perUnit : value };
}
