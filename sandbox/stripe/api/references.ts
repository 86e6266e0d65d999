import { showCustomerOrDeleted } from '../resources/customers.ts';
import { showProduct } from '../resources/products.ts';
import { showPaymentMethod } from '../payments/paymentMethods.ts';
import { confirmationSecret, listOfPayments } from '../payments/invoicePayments.ts';
import { showCreditNote } from '../creditNotes/creditNoteObject.ts';
import { listOfItems } from '../checkout/lineItems.ts';
import { showLink } from '../checkout/linkObject.ts';
import { showCoupon } from '../discounts/coupons.ts';
import { showDiscount } from '../discounts/discounts.ts';
import { showSubscription } from '../subscriptions/subscriptionObject.ts';
import { showInvoice } from '../invoices/invoiceObject.ts';
import { listOfTaxIds } from '../taxes/taxIds.ts';
import type { Sandbox } from '../sandbox.ts';
import type { Call } from './call.ts';
import { newestFirst } from './pagination.ts';

/** A field that holds the id of another object, or one that is left out unless it is asked for. */
export type Reference =
  | { load(call: Call, id: string): object | undefined }
  | { include(call: Call, owner: Record<string, unknown>): unknown };

const customer: Reference = { load: ({ sandbox }, id) => showCustomerOrDeleted(sandbox, id) };
const product: Reference = { load: ({ sandbox }, id) => showProduct(sandbox, id) };
const price: Reference = { load: ({ sandbox }, id) => sandbox.prices.get(id) };
const invoice: Reference = {
  load({ sandbox }, id) {
    const found = sandbox.invoices.get(id);
    return found && showInvoice(sandbox, found);
  },
};
const paymentIntent: Reference = { load: ({ sandbox }, id) => sandbox.intents.get(id) };
const paymentRecord: Reference = { load: ({ sandbox }, id) => sandbox.paymentRecords.get(id) };
const paymentLink: Reference = {
  load({ sandbox }, id) {
    const found = sandbox.paymentLinks.get(id);
    return found && showLink(sandbox, found);
  },
};
const charge: Reference = { load: ({ sandbox }, id) => sandbox.charges.get(id) };
const paymentMethod: Reference = {
  load({ sandbox }, id) {
    const found = sandbox.paymentMethods.get(id);
    return found && showPaymentMethod(found);
  },
};
const subscription: Reference = {
  load({ sandbox }, id) {
    const found = sandbox.subscriptions.get(id);
    return found && showSubscription(sandbox, found);
  },
};
const testClock: Reference = { load: ({ sandbox }, id) => sandbox.testClocks.get(id) };
const refund: Reference = { load: ({ sandbox }, id) => sandbox.refunds.get(id) };
const balanceTransaction: Reference = { load: ({ sandbox }, id) => sandbox.balanceTransactions.get(id) };
const creditNote: Reference = {
  load({ sandbox }, id) {
    const found = sandbox.creditNotes.get(id);
    return found && showCreditNote(sandbox, found);
  },
};
const discount: Reference = {
  load({ sandbox }, id) {
    const found = sandbox.discounts.get(id);
    return found && showDiscount(found);
  },
};
const coupon: Reference = {
  load({ sandbox }, id) {
    const found = sandbox.coupons.get(id);
    return found && showCoupon(sandbox, found);
  },
};
const taxId: Reference = { load: ({ sandbox }, id) => sandbox.taxIds.get(id) };
/** Fields that can be expanded in Stripe and are always empty here. */
const empty: Reference = { load: () => undefined };

