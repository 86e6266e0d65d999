import type Stripe from 'stripe';
import { DocumentStore } from '../store/documentStore.ts';
import { newSecret } from './ids.ts';
import type { StoredDebit } from './payments/bankDebit.ts';
import type { StoredRefundAnswer } from './payments/refundAnswers.ts';
import type { Mail } from './pages/port.ts';
import type { Call } from './api/call.ts';
import type { SavedAnswer } from './api/idempotency.ts';
import type { StoredSettings } from './time/billingSettings.ts';
import { SandboxTime } from './time/sandboxTime.ts';
import type { StoredDelivery } from './webhooks/storedDelivery.ts';
import type {
  BalanceTransaction,
  Charge,
  Customer,
  Event,
  InvoiceItem,
  InvoicePayment,
  PaymentIntent,
  PaymentRecord,
  Price,
  Refund,
  StoredCoupon,
  StoredCreditNote,
  StoredDiscount,
  StoredEndpoint,
  StoredInvoice,
  StoredLine,
  StoredLink,
  StoredPaymentMethod,
  StoredSession,
  StoredSubscription,
  StoredSubscriptionItem,
  TaxId,
  TaxRate,
  TestClock,
} from './wire.ts';

export const API_VERSION = '2026-10-28.endive';

export interface Account {
  id: string;
  name: string;
  created: number;
}

/** All state of the sandbox and what its routes need to know; routes get it with each call. */
export type Sandbox = ReturnType<typeof openSandbox>;

export interface SandboxOptions {
  dataFile: string;
  account: Account;
  clock: () => number;
}

