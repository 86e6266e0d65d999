import { newId } from '../ids.ts';
import type { Sandbox } from '../sandbox.ts';
import type { BalanceTransaction, Customer } from '../wire.ts';

export interface BalanceChange {
  /** Negative is credit for the customer, positive is debt. */
  amount: number;
  type: BalanceTransaction['type'];
  invoice?: string;
  credit_note?: string;
  description?: string | null;
  metadata?: Record<string, string>;
}

/** Writes down why a balance changes; `before` is the customer with the balance until now. */
export function recordBalanceChange(
  sandbox: Sandbox,
  before: Customer,
  change: BalanceChange,
): BalanceTransaction {
  const transaction: BalanceTransaction = {
    id: newId('cbtxn'),
    object: 'customer_balance_transaction',
    amount: change.amount,
    checkout_session: null,
    created: sandbox.clock(),
    credit_note: change.credit_note ?? null,
    currency: before.currency ?? 'usd',
    customer: before.id,
    customer_account: null,
    description: change.description ?? null,
    ending_balance: before.balance + change.amount,
    invoice: change.invoice ?? null,
    livemode: false,
    metadata: change.metadata ?? {},
    type: change.type,
  };
  sandbox.balanceTransactions.put(transaction);
  return transaction;
}
