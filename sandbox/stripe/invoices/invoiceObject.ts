import type Stripe from 'stripe';
import type { Sandbox } from '../sandbox.ts';
import { sum } from '../money.ts';
import type { Customer, LineItem, StoredInvoice, StoredLine } from '../wire.ts';
import { settled } from './settlement.ts';

/** The invoice as it goes over the wire. */
export type ShownInvoice = Omit<Stripe.Invoice, 'lines'> & {
  lines: { object: 'list'; data: LineItem[]; has_more: boolean; total_count: number; url: string };
};

/** An invoice shows its first ten lines; the others are paged through `lines`. */
const LINES_SHOWN = 10;

export function showInvoice(sandbox: Sandbox, stored: StoredInvoice): ShownInvoice {
  const { token, wished_number, scheduled: _scheduled, reminded: _reminded, ...fields } = stored;
  const lines = linesOf(sandbox, stored.id);
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
  if (stored.status !== 'draft') return shown;
  return {
    ...shown,
    ...draftTotals(sandbox, stored),
    ...customerCopy(sandbox, stored),
    number: wished_number,
  };
}

export function showLine(line: StoredLine): LineItem {
  const { position: _position, ...shown } = line;
  return shown;
}

/** From the top, in the order of their positions. */
export function linesOf(sandbox: Sandbox, invoiceId: string): StoredLine[] {
  return sandbox.by.lineOfInvoice.all(invoiceId).sort((a, b) => a.position - b.position);
}

/** A draft follows its lines and the customer's balance; finalization freezes these fields. */
export function draftTotals(sandbox: Sandbox, stored: StoredInvoice) {
  const total = sum(sandbox.by.lineOfInvoice.all(stored.id).map((line) => line.amount));
  const balance = balanceFor(sandbox, stored);
  const due = settled({ total, balance, minimum: 0 }).due;
  return {
    amount_due: due,
    amount_remaining: due,
    starting_balance: balance,
    subtotal: total,
    subtotal_excluding_tax: total,
    total,
    total_excluding_tax: total,
  };
}

/** The balance is kept in the customer's own currency and touches no invoice in another one. */
export function balanceFor(sandbox: Sandbox, invoice: { customer: string; currency: string }): number {
  const customer = sandbox.customers.get(invoice.customer);
  return customer && customer.currency === invoice.currency ? customer.balance : 0;
}

/** "Until the invoice is finalized, this field will equal customer.email", and so for the others. */
export function customerCopy(sandbox: Sandbox, stored: StoredInvoice): Partial<StoredInvoice> {
  const customer = sandbox.customers.get(stored.customer);
  return customer ? copyOf(customer) : {};
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
