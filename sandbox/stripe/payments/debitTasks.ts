import type { Call } from '../api/call.ts';
import { showInvoice } from '../invoices/invoiceObject.ts';
import type { Sandbox } from '../sandbox.ts';
import type { Task } from '../time/task.ts';
import { debitOutcome } from './bankAccounts.ts';
import type { StoredDebit } from './bankDebit.ts';
import { chargeFailed, chargeSucceeded } from './chargeInvoice.ts';

/** Bank debits that are answered, on one clock. */
export function* debitTasks(sandbox: Sandbox, clock: string | null): Generator<Task> {
  for (const debit of sandbox.debits.values())
    if (debit.test_clock === clock)
      yield { at: debit.at, key: `debit ${debit.id}`, run: (call) => endDebit(call, debit) };
}

function endDebit(call: Call, debit: StoredDebit): void {
  const { sandbox } = call;
  sandbox.debits.delete(debit.id);
  const charge = sandbox.charges.get(debit.id);
  const invoice = sandbox.invoices.get(debit.invoice);
  const intent = sandbox.intents.get(charge?.payment_intent ?? '');
  const method = sandbox.paymentMethods.get(charge?.payment_method ?? '');
  if (!charge || !invoice || !method || intent?.status !== 'processing') return;
  const outcome = debitOutcome(method);
  if (outcome === 'stays') return;
  const attempt = { intent: { ...intent, amount: charge.amount }, method };
  if (outcome === 'succeeds') {
    const receipt_url = showInvoice(sandbox, invoice).hosted_invoice_url ?? null;
    const taken = { ...charge, paid: true, receipt_url, status: 'succeeded' as const };
    sandbox.charges.put(taken);
    return chargeSucceeded(call, invoice, { ...attempt, charge: taken, attempted: invoice });
  }
  const { code, message } = outcome;
  const refused = {
    ...charge,
    ...{ amount_captured: 0, captured: false, failure_code: code, failure_message: message },
    status: 'failed' as const,
  };
  sandbox.charges.put(refused);
  const attempted = { ...invoice, next_payment_attempt: debit.retryAt };
  chargeFailed(call, invoice, { ...attempt, charge: refused, decline: outcome, attempted });
}
