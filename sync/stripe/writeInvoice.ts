import type Stripe from 'stripe';
import type { InvoiceTerms, LineTerms, StripeInvoice } from '../domain/invoice.ts';
import type { DraftEdit, LineEdit } from '../domain/draftEdit.ts';
import { newTermsParams, priceData, quantityParams, termsParams } from './invoiceParams.ts';
import { INVOICE_EXPAND, invoiceSnapshot } from './readInvoice.ts';
import { isMissing, translateStripeError } from './translateError.ts';

export interface NewInvoice {
  customerId: string;
  currency: string;
  /** The org's record, where it is there already. */
  crmId: string | null;
  orgId: string;
  terms: InvoiceTerms;
  /** Beside the discount of the terms: ids of coupons that were given in Stripe. */
  coupons?: string[];
}

/**
 * Makes an empty draft that Stripe mails when it is sent, and never by itself. Both are said in so many words:
 * Stripe's defaults would charge a card, and `auto_advance` would finalize the draft after an hour.
 */
export function createInvoice(
  stripe: Stripe,
  invoice: NewInvoice,
  idempotencyKey: string,
): Promise<StripeInvoice> {
  return written(stripe, async () =>
    stripe.invoices.create(
      {
        customer: invoice.customerId,
        currency: invoice.currency,
        collection_method: 'send_invoice',
        auto_advance: false,
        pending_invoice_items_behavior: 'exclude',
        ...(await newTermsParams(stripe, invoice)),
        metadata: {
          ...(invoice.terms.paymentTerms && { payment_terms: invoice.terms.paymentTerms }),
          ...(invoice.crmId && { salesforce_id: invoice.crmId }),
          salesforce_org_id: invoice.orgId,
        },
        expand: INVOICE_EXPAND,
      },
      { idempotencyKey },
    ),
  );
}

/**
 * A draft with the lines and terms of a finalized invoice, which Stripe voids once the draft is finalized. Our mark of
 * the org's record is not copied: the draft becomes a record of its own.
 */
export function reviseInvoice(
  stripe: Stripe,
  { id, orgId }: { id: string; orgId: string },
  idempotencyKey: string,
): Promise<StripeInvoice> {
  return written(stripe, () =>
    stripe.invoices.create(
      {
        from_invoice: { invoice: id, action: 'revision' },
        auto_advance: false,
        metadata: { salesforce_id: '', salesforce_org_id: orgId },
        expand: INVOICE_EXPAND,
      },
      { idempotencyKey },
    ),
  );
}

export function updateInvoice(
  stripe: Stripe,
  { draft, change }: { draft: DraftEdit['draft']; change: Partial<InvoiceTerms> },
  idempotencyKey: string,
): Promise<StripeInvoice> {
  return written(stripe, async () =>
    stripe.invoices.update(
      draft.id,
      { ...(await termsParams(stripe, { ...draft, change })), expand: INVOICE_EXPAND },
      { idempotencyKey },
    ),
  );
}

export function addLines(
  stripe: Stripe,
  {
    id,
    currency,
    lines,
  }: {
    id: string;
    currency: string;
    lines: { crmId: string | null; terms: LineTerms; coupons?: string[] }[];
  },
  idempotencyKey: string,
): Promise<StripeInvoice> {
  return written(stripe, () =>
    stripe.invoices.addLines(
      id,
      {
        lines: lines.map(({ crmId, terms, coupons = [] }) => ({
          ...(terms.description && { description: terms.description }),
          ...(crmId && { metadata: { salesforce_id: crmId } }),
          price_data: priceData(terms, currency),
          ...quantityParams(terms.quantity),
          ...(terms.taxRate && { tax_rates: [terms.taxRate] }),
          ...(coupons.length > 0 && { discounts: coupons.map((coupon) => ({ coupon })) }),
        })),
        expand: INVOICE_EXPAND,
      },
      { idempotencyKey },
    ),
  );
}

