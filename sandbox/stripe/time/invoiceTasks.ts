import { advanceDraft, chargeByItself, finalizesAt } from '../invoices/advance.ts';
import { remind, remindersOf } from '../invoices/reminders.ts';
import type { Sandbox } from '../sandbox.ts';
import { billingSettings } from './billingSettings.ts';
import type { Task } from './task.ts';

/** What invoices do by themselves, on one clock. */
export function* invoiceTasks(sandbox: Sandbox, clock: string | null): Generator<Task> {
  const { invoiceWaiting } = sandbox.by;
  for (const invoice of invoiceWaiting.all('draft')) {
    const at = finalizesAt(invoice);
    if (at !== null && invoice.test_clock === clock)
      yield { at, key: `finalize ${invoice.id}`, run: (call) => advanceDraft(call, invoice) };
  }
  for (const invoice of invoiceWaiting.all('charge')) {
    const at = invoice.next_payment_attempt;
    if (at !== null && invoice.test_clock === clock)
      yield { at, key: `charge ${invoice.id} ${at}`, run: (call) => chargeByItself(call, invoice) };
  }
  const { willBeDueDays, overdueDays } = billingSettings(sandbox);
  if (willBeDueDays.length + overdueDays.length === 0) return;
  for (const invoice of invoiceWaiting.all('due')) {
    if (invoice.test_clock !== clock) continue;
    for (const reminder of remindersOf(sandbox, invoice))
      yield {
        at: reminder.at,
        key: `${reminder.name} ${invoice.id}`,
        run: (call) => remind(call, invoice, reminder),
      };
  }
}
