import type Stripe from 'stripe';

/**
 * The types of the stripe package describe what its client hands out: decimals are objects there and strings on the
 * wire. These are the same objects as they go over the wire and as the sandbox stores them.
 */
export type Price = Omit<Stripe.Price, 'unit_amount_decimal' | 'product' | 'currency_options' | 'tiers'> & {
  product: string;
  unit_amount_decimal: string | null;
};

export interface Pricing {
  type: 'price_details';
  price_details: { price: string; product: string };
  unit_amount_decimal: string | null;
}

export type InvoiceItem = Omit<
  Stripe.InvoiceItem,
  'pricing' | 'quantity_decimal' | 'invoice' | 'customer' | 'metadata'
> & {
  customer: string;
  invoice: string | null;
  metadata: Record<string, string>;
  pricing: Pricing;
  quantity_decimal: string;
};

export type LineItem = Omit<
  Stripe.InvoiceLineItem,
  'pricing' | 'quantity_decimal' | 'invoice' | 'metadata'
> & {
  invoice: string;
  metadata: Record<string, string>;
  pricing: Pricing;
  quantity_decimal: string;
};

/** Lines are shown by position. */
export type StoredLine = LineItem & { position: number };

/** What other fields of the invoice say is worked out when it is shown: lines, totals of a draft, addresses. */
export type StoredInvoice = Omit<
  Stripe.Invoice,
  'lines' | 'hosted_invoice_url' | 'invoice_pdf' | 'customer' | 'metadata' | 'status' | 'latest_revision'
> & {
  customer: string;
  metadata: Record<string, string>;
  status: 'draft' | 'open' | 'paid' | 'uncollectible' | 'void';
  latest_revision: string | null;
  /** The secret last part of the hosted address; given at finalization. */
  token: string | null;
  /** What `number` is to be when the merchant chose it. */
  wished_number: string | null;
  /** `automatically_finalizes_at` was chosen: it does not wait for webhooks. */
  scheduled?: boolean;
  /** Which reminders were told, such as `overdue:3`. */
  reminded?: string[];
  test_clock: string | null;
};

export type Customer = Stripe.Customer & {
  email: string | null;
  metadata: Record<string, string>;
  currency: string | null;
  invoice_prefix: string;
  next_invoice_sequence: number;
  test_clock: string | null;
};

export type InvoicePayment = Omit<Stripe.InvoicePayment, 'invoice' | 'payment'> & {
  invoice: string;
  payment:
    | { type: 'payment_intent'; payment_intent: string; payment_record?: never }
    | { type: 'payment_record'; payment_record: string; payment_intent?: never };
};

export type PaymentRecord = Stripe.PaymentRecord;

export type PaymentIntent = Omit<Stripe.PaymentIntent, 'customer' | 'payment_method' | 'latest_charge'> & {
  customer: string;
  payment_method: string | null;
  latest_charge: string | null;
};

export type Charge = Omit<Stripe.Charge, 'customer' | 'payment_intent'> & {
  customer: string;
  payment_intent: string;
};

export type Refund = Omit<Stripe.Refund, 'charge' | 'payment_intent' | 'customer' | 'metadata'> & {
  charge: string;
  payment_intent: string;
  customer: string;
  metadata: Record<string, string>;
};

export type BalanceTransaction = Omit<
  Stripe.CustomerBalanceTransaction,
  'customer' | 'invoice' | 'credit_note' | 'metadata'
> & {
  customer: string;
  invoice: string | null;
  credit_note: string | null;
  metadata: Record<string, string>;
};

export type CreditNoteLine = Omit<Stripe.CreditNoteLineItem, 'unit_amount_decimal'> & {
  unit_amount_decimal: string | null;
};

/** The address of the PDF and the list around the lines are made when it is shown. */
export type StoredCreditNote = Omit<
  Stripe.CreditNote,
  'customer' | 'invoice' | 'lines' | 'metadata' | 'pdf' | 'status'
> & {
  customer: string;
  invoice: string;
  lines: CreditNoteLine[];
  metadata: Record<string, string>;
  status: 'issued' | 'void';
  token: string;
};

export type PaymentMethod = Omit<Stripe.PaymentMethod, 'customer'> & { customer: string | null };

/** `decline` says how a test card behaves: the number itself is never stored. */
export type StoredPaymentMethod = PaymentMethod & { test_card: string };

export interface Event {
  id: string;
  object: 'event';
  api_version: string;
  created: number;
  data: { object: object; previous_attributes?: object };
  livemode: false;
  pending_webhooks: number;
  request: { id: string | null; idempotency_key: string | null };
  type: string;
}

export type WebhookEndpoint = Stripe.WebhookEndpoint;
/** `thin` endpoints are event destinations of API v2; a stored endpoint without a payload is older than these. */
export type StoredEndpoint = WebhookEndpoint & {
  secret: string;
  configured: number | null;
  payload?: 'snapshot' | 'thin';
};

export interface List<T> {
  object: 'list';
  data: T[];
  has_more: boolean;
  url: string;
}
