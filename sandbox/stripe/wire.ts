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

export type TaxRate = Omit<Stripe.TaxRate, 'metadata'> & { metadata: Record<string, string> };

export type TaxId = Omit<Stripe.TaxId, 'customer'> & { customer: string | null };

/** A tax as lines, invoices and credit notes show it. */
export interface LineTax {
  amount: number;
  tax_behavior: 'exclusive' | 'inclusive';
  tax_rate_details: { tax_rate: string };
  taxability_reason: 'customer_exempt' | 'not_available' | 'reverse_charge';
  taxable_amount: number;
  type: 'tax_rate_details';
}

/** `valid` is worked out when it is shown; `applies_to` is left out unless it is expanded. */
export type StoredCoupon = Omit<Stripe.Coupon, 'applies_to' | 'currency_options' | 'metadata' | 'valid'> & {
  metadata: Record<string, string>;
  products: string[] | null;
};

/** With what the coupon said when it was redeemed: it may be deleted since, and the discount stays. */
export type StoredDiscount = Omit<Stripe.Discount, 'source'> & {
  source: { coupon: string; type: 'coupon' };
  terms: Pick<StoredCoupon, 'amount_off' | 'id' | 'name' | 'percent_off' | 'products'>;
};

export type InvoiceItem = Omit<
  Stripe.InvoiceItem,
  'pricing' | 'quantity_decimal' | 'invoice' | 'customer' | 'metadata' | 'discounts' | 'tax_rates'
> & {
  discounts: string[];
  tax_rates: TaxRate[];
  customer: string;
  invoice: string | null;
  metadata: Record<string, string>;
  pricing: Pricing;
  quantity_decimal: string;
};

export type LineItem = Omit<
  Stripe.InvoiceLineItem,
  'pricing' | 'quantity_decimal' | 'invoice' | 'metadata' | 'discounts' | 'discount_amounts' | 'taxes'
> & {
  discounts: string[];
  discount_amounts: { amount: number; discount: string }[];
  taxes: LineTax[];
  invoice: string;
  metadata: Record<string, string>;
  pricing: Pricing;
  quantity_decimal: string;
};

/**
 * Lines are shown by position. Discounts and taxes of a draft's line are worked out when it is read, from the rates of its
 * item; finalization writes them down, with the inclusive tax that an exempt customer was spared.
 */
export type StoredLine = LineItem & { position: number; tax_rates?: TaxRate[]; exempted?: number };

/** What other fields of the invoice say is worked out when it is shown: lines, totals of a draft, addresses. */
export type StoredInvoice = Omit<
  Stripe.Invoice,
  | 'lines'
  | 'hosted_invoice_url'
  | 'invoice_pdf'
  | 'customer'
  | 'metadata'
  | 'status'
  | 'latest_revision'
  | 'account_tax_ids'
  | 'default_tax_rates'
  | 'discounts'
> & {
  customer: string;
  account_tax_ids: string[] | null;
  default_tax_rates: TaxRate[];
  discounts: string[];
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

/** Its items are stored apart; `cycles` counts the periods that have begun since the anchor. */
export type StoredSubscription = Omit<
  Stripe.Subscription,
  'customer' | 'default_payment_method' | 'items' | 'latest_invoice' | 'metadata' | 'test_clock'
> & {
  customer: string;
  default_payment_method: string | null;
  latest_invoice: string | null;
  metadata: Record<string, string>;
  test_clock: string | null;
  cycles: number;
  /** The end of the period for which invoice.upcoming was told. */
  upcoming_told: number | null;
};

export type StoredSubscriptionItem = Omit<Stripe.SubscriptionItem, 'metadata' | 'plan' | 'price'> & {
  metadata: Record<string, string>;
  price: string;
};

export type TestClock = Stripe.TestHelpers.TestClock;

export type PaymentRecord = Stripe.PaymentRecord;

export type PaymentIntent = Omit<Stripe.PaymentIntent, 'customer' | 'payment_method' | 'latest_charge'> & {
  customer: string | null;
  payment_method: string | null;
  latest_charge: string | null;
};

export type Charge = Omit<Stripe.Charge, 'customer' | 'payment_intent'> & {
  customer: string | null;
  payment_intent: string;
};

export type Refund = Omit<Stripe.Refund, 'charge' | 'payment_intent' | 'customer' | 'metadata'> & {
  charge: string;
  payment_intent: string;
  customer: string | null;
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

export type CreditNoteLine = Omit<
  Stripe.CreditNoteLineItem,
  'unit_amount_decimal' | 'tax_rates' | 'taxes' | 'discount_amounts'
> & {
  discount_amounts: { amount: number; discount: string }[];
  tax_rates: TaxRate[];
  taxes: LineTax[];
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

/** So many of a price, on a payment link or in a session. */
export interface CheckoutItem {
  id: string;
  price: string;
  description: string;
  quantity: number;
  amount: number;
  currency: string;
}

/** What the payment intent of a session is to have. */
export type IntentData = Omit<Stripe.PaymentLink.PaymentIntentData, 'metadata'> & {
  metadata: Record<string, string>;
  receipt_email: string | null;
  shipping: Stripe.PaymentIntent.Shipping | null;
};

/** Its address is worked out when it is shown: an open session has one. */
export type StoredSession = Omit<
  Stripe.Checkout.Session,
  'customer' | 'invoice' | 'line_items' | 'metadata' | 'payment_intent' | 'payment_link' | 'status' | 'url'
> & {
  customer: string | null;
  invoice: string | null;
  metadata: Record<string, string>;
  payment_intent: string | null;
  payment_link: string | null;
  status: 'open' | 'complete' | 'expired';
  items: CheckoutItem[];
  intent: IntentData;
};

export type StoredLink = Omit<Stripe.PaymentLink, 'line_items' | 'metadata' | 'url'> & {
  created: number;
  metadata: Record<string, string>;
  items: CheckoutItem[];
  token: string;
};

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