export function openSandbox({ dataFile, account, clock }: SandboxOptions) {
  const store = new DocumentStore(dataFile);
  const customers = store.collection<Customer>('customers');
  const deletedIds = store.collection<{ id: string }>('deleted');
  const products = store.collection<Stripe.Product>('products');
  const prices = store.collection<Price>('prices');
  const inline = store.collection<{ id: string; key: string | null }>('inline');
  const invoices = store.collection<StoredInvoice>('invoices');
  const lines = store.collection<StoredLine>('lines');
  const items = store.collection<InvoiceItem>('invoiceitems');
  const invoicePayments = store.collection<InvoicePayment>('invoice_payments');
  const intents = store.collection<PaymentIntent>('payment_intents');
  const charges = store.collection<Charge>('charges');
  const paymentRecords = store.collection<PaymentRecord>('payment_records');
  const refunds = store.collection<Refund>('refunds');
  const creditNotes = store.collection<StoredCreditNote>('credit_notes');
  const balanceTransactions = store.collection<BalanceTransaction>('balance_transactions');
  const paymentMethods = store.collection<StoredPaymentMethod>('payment_methods');
  const taxRates = store.collection<TaxRate>('tax_rates');
  const taxIds = store.collection<TaxId>('tax_ids');
  const coupons = store.collection<StoredCoupon>('coupons');
  const discounts = store.collection<StoredDiscount>('discounts');
  const events = store.collection<Event>('events');
  const endpoints = store.collection<StoredEndpoint>('webhook_endpoints');
  const deliveries = store.collection<StoredDelivery>('deliveries');
  const mails = store.collection<Mail>('mails');
  const answers = store.collection<SavedAnswer>('idempotency');
  const subscriptions = store.collection<StoredSubscription>('subscriptions');
  const subscriptionItems = store.collection<StoredSubscriptionItem>('subscription_items');
  const testClocks = store.collection<TestClock>('test_clocks');
  const debits = store.collection<StoredDebit>('debits');
  const refundAnswers = store.collection<StoredRefundAnswer>('refund_answers');
  const paymentLinks = store.collection<StoredLink>('payment_links');
  const sessions = store.collection<StoredSession>('checkout_sessions');
  const secrets = store.collection<{ id: string; value: string }>('secrets');
  const linkSecret = secrets.get('links')?.value ?? newSecret('links');
  secrets.put({ id: 'links', value: linkSecret });
  const settings = store.collection<StoredSettings>('settings');
  const time = new SandboxTime(clock);
  return {
    store,
    account,
    /** The time that objects live in, unix seconds. */
    clock: time.now,
    time,
    /** Set once the server listens; hosted addresses are built with it when they are shown. */
    publicUrl: '',
    /** "Events are available for 30 days": docs.stripe.com/api/events. */
    eventsKeptSeconds: 30 * 24 * 60 * 60,
    /** Set by the deliveries: called within the transaction that makes the event. */
    announce: (_event: Event): void => {},
    /** Set by the deliveries: whether a webhook endpoint wants events of this type. */
    isAwaited: (_type: string): boolean => false,
    /** Set by what follows from events, such as a subscription that becomes active: within the same transaction. */
    follow: (_call: Call, _event: Event): void => {},
    customers,
    deletedIds,
    products,
    prices,
    /** Ids of products and prices that Stripe made behind an amount or price_data; they are in no list. */
    inline,
    invoices,
    lines,
    items,
    invoicePayments,
    intents,
    charges,
    paymentRecords,
    refunds,
    creditNotes,
    balanceTransactions,
    paymentMethods,
    taxRates,
    taxIds,
    coupons,
    discounts,
    events,
    endpoints,
    deliveries,
    mails,
    answers,
    settings,
    subscriptions,
    subscriptionItems,
    testClocks,
    debits,
    refundAnswers,
    paymentLinks,
    sessions,
    /** Signs renewed addresses of invoices. */
    linkSecret,
    by: {
      // One group with all of them: copying it is much faster than walking through the collection.
      anyInvoice: invoices.index(() => ''),
      anyCustomer: customers.index(() => ''),
      anyEvent: events.index(() => ''),
      invoiceOfCustomer: invoices.index((invoice) => invoice.customer),
      /** What may happen by itself next; most invoices are in none of these groups. */
      invoiceWaiting: invoices.index(waitsFor),
      invoiceOfSubscription: invoices.index(({ parent }) => {
        const named = parent?.subscription_details?.subscription;
        return typeof named === 'string' ? named : undefined;
      }),
      subscriptionOfCustomer: subscriptions.index((one) => one.customer),
      subscriptionWaiting: subscriptions.index(({ status, ended_at: ended }) =>
        ended === null && status !== 'incomplete_expired' ? 'live' : undefined,
      ),
      itemOfSubscription: subscriptionItems.index((item) => item.subscription),
      invoiceOfToken: invoices.index((invoice) => invoice.token),
      lineOfInvoice: lines.index((line) => line.invoice),
      lineOfItem: lines.index((line) => line.parent?.invoice_item_details?.invoice_item),
      itemOfCustomer: items.index((item) => item.customer),
      itemOfInvoice: items.index((item) => item.invoice),
      paymentOfInvoice: invoicePayments.index((payment) => payment.invoice),
      paymentOfIntent: invoicePayments.index((payment) => payment.payment.payment_intent),
      paymentOfRecord: invoicePayments.index((payment) => payment.payment.payment_record),
      intentOfCustomer: intents.index((intent) => intent.customer),
      chargeOfIntent: charges.index((charge) => charge.payment_intent),
      chargeOfCustomer: charges.index((charge) => charge.customer),
      refundOfCharge: refunds.index((refund) => refund.charge),
      refundOfIntent: refunds.index((refund) => refund.payment_intent),
      creditNoteOfInvoice: creditNotes.index((note) => note.invoice),
      creditNoteOfCustomer: creditNotes.index((note) => note.customer),
      creditNoteOfToken: creditNotes.index((note) => note.token),
      balanceTransactionOfCustomer: balanceTransactions.index((transaction) => transaction.customer),
      inlineOfKey: inline.index((hidden) => hidden.key),
      priceOfProduct: prices.index((price) => price.product),
      methodOfCustomer: paymentMethods.index((method) => method.customer),
      taxIdOfOwner: taxIds.index((taxId) => taxId.customer ?? 'self'),
      linkOfToken: paymentLinks.index((link) => link.token),
      sessionOpen: sessions.index(({ status }) => (status === 'open' ? status : undefined)),
      sessionOfIntent: sessions.index((session) => session.payment_intent),
      deliveryOfEvent: deliveries.index((delivery) => delivery.event),
    },
  };
}

/** `draft`: to be finalized; `charge`: to be charged; `due`: to be reminded of. */
function waitsFor(invoice: StoredInvoice): string | undefined {
  if (invoice.status === 'draft') return invoice.auto_advance ? 'draft' : undefined;
  if (invoice.status !== 'open') return undefined;
  if (invoice.next_payment_attempt !== null) return 'charge';
  return invoice.due_date === null ? undefined : 'due';
}