export function updateLines(
  stripe: Stripe,
  { id, currency, lines }: { id: string; currency: string; lines: LineEdit[] },
  idempotencyKey: string,
): Promise<StripeInvoice> {
  return written(stripe, () =>
    stripe.invoices.updateLines(
      id,
      {
        lines: lines.map(({ id: lineId, crmId, before, change }) => ({
          id: lineId,
          ...(crmId && { metadata: { salesforce_id: crmId } }),
          ...(change.description === undefined ? {} : { description: change.description }),
          ...(change.quantity === undefined ? {} : quantityParams(change.quantity)),
          ...(change.taxRate === undefined ? {} : { tax_rates: change.taxRate ? [change.taxRate] : '' }),
          ...(change.unitAmount === undefined && change.product === undefined
            ? {}
            : { price_data: priceData({ ...before, ...change }, currency) }),
        })),
        expand: INVOICE_EXPAND,
      },
      { idempotencyKey },
    ),
  );
}

export function removeLines(
  stripe: Stripe,
  { id, lines }: { id: string; lines: string[] },
  idempotencyKey: string,
): Promise<StripeInvoice> {
  return written(stripe, () =>
    stripe.invoices.removeLines(
      id,
      { lines: lines.map((lineId) => ({ id: lineId, behavior: 'delete' })), expand: INVOICE_EXPAND },
      { idempotencyKey },
    ),
  );
}

/** Finalizes a draft and has Stripe mail it, in one call. */
export function sendInvoice(stripe: Stripe, id: string, idempotencyKey: string): Promise<StripeInvoice> {
  return written(stripe, () =>
    stripe.invoices.sendInvoice(id, { expand: INVOICE_EXPAND }, { idempotencyKey }),
  );
}

/** Finalizes a draft and leaves it at that: nobody is charged, and nobody gets a mail. */
export function finalizeInvoice(stripe: Stripe, id: string, idempotencyKey: string): Promise<StripeInvoice> {
  return written(stripe, () =>
    stripe.invoices.finalizeInvoice(id, { auto_advance: false, expand: INVOICE_EXPAND }, { idempotencyKey }),
  );
}

/** Charges a card of the customer, who is not there to confirm anything. */
export function payInvoice(
  stripe: Stripe,
  { id, card }: { id: string; card: string },
  idempotencyKey: string,
): Promise<StripeInvoice> {
  const params = { payment_method: card, off_session: true, expand: INVOICE_EXPAND };
  return written(stripe, () => stripe.invoices.pay(id, params, { idempotencyKey }));
}

/** Says that all of it was paid in another way. */
export function markPaid(stripe: Stripe, id: string, idempotencyKey: string): Promise<StripeInvoice> {
  return written(stripe, () =>
    stripe.invoices.pay(id, { paid_out_of_band: true, expand: INVOICE_EXPAND }, { idempotencyKey }),
  );
}

/** Counts a payment from outside Stripe, which was reported there, for an open invoice. */
export function attachPayment(
  stripe: Stripe,
  { id, paymentRecord }: { id: string; paymentRecord: string },
  idempotencyKey: string,
): Promise<StripeInvoice> {
  const params = { payment_record: paymentRecord, expand: INVOICE_EXPAND };
  return written(stripe, () => stripe.invoices.attachPayment(id, params, { idempotencyKey }));
}

export function markUncollectible(
  stripe: Stripe,
  id: string,
  idempotencyKey: string,
): Promise<StripeInvoice> {
  return written(stripe, () =>
    stripe.invoices.markUncollectible(id, { expand: INVOICE_EXPAND }, { idempotencyKey }),
  );
}

export function voidInvoice(stripe: Stripe, id: string, idempotencyKey: string): Promise<StripeInvoice> {
  return written(stripe, () =>
    stripe.invoices.voidInvoice(id, { expand: INVOICE_EXPAND }, { idempotencyKey }),
  );
}

/** Deletes a draft for good. One that is gone already is no failure; one that is no draft any more is. */
export async function deleteDraft(stripe: Stripe, id: string): Promise<void> {
  try {
    await stripe.invoices.del(id);
  } catch (error) {
    if (!isMissing(error)) throw translateStripeError(error, 'write-stripe');
  }
}

async function written(stripe: Stripe, request: () => Promise<Stripe.Invoice>): Promise<StripeInvoice> {
  try {
    return await invoiceSnapshot(stripe, await request());
  } catch (error) {
    throw translateStripeError(error, 'write-stripe');
  }
}
