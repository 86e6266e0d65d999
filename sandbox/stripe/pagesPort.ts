import type Stripe from 'stripe';
import { ownCall } from './api/call.ts';
import { newestFirst } from './api/pagination.ts';
import { checkoutPort } from './checkout/checkoutPort.ts';
import { invoiceOfLink } from './invoices/hostedLink.ts';
import { linesOf, showInvoice, showLine } from './invoices/invoiceObject.ts';
import { refuseUnpayable } from './invoices/pay.ts';
import type { Card, PaperNames, PaymentOutcome, PrintedCreditNote, StripePagesPort } from './pages/port.ts';
import { chargeInvoice } from './payments/chargeInvoice.ts';
import { makeMethod } from './payments/paymentMethods.ts';
import { attempt, outcomeOf } from './payments/typedCard.ts';
import type { Sandbox } from './sandbox.ts';
import { billingSettings } from './time/billingSettings.ts';
import { timeOfCustomer } from './time/frozenTime.ts';
import type { Deliveries } from './webhooks/deliveries.ts';
import type { StoredCreditNote, StoredInvoice } from './wire.ts';

/** What the hosted invoice page, the dashboard and the mailbox see and do. */
export function pagesPort(sandbox: Sandbox, deliveries: Deliveries): StripePagesPort {
  const shown = (invoice: StoredInvoice | undefined) =>
    invoice && (showInvoice(sandbox, invoice) as unknown as Stripe.Invoice);
  return {
    accountId: sandbox.account.id,
    accountName: sandbox.account.name,
    get timeZone() {
      return billingSettings(sandbox).timeZone;
    },
    names: paperNames(sandbox),
    checkout: checkoutPort(sandbox, () => deliveries.wake()),
    invoiceByToken(token) {
      const found = invoiceOfLink(sandbox, token);
      return found?.expired ? undefined : shown(found?.invoice);
    },
    isExpired: (token) => invoiceOfLink(sandbox, token)?.expired ?? false,
    isLate: ({ customer, due_date: due }) =>
      due !== null && due < (timeOfCustomer(sandbox, String(customer)) ?? sandbox.clock()),
    creditNoteByToken: (token) => printed(sandbox, sandbox.by.creditNoteOfToken.first(token)),
    invoice: (id) => shown(sandbox.invoices.get(id)),
    customer: (id) => sandbox.customers.get(id),
    // Decimals are strings on the wire, where the package's types have its own class.
    lines: (id) => linesOf(sandbox, id).map(showLine) as unknown as Stripe.InvoiceLineItem[],
    async payInvoice(id, card) {
      const outcome = pay(sandbox, id, card);
      deliveries.wake();
      return outcome;
    },
    invoices: () => newestFirst(sandbox.invoices.values()).map((one) => shown(one)!),
    customers: () => newestFirst(sandbox.customers.values()),
    products: () => newestFirst(sandbox.products.values()).filter((one) => !sandbox.inline.get(one.id)),
    prices: () =>
      newestFirst(sandbox.prices.values()).filter(
        (one) => !sandbox.inline.get(one.id),
      ) as unknown as Stripe.Price[],
    events: () => newestFirst(sandbox.events.values()) as unknown as Stripe.Event[],
    deliveries: () => newestFirst(sandbox.deliveries.values()),
    mails: () => newestFirst(sandbox.mails.values()),
    resendEvent(id) {
      const event = sandbox.events.get(id);
      if (event) deliveries.resend(event);
    },
  };
}

function printed(sandbox: Sandbox, note: StoredCreditNote | undefined): PrintedCreditNote | undefined {
  if (!note) return undefined;
  const invoice = sandbox.invoices.get(note.invoice);
  return {
    number: note.number,
    invoiceNumber: invoice?.number ?? null,
    customerName: invoice?.customer_name ?? null,
    currency: note.currency,
    issued: note.effective_at ?? note.created,
    memo: note.memo,
    isVoid: note.status === 'void',
    lines: note.lines.map(({ description, amount }) => ({ description, amount })),
    discounts: note.discount_amounts.map(({ amount, discount }) => ({ amount, discount: String(discount) })),
    taxes: note.total_taxes ?? [],
    total: note.total,
  };
}

function paperNames(sandbox: Sandbox): PaperNames {
  return {
    discount(id) {
      const terms = sandbox.discounts.get(id)?.terms;
      return {
        name: terms?.name ?? terms?.id ?? 'Discount',
        percentOff: terms?.percent_off ?? null,
        amountOff: terms?.amount_off ?? null,
      };
    },
    tax(id) {
      const rate = sandbox.taxRates.get(id);
      const name = [rate?.display_name ?? 'Tax', rate?.jurisdiction].filter(Boolean).join(' - ');
      return { name, percentage: rate?.percentage ?? 0 };
    },
  };
}

/** What a person does on the hosted page: type a card, and have it charged. */
function pay(sandbox: Sandbox, invoiceId: string, card: Card): PaymentOutcome {
  const at = timeOfCustomer(sandbox, sandbox.invoices.get(invoiceId)?.customer ?? '');
  return attempt(sandbox, card, () => sandbox.time.at(at, () => charge(sandbox, invoiceId, card)));
}

function charge(sandbox: Sandbox, invoiceId: string, card: Card): PaymentOutcome {
  const invoice = sandbox.invoices.get(invoiceId);
  if (!invoice) return { kind: 'refused', message: 'This invoice does not exist.' };
  refuseUnpayable(invoice);
  if (invoice.status === 'draft') return { kind: 'refused', message: 'This invoice has not been finalized.' };
  return outcomeOf(chargeInvoice(ownCall(sandbox), invoice, makeMethod(sandbox, card)));
}
