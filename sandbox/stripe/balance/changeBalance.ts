import type { Call } from '../api/call.ts';
import { saveCustomer } from '../resources/customers.ts';
import type { BalanceTransaction, Customer } from '../wire.ts';
import { recordBalanceChange } from './balanceTransaction.ts';
import type { BalanceChange } from './balanceTransaction.ts';

/** Changes a customer's balance and keeps the reason; Stripe tells it in customer.updated. */
export function changeBalance(call: Call, customer: Customer, change: BalanceChange): BalanceTransaction {
  const transaction = recordBalanceChange(call.sandbox, customer, change);
  saveCustomer(call, customer, { ...customer, balance: transaction.ending_balance });
  return transaction;
}
