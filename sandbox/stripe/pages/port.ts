import type Stripe from 'stripe';

/** A mail the sandbox would have sent; kept so that a person can open it in the mailbox. `created` is in unix seconds. */
export interface Mail {
  id: string;
  to: string;
  from: string;
  subject: string;
  text: string;
  html: string;
  created: number;
  invoice: string;
}

/** One attempt to deliver one event to one webhook endpoint. Times are in unix seconds. */
export interface Delivery {
  id: string;
  event: string;
  eventType: string;
  endpoint: string;
  url: string;
  attempt: number;
  status: 'pending' | 'held' | 'succeeded' | 'failed' | 'dropped';
  httpStatus: number | null;
  error: string | null;
  created: number;
  nextAttemptAt: number | null;
}

/** What the customer typed. It lives only as long as the request that carries it: it is never stored and never logged. */
export interface Card {
  number: string;
  expMonth: number;
  expYear: number;
  cvc: string;
  name?: string;
}

/** `declined` is the bank's answer; `refused` is Stripe's own, such as "this invoice is void". */
export type PaymentOutcome =
  | { kind: 'paid' }
  | { kind: 'declined'; code: string; declineCode: string | null; message: string }
  | { kind: 'refused'; message: string };

/** What the PDF of a credit note says. Amounts are in minor units, `issued` is in unix seconds. */
export interface PrintedCreditNote {
  number: string;
  invoiceNumber: string | null;
  customerName: string | null;
  currency: string;
  issued: number;
  memo: string | null;
  isVoid: boolean;
  lines: { description: string | null; amount: number }[];
  discounts: { amount: number; discount: string }[];
  taxes: Pick<Stripe.Invoice.TotalTax, 'amount' | 'tax_behavior' | 'tax_rate_details' | 'taxable_amount'>[];
  total: number;
}

/** What discounts and taxes are called on paper; invoices name them by id. */
export interface PaperNames {
  discount(id: string): { name: string; percentOff: number | null; amountOff: number | null };
  /** The display name, with the jurisdiction where there is one. */
  tax(rateId: string): { name: string; percentage: number };
}

/** What the page of a checkout session says. `complete` is as the merchant wished it for afterwards. */
export interface CheckoutView {
  status: 'open' | 'complete' | 'expired';
  /** Why nobody can pay through the payment link any more, in the merchant's words or ours. */
  inactive: string | null;
  amount: number;
  currency: string;
  lines: { description: string; quantity: number; amount: number }[];
  /** Of the customer, if it is known before. */
  email: string | null;
  cancelUrl: string | null;
  complete: { message: string | null; url: string | null };
}

/** The pages of payment links and checkout sessions. */
export interface CheckoutPort {
  /** Opens the link: the id of a session of its own, or why there is none. */
  openLink(token: string): { session: string } | { inactive: string } | undefined;
  session(id: string): CheckoutView | undefined;
  pay(id: string, typed: { card: Card; email: string }): Promise<PaymentOutcome>;
}

/** All that the pages need from the sandbox. Lists are newest first. */
export interface StripePagesPort {
  readonly accountId: string;
  readonly accountName: string;
  /** Whose days documents, pages and mails print: an IANA name. */
  readonly timeZone: string;
  readonly names: PaperNames;
  readonly checkout: CheckoutPort;
  /** The token is the secret last path part of `hosted_invoice_url` and `invoice_pdf`. */
  invoiceByToken(token: string): Stripe.Invoice | undefined;
  /** Whether the token once opened an invoice and does not any more. */
  isExpired(token: string): boolean;
  /** Whether its due date has passed, in the time that its customer lives in. */
  isLate(invoice: Stripe.Invoice): boolean;
  /** The token is in the address of `pdf`. */
  creditNoteByToken(token: string): PrintedCreditNote | undefined;
  invoice(id: string): Stripe.Invoice | undefined;
  customer(id: string): Stripe.Customer | undefined;
  /** All lines of the invoice, not only the first ten that the invoice itself holds. */
  lines(invoiceId: string): Stripe.InvoiceLineItem[];
  payInvoice(invoiceId: string, card: Card): Promise<PaymentOutcome>;
  invoices(): Stripe.Invoice[];
  customers(): Stripe.Customer[];
  products(): Stripe.Product[];
  prices(): Stripe.Price[];
  events(): Stripe.Event[];
  deliveries(): Delivery[];
  mails(): Mail[];
  resendEvent(eventId: string): void;
}
