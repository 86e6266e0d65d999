import type { Call } from '../api/call.ts';
import type { Sandbox } from '../sandbox.ts';
import { billingSettings } from '../time/billingSettings.ts';
import { DAY } from '../time/sandboxTime.ts';
import { emit } from '../webhooks/events.ts';
import type { StoredInvoice } from '../wire.ts';
import { showInvoice } from './invoiceObject.ts';

export interface Reminder {
  at: number;
  type: 'invoice.will_be_due' | 'invoice.overdue';
  /** Under which it is noted that it was told. */
  name: string;
}

/** What the automations still tell of an open invoice: nothing that was before them or before its finalization. */
export function remindersOf(sandbox: Sandbox, invoice: StoredInvoice): Reminder[] {
  const { willBeDueDays, overdueDays, since } = billingSettings(sandbox);
  const { due_date: due, status, reminded = [] } = invoice;
  if (due === null || status !== 'open') return [];
  const start = Math.max(invoice.status_transitions.finalized_at ?? 0, invoice.test_clock ? 0 : since);
  const all: Reminder[] = [
    ...willBeDueDays.map((days) => ({
      at: due - days * DAY,
      type: 'invoice.will_be_due' as const,
      name: `will_be_due:${days}`,
    })),
    ...overdueDays.map((days) => ({
      // An invoice that is due is not late until that second is over.
      at: due + days * DAY + 1,
      type: 'invoice.overdue' as const,
      name: `overdue:${days}`,
    })),
  ];
  return all.filter(({ at, name }) => at >= start && !reminded.includes(name));
}

export function remind(call: Call, invoice: StoredInvoice, { type, name }: Reminder): void {
  call.sandbox.invoices.put({ ...invoice, reminded: [...(invoice.reminded ?? []), name] });
  emit(call, type, showInvoice(call.sandbox, call.sandbox.invoices.get(invoice.id)!));
}