/** By the `object` of the owner and the path of the field inside it. */
export const references: Record<string, Record<string, Reference>> = {
  customer: {
    'invoice_settings.default_payment_method': paymentMethod,
    default_source: empty,
    invoice_credit_balance: {
      include: (_call, { balance, currency }) =>
        typeof currency === 'string' && balance !== 0 ? { [currency]: balance } : {},
    },
    sources: { include: (_call, owner) => emptyList(`/v1/customers/${String(owner['id'])}/sources`) },
    subscriptions: {
      include: ({ sandbox }, owner) => subscriptionsOf(sandbox, String(owner['id'])),
    },
    test_clock: testClock,
    tax_ids: { include: ({ sandbox }, owner) => listOfTaxIds(sandbox, String(owner['id'])) },
  },
  subscription: {
    customer,
    default_payment_method: paymentMethod,
    default_source: empty,
    discounts: empty,
    latest_invoice: invoice,
    on_behalf_of: empty,
    pending_setup_intent: empty,
    schedule: empty,
    test_clock: testClock,
  },
  plan: { product },
  product: { default_price: price, tax_code: empty },
  price: { product },
  tax_id: { customer, 'owner.customer': customer },
  invoice: {
    account_tax_ids: taxId,
    customer,
    default_payment_method: paymentMethod,
    default_source: empty,
    discounts: discount,
    'total_discount_amounts.discount': discount,
    'total_pretax_credit_amounts.discount': discount,
    'from_invoice.invoice': invoice,
    latest_revision: invoice,
    on_behalf_of: empty,
    'parent.subscription_details.subscription': subscription,
    test_clock: testClock,
    payments: { include: ({ sandbox }, owner) => listOfPayments(sandbox, String(owner['id'])) },
    confirmation_secret: {
      include: ({ sandbox }, owner) => confirmationSecret(sandbox, String(owner['id'])),
    },
  },
  line_item: {
    discounts: discount,
    'discount_amounts.discount': discount,
    'pretax_credit_amounts.discount': discount,
    'pricing.price_details.price': price,
    subscription,
  },
  invoiceitem: {
    customer,
    invoice,
    discounts: discount,
    'pricing.price_details.price': price,
    test_clock: testClock,
  },
  invoice_payment: {
    invoice,
    'payment.payment_intent': paymentIntent,
    'payment.payment_record': paymentRecord,
    'payment.charge': charge,
  },
  payment_intent: {
    customer,
    latest_charge: charge,
    payment_method: paymentMethod,
    on_behalf_of: empty,
    review: empty,
  },
  payment_link: {
    application: empty,
    line_items: { include: ({ sandbox }, owner) => linkItems(sandbox, String(owner['id'])) },
    on_behalf_of: empty,
  },
  'checkout.session': {
    customer,
    invoice,
    line_items: { include: ({ sandbox }, owner) => sessionItems(sandbox, String(owner['id'])) },
    payment_intent: paymentIntent,
    payment_link: paymentLink,
    setup_intent: empty,
    subscription,
  },
  charge: {
    customer,
    payment_intent: paymentIntent,
    balance_transaction: empty,
    refunds: { include: ({ sandbox }, owner) => refundsOf(sandbox, String(owner['id'])) },
  },
  payment_method: { customer },
  refund: {
    balance_transaction: empty,
    charge,
    customer,
    payment_intent: paymentIntent,
    payment_method: paymentMethod,
  },
  discount: { customer, promotion_code: empty, 'source.coupon': coupon },
  coupon: {
    applies_to: {
      include({ sandbox }, owner) {
        const products = sandbox.coupons.get(String(owner['id']))?.products;
        return products ? { products } : undefined;
      },
    },
  },
  credit_note: {
    customer,
    'discount_amounts.discount': discount,
    'pretax_credit_amounts.discount': discount,
    customer_balance_transaction: balanceTransaction,
    invoice,
    'refunds.refund': refund,
  },
  credit_note_line_item: {
    'discount_amounts.discount': discount,
    'pretax_credit_amounts.discount': discount,
  },
  customer_balance_transaction: { credit_note: creditNote, customer, invoice },
};

function linkItems(sandbox: Sandbox, id: string) {
  const items = sandbox.paymentLinks.get(id)?.items ?? [];
  return listOfItems(sandbox, items, `/v1/payment_links/${id}/line_items`);
}

function sessionItems(sandbox: Sandbox, id: string) {
  const items = sandbox.sessions.get(id)?.items ?? [];
  return listOfItems(sandbox, items, `/v1/checkout/sessions/${id}/line_items`);
}

function refundsOf(sandbox: Sandbox, charge: string) {
  const data = newestFirst(sandbox.by.refundOfCharge.all(charge)).slice(0, 10);
  const has_more = sandbox.by.refundOfCharge.all(charge).length > data.length;
  return { object: 'list', data, has_more, url: `/v1/charges/${charge}/refunds` };
}

function subscriptionsOf(sandbox: Sandbox, customer: string) {
  const living = newestFirst(sandbox.by.subscriptionOfCustomer.all(customer)).filter(
    ({ status }) => status !== 'canceled',
  );
  const data = living.slice(0, 10).map((one) => showSubscription(sandbox, one));
  const has_more = living.length > data.length;
  return { object: 'list', data, has_more, url: `/v1/customers/${customer}/subscriptions` };
}

function emptyList(url: string) {
  return { object: 'list', data: [], has_more: false, url };
}
