import type { StripeInvoice } from '../domain/invoice.ts';
import type { Engine } from '../engine.ts';
import { wantDocuments } from '../store/documents.ts';

/** Notes the PDF of each invoice that is final. It changes with what was paid and with the status, so these name its version. */
export async function wantInvoicePdfs(
  engine: Engine,
  written: { crmId: string | null; stripe: StripeInvoice }[],
): Promise<void> {
  if (!engine.settings.documents?.kinds.includes('pdf')) return;
  await wantDocuments(
    engine.database,
    written.flatMap(({ crmId, stripe }) =>
      crmId && stripe.invoicePdf && stripe.status !== 'draft'
        ? [{ kind: 'pdf' as const, stripeId: stripe.id, crmId, wanted: shownBy(stripe) }]
        : [],
    ),
  );
}

/** Notes the receipt of each payment that has one. */
export async function wantReceipts(
  engine: Engine,
  payments: { stripeId: string; crmId: string; status: unknown; receiptUrl: unknown }[],
): Promise<void> {
  if (!engine.settings.documents?.kinds.includes('receipt')) return;
  await wantDocuments(
    engine.database,
    payments.flatMap(({ stripeId, crmId, status, receiptUrl }) =>
      receiptUrl ? [{ kind: 'receipt' as const, stripeId, crmId, wanted: String(status) }] : [],
    ),
  );
}

const shownBy = ({ status, total, amountPaid, amountRemaining }: StripeInvoice) =>
  [status, total, amountPaid, amountRemaining].join(' ');
