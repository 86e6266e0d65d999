import type Stripe from 'stripe';
import { formatUnitPrice } from './money.ts';

export interface Total {
  label: string;
  /** Minor units. */
  amount: number;
  strong?: boolean;
}

/** The rows below the lines, as Stripe prints them: those that say nothing are left out. */
export function invoiceTotals(invoice: Stripe.Invoice): Total[] {
  const discount = sum(invoice.total_discount_amounts);
  const tax = sum(invoice.total_taxes);
  const credit = invoice.pre_payment_credit_notes_amount;
  const applied = (invoice.ending_balance ?? invoice.starting_balance) - invoice.starting_balance;
  return [
    { label: 'Subtotal', amount: invoice.subtotal },
    ...(discount ? [{ label: 'Discount', amount: -discount }] : []),
    ...(tax ? [{ label: 'Tax', amount: tax }] : []),
    { label: 'Total', amount: invoice.total },
    ...(applied ? [{ label: 'Applied balance', amount: -applied }] : []),
    ...(credit ? [{ label: 'Credit notes', amount: -credit }] : []),
    ...(invoice.amount_paid ? [{ label: 'Amount paid', amount: -invoice.amount_paid }] : []),
    { label: 'Amount due', amount: invoice.amount_remaining, strong: true },
  ];
}

/** "$12.50", with the decimals below a cent that a unit price may have; nothing for a line without a price. */
export function unitPriceOf(line: Stripe.InvoiceLineItem): string | undefined {
  const unitAmount = line.pricing?.unit_amount_decimal;
  return unitAmount === null || unitAmount === undefined
    ? undefined
    : formatUnitPrice(String(unitAmount), line.currency);
}

function sum(parts: { amount: number }[] | null): number {
  return (parts ?? []).reduce((total, { amount }) => total + amount, 0);
}
