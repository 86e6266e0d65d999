import type Stripe from 'stripe';
import type { Sandbox } from '../sandbox.ts';
import { dueStep } from '../currencies.ts';
import type { Customer, LineItem, StoredInvoice, StoredLine } from '../wire.ts';
import { customerTaxIds } from '../taxes/taxIds.ts';
import { draftFigures } from './draftFigures.ts';
import type { DraftFigures } from './draftFigures.ts';
import { linkToken } from './hostedLink.ts';
import { settled } from './settlement.ts';

/** The invoice as it goes over the wire. */
export type ShownInvoice = Omit<Stripe.Invoice, 'lines'> & {
  lines: { object: 'list'; data: LineItem[]; has_more: boolean; total_count: number; url: string };
};

/** An invoice shows its first ten lines; the others are paged through `lines`. */
const LINES_SHOWN = 10;

export function showInvoice(sandbox: Sandbox, stored: StoredInvoice): ShownInvoice {
  const { token: _token, wished_number, scheduled: _scheduled, reminded: _reminded, ...fields } = stored;
  const token = linkToken(sandbox, stored);
  const draft = stored.status === 'draft' ? draftFiguresOf(sandbox, stored) : undefined;
  const lines = draft?.lines ?? storedLines(sandbox, stored.id);
  const shown: ShownInvoice = {
    ...fields,
    hosted_invoice_url: token && `${sandbox.publicUrl}/i/${sandbox.account.id}/${token}`,
    invoice_pdf: token && `${sandbox.publicUrl}/pdf/${sandbox.account.id}/${token}`,
    lines: {
      object: 'list',
      data: lines.slice(0, LINES_SHOWN).map(showLine),
      has_more: lines.length > LINES_SHOWN,
      total_count: lines.length,
      url: `/v1/invoices/${stored.id}/lines`,
    },
  };
  if (stored.status !== 'uncollectible') delete shown.status_details;
  if (!draft) return shown;
  return {
    ...shown,
    ...draft.totals,
    ...dueOf(sandbox, stored, draft.totals.total),
    ...customerCopy(sandbox, stored),
    number: wished_number,
  };
}

export function showLine(line: StoredLine): LineItem {
  const { position: _position, tax_rates: _rates, exempted: _exempted, ...shown } = line;
  return shown;
}

/** From the top, in the order of their positions. */
export function linesOf(sandbox: Sandbox, invoiceId: string): StoredLine[] {
  const invoice = sandbox.invoices.get(invoiceId);
  return invoice?.status === 'draft'
    ? draftFiguresOf(sandbox, invoice).lines
    : storedLines(sandbox, invoiceId);
}

function storedLines(sandbox: Sandbox, invoiceId: string): StoredLine[] {
  return sandbox.by.lineOfInvoice.all(invoiceId).sort((a, b) => a.position - b.position);
}

/** A draft follows its lines, its discounts and tax rates; finalization freezes what comes out. */
export function draftFiguresOf(sandbox: Sandbox, stored: StoredInvoice): DraftFigures {
  return draftFigures(sandbox, stored, storedLines(sandbox, stored.id));
}

/** A draft also follows the customer's balance. */
function dueOf(sandbox: Sandbox, stored: StoredInvoice, total: number) {
  const balance = balanceFor(sandbox, stored);
  const { due } = settled({ total, balance, minimum: 0, step: dueStep(stored.currency) });
  return { amount_due: due, amount_remaining: due, starting_balance: balance };
}

/** The balance is kept in the customer's own currency and touches no invoice in another one. */
export function balanceFor(sandbox: Sandbox, invoice: { customer: string; currency: string }): number {
  const customer = sandbox.customers.get(invoice.customer);
  return customer && customer.currency === invoice.currency ? customer.balance : 0;
}

/** "Until the invoice is finalized, this field will equal customer.email", and so for the others. */
export function customerCopy(sandbox: Sandbox, stored: StoredInvoice): Partial<StoredInvoice> {
  const customer = sandbox.customers.get(stored.customer);
  if (!customer) return {};
  return { ...copyOf(customer), customer_tax_ids: customerTaxIds(sandbox, customer.id) };
}

export function copyOf(customer: Customer) {
  return {
    customer_address: customer.address ?? null,
    customer_email: customer.email,
    customer_name: customer.name ?? null,
    customer_phone: customer.phone ?? null,
    customer_shipping: customer.shipping,
    customer_tax_exempt: customer.tax_exempt ?? null,
  };
}
