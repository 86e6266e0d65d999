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

/** All that the pages need from the sandbox. Lists are newest first. */
export interface StripePagesPort {
  readonly accountId: string;
  readonly accountName: string;
  readonly names: PaperNames;
  /** The token is the secret last path part of `hosted_invoice_url` and `invoice_pdf`. */
  invoiceByToken(token: string): Stripe.Invoice | undefined;
  /** Whether the token once opened an invoice and does not any more. */
  isExpired(token: string): boolean;
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
