import { readFileSync } from 'node:fs';
import path from 'node:path';
import type Stripe from 'stripe';
import type {
  Card,
  CheckoutPort,
  Delivery,
  Mail,
  PaperNames,
  PaymentOutcome,
  StripePagesPort,
} from '../../sandbox/stripe/pages/port.ts';

const file = path.join(import.meta.dirname, '../stripeContract/fixtures/stripeObjects.json');
const samples = JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>;

/** 2025-11-21T10:00:00Z */
const now = 1_763_719_200;
export const account = 'acct_1';

/** What the pages read, as plain data that a test can change; paying follows Stripe's two best known test cards. */
export class LiteralPort implements StripePagesPort {
  readonly accountId = account;
  readonly accountName: string = 'Northwind <Traders>';
  timeZone = 'Etc/UTC';
  readonly names: PaperNames = {
    discount: (id) => ({ name: id, percentOff: 10, amountOff: null }),
    tax: (id) => ({ name: id, percentage: 19 }),
  };
  /** Payment links and sessions are tested over the sandbox itself. */
  readonly checkout: CheckoutPort = {
    openLink: () => undefined,
    session: () => undefined,
    pay: async () => ({ kind: 'refused', message: 'There is no such session.' }),
  };
  readonly store = {
    invoices: [] as Stripe.Invoice[],
    customers: [] as Stripe.Customer[],
    products: [] as Stripe.Product[],
    prices: [] as Stripe.Price[],
    events: [] as Stripe.Event[],
    deliveries: [] as Delivery[],
    mails: [] as Mail[],
    lines: new Map<string, Stripe.InvoiceLineItem[]>(),
  };
  readonly cards: Card[] = [];
  readonly resent: string[] = [];
  /** Held back, so that a test can send a second payment while the first one runs. */
  paying: Promise<void> = Promise.resolve();

  invoiceByToken(token: string): Stripe.Invoice | undefined {
    return this.store.invoices.find(({ hosted_invoice_url: url }) => url?.endsWith(`/${token}`));
  }
  invoice(id: string): Stripe.Invoice | undefined {
    return this.store.invoices.find((invoice) => invoice.id === id);
  }
  customer(id: string): Stripe.Customer | undefined {
    return this.store.customers.find((customer) => customer.id === id);
  }
  lines(invoiceId: string): Stripe.InvoiceLineItem[] {
    return this.store.lines.get(invoiceId) ?? [];
  }
  async payInvoice(invoiceId: string, card: Card): Promise<PaymentOutcome> {
    this.cards.push(card);
    await this.paying;
    const invoice = this.invoice(invoiceId)!;
    if (invoice.status === 'paid') return { kind: 'refused', message: 'Invoice is already paid' };
    if (card.number === '4000000000000002') {
      const message = 'Your card was declined.';
      return { kind: 'declined', code: 'card_declined', declineCode: 'generic_decline', message };
    }
    const paid: Partial<Stripe.Invoice> = {
      status: 'paid',
      amount_paid: invoice.amount_due,
      amount_remaining: 0,
    };
    Object.assign(invoice, paid);
    invoice.status_transitions.paid_at = now + 3600;
    return { kind: 'paid' };
  }
  invoices() {
    return this.store.invoices;
  }
  customers() {
    return this.store.customers;
  }
  products() {
    return this.store.products;
  }
  prices() {
    return this.store.prices;
  }
  events() {
    return this.store.events;
  }
  deliveries() {
    return this.store.deliveries;
  }
  mails() {
    return this.store.mails;
  }
  isLate({ due_date: due }: Stripe.Invoice): boolean {
    return due !== null && due * 1000 < Date.now();
  }
  isExpired(): boolean {
    return false;
  }
  creditNoteByToken(): undefined {
    return undefined;
  }
  resendEvent(eventId: string): void {
    this.resent.push(eventId);
  }
}

/** Adds an open invoice of $1,234.50, reachable by the token `secret_<id>`; `changes` go over Stripe's sample. */
export function addInvoice(
  port: LiteralPort,
  id: string,
  changes: Partial<Stripe.Invoice> = {},
): Stripe.Invoice {
  const base = structuredClone(samples.invoice) as Stripe.Invoice;
  const amount = changes.total ?? 123_450;
  const invoice = {
    ...base,
    id,
    number: `NW-${String(port.store.invoices.length + 1).padStart(4, '0')}`,
    status: 'open',
    currency: 'usd',
    created: now,
    effective_at: now,
    // 2040-01-15T12:00:00Z, so that the invoice is not late.
    due_date: 2_210_241_600,
    customer: 'cus_1',
    customer_name: 'Globex Corporation',
    customer_email: 'billing@globex.example',
    description: 'Design work, October',
    total: amount,
    subtotal: amount,
    amount_due: amount,
    amount_remaining: amount,
    amount_paid: 0,
    total_taxes: [],
    total_discount_amounts: [],
    latest_revision: null,
    status_transitions: { finalized_at: now, paid_at: null, voided_at: null, marked_uncollectible_at: null },
    hosted_invoice_url: `http://localhost:4242/i/${account}/secret_${id}`,
    invoice_pdf: `http://localhost:4242/pdf/${account}/secret_${id}`,
    metadata: { salesforce_id: 'a01000000000001AAA' },
    ...changes,
  } as Stripe.Invoice;
  port.store.invoices.unshift(invoice);
  return invoice;
}

export function addLine(port: LiteralPort, invoiceId: string, line: Partial<Stripe.InvoiceLineItem>): void {
  const base = structuredClone(samples.line_item) as Stripe.InvoiceLineItem;
  const lines = port.lines(invoiceId);
  const pricing = { ...base.pricing, type: 'price_details', unit_amount_decimal: '61725' };
  port.store.lines.set(invoiceId, [
    ...lines,
    {
      ...base,
      id: `il_${lines.length}`,
      currency: 'usd',
      quantity: 2,
      pricing,
      ...line,
    } as Stripe.InvoiceLineItem,
  ]);
}

export function addEvent(port: LiteralPort, id: string, type: string, object: unknown): Stripe.Event {
  const base = structuredClone(samples.event) as Stripe.Event;
  const event = { ...base, id, type, created: now, data: { object } } as Stripe.Event;
  port.store.events.unshift(event);
  return event;
}

export function sampleOf<T>(name: string, changes: Partial<T>): T {
  return { ...(structuredClone(samples[name]) as T), ...changes };
}
