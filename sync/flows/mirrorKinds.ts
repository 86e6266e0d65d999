import { readCreditNote, readPayment, readRefund } from '../stripe/readPayment.ts';
import { readTaxRate } from '../stripe/taxRates.ts';
import type { MirrorKind } from './convergeMirrors.ts';

export const paymentKind: MirrorKind = {
  entity: 'payment',
  externalId: 'Stripe_Payment_Id__c',
  read: readPayment,
};

export const refundKind: MirrorKind = {
  entity: 'refund',
  externalId: 'Stripe_Payment_Id__c',
  read: readRefund,
};

export const creditNoteKind: MirrorKind = {
  entity: 'credit_note',
  externalId: 'Stripe_Credit_Note_Id__c',
  read: readCreditNote,
};

export const taxRateKind: MirrorKind = {
  entity: 'tax_rate',
  externalId: 'Stripe_Tax_Rate_Id__c',
  read: readTaxRate,
};
