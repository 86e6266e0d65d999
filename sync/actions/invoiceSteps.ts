import type { StripeInvoice } from '../domain/invoice.ts';
import type { InvoiceAction } from '../domain/invoiceActions.ts';
import type { Engine } from '../engine.ts';
import { cardOnFile } from '../stripe/customers.ts';
import {
  finalizeInvoice,
  markPaid,
  markUncollectible,
  payInvoice,
  sendInvoice,
  voidInvoice,
} from '../stripe/writeInvoice.ts';
import { createPaymentLink } from './createPaymentLink.ts';
import { creditInvoice } from './creditInvoice.ts';
import { duplicate } from './duplicate.ts';
import { editDraft } from './editDraft.ts';
import { recordPayment } from './recordPayment.ts';
import { refundInvoice } from './refundInvoice.ts';
import { remind } from './remind.ts';
import { revise } from './revise.ts';
import { nameOf, refused, type StepContext } from './stepContext.ts';

type Step = (engine: Engine, context: StepContext, key: string) => Promise<StripeInvoice>;

/** What Stripe is asked to do for each action; sending has a key of its own, and a draft is deleted in the org. */
export const STEPS: Record<Exclude<InvoiceAction, 'send' | 'delete'>, Step> = {
  edit: editDraft,
  finalize: ({ stripe }, { stripe: { id } }, key) => finalizeInvoice(stripe, id, key),
  resend: ({ stripe }, { stripe: { id } }, key) => sendInvoice(stripe, id, key),
  'mark-paid': ({ stripe }, { stripe: { id } }, key) => markPaid(stripe, id, key),
  'record-payment': recordPayment,
  refund: refundInvoice,
  credit: creditInvoice,
  'create-payment-link': createPaymentLink,
  'mark-uncollectible': ({ stripe }, { stripe: { id } }, key) => markUncollectible(stripe, id, key),
  void: ({ stripe }, { stripe: { id } }, key) => voidInvoice(stripe, id, key),
  remind,
  pay: payWithCardOnFile,
  revise,
  duplicate,
};

async function payWithCardOnFile(
  engine: Engine,
  { stripe, crm }: StepContext,
  key: string,
): Promise<StripeInvoice> {
  const card = stripe.customerId ? await cardOnFile(engine.stripe, stripe.customerId) : null;
  if (!card) {
    throw refused(
      'no_card',
      `The customer of ${nameOf({ stripe, crm })} has no card on file. Send the invoice, so that they can pay it by themselves.`,
    );
  }
  return payInvoice(engine.stripe, { id: stripe.id, card }, key);
}
