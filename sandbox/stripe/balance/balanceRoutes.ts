import type { Call } from '../api/call.ts';
import { changedMetadata, currency, inRange, metadata, pageRules, timeRange } from '../api/commonRules.ts';
import { invalidParameter, resourceMissing } from '../api/errors.ts';
import { newestFirst, page } from '../api/pagination.ts';
import type { Values } from '../api/parameters.ts';
import { route } from '../api/route.ts';
import { integer, required, text } from '../api/rules.ts';
import { saveCustomer } from '../resources/customers.ts';
import type { BalanceTransaction, Customer } from '../wire.ts';
import { changeBalance } from './changeBalance.ts';

const createRules = {
  amount: required(integer()),
  currency: required(currency),
  description: text({ max: 350 }),
  metadata,
};
const updateRules = { description: text({ max: 350 }), metadata };

export const balanceRoutes = [
  route('POST', '/v1/customers/:customer/balance_transactions', {
    parameters: createRules,
    run: createTransaction,
  }),
  route('GET', '/v1/customers/:customer/balance_transactions', {
    parameters: { ...pageRules, created: timeRange, invoice: text() },
    run(call, values) {
      const customer = customerOf(call);
      const wanted = newestFirst(call.sandbox.by.balanceTransactionOfCustomer.all(customer.id)).filter(
        (one) => inRange(one.created, values.created) && (values.invoice ?? one.invoice) === one.invoice,
      );
      return page(wanted, values, {
        url: `/v1/customers/${customer.id}/balance_transactions`,
        kind: 'customer balance transaction',
        show: (one) => one,
      });
    },
  }),
  route('GET', '/v1/customers/:customer/balance_transactions/:transaction', {
    parameters: {},
    run: (call) => found(call),
  }),
  route('POST', '/v1/customers/:customer/balance_transactions/:transaction', {
    parameters: updateRules,
    run(call, values) {
      const transaction = found(call);
      const after: BalanceTransaction = {
        ...transaction,
        description: values.description ?? transaction.description,
        metadata: changedMetadata(transaction.metadata, values.metadata),
      };
      call.sandbox.balanceTransactions.put(after);
      return after;
    },
  }),
];

/** A merchant's own correction. The first one gives a customer without a currency theirs. */
function createTransaction(call: Call, values: Values<typeof createRules>): object {
  const customer = customerOf(call);
  if (values.amount === 0) throw invalidParameter('The amount must be non-zero.', 'amount');
  if (customer.currency !== null && customer.currency !== values.currency)
    throw invalidParameter(
      `The sandbox Stripe keeps one balance for each customer, in ${customer.currency} (real Stripe keeps one for each currency).`,
      'currency',
      'sandbox_unsupported',
    );
  return changeBalance(call, saveCustomer(call, customer, { ...customer, currency: values.currency }), {
    amount: values.amount,
    type: 'adjustment',
    description: values.description ?? null,
    metadata: changedMetadata({}, values.metadata),
  });
}

function customerOf({ sandbox, path }: Call): Customer {
  const id = path['customer'] ?? '';
  const customer = sandbox.customers.get(id);
  if (!customer) throw resourceMissing('customer', id, 'customer');
  return customer;
}

function found(call: Call): BalanceTransaction {
  const id = call.path['transaction'] ?? '';
  const transaction = call.sandbox.balanceTransactions.get(id);
  if (!transaction || transaction.customer !== customerOf(call).id)
    throw resourceMissing('customer balance transaction', id, 'transaction');
  return transaction;
}
