import { inRange, pageRules, timeRange } from '../api/commonRules.ts';
import { page } from '../api/pagination.ts';
import { route } from '../api/route.ts';
import { flag, oneOf, text } from '../api/rules.ts';
import { attachPayment, attachRules } from './attachPayment.ts';
import { createInvoice, createRules } from './create.ts';
import { invoiceInPath } from './editable.ts';
import { finalizeInvoice } from './finalize.ts';
import { showInvoice } from './invoiceObject.ts';
import { invoiceRules, unsupportedInInvoices as unsupported } from './invoiceRules.ts';
import { payInvoice, payRules } from './pay.ts';
import { sendInvoice } from './send.ts';
import { deleteInvoice, updateInvoice } from './update.ts';
import { markUncollectible, voidInvoice } from './void.ts';

export const invoiceRoutes = [
  route('POST', '/v1/invoices', { parameters: createRules, unsupported, run: createInvoice }),
  route('GET', '/v1/invoices', {
    parameters: {
      ...pageRules,
      collection_method: oneOf('charge_automatically', 'send_invoice'),
      created: timeRange,
      customer: text(),
      due_date: timeRange,
      status: oneOf('draft', 'open', 'void', 'paid', 'uncollectible'),
      subscription: text(),
    },
    unsupported: ['customer_account'],
    run({ sandbox }, values) {
      const { customer, subscription } = values;
      const { anyInvoice, invoiceOfCustomer, invoiceOfSubscription } = sandbox.by;
      const all =
        subscription !== undefined
          ? invoiceOfSubscription.all(subscription)
          : customer === undefined
            ? anyInvoice.all('')
            : invoiceOfCustomer.all(customer);
      return page(all.reverse(), values, {
        url: '/v1/invoices',
        kind: 'invoice',
        show: (one) => showInvoice(sandbox, one),
        matches: (one) =>
          inRange(one.created, values.created) &&
          inRange(one.due_date, values.due_date) &&
          (customer ?? one.customer) === one.customer &&
          (values.status ?? one.status) === one.status &&
          (values.collection_method ?? one.collection_method) === one.collection_method,
      });
    },
  }),
  route('GET', '/v1/invoices/:invoice', {
    parameters: {},
    run: (call) => showInvoice(call.sandbox, invoiceInPath(call, 'invoice')),
  }),
  route('POST', '/v1/invoices/:invoice', {
    parameters: invoiceRules,
    unsupported,
    run: updateInvoice,
  }),
  route('DELETE', '/v1/invoices/:invoice', { parameters: {}, run: deleteInvoice }),
  route('POST', '/v1/invoices/:invoice/finalize', {
    parameters: { auto_advance: flag },
    run: (call, values) =>
      showInvoice(call.sandbox, finalizeInvoice(call, invoiceInPath(call, 'id'), values)),
  }),
  route('POST', '/v1/invoices/:invoice/send', { parameters: {}, run: sendInvoice }),
  route('POST', '/v1/invoices/:invoice/pay', {
    parameters: payRules,
    unsupported: ['mandate', 'source'],
    run: payInvoice,
  }),
  route('POST', '/v1/invoices/:invoice/attach_payment', {
    parameters: attachRules,
    unsupported: ['payment_intent'],
    run: attachPayment,
  }),
  route('POST', '/v1/invoices/:invoice/void', { parameters: {}, run: voidInvoice }),
  route('POST', '/v1/invoices/:invoice/mark_uncollectible', { parameters: {}, run: markUncollectible }),
];
