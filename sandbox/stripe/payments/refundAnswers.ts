import type { Call } from '../api/call.ts';
import type { Sandbox } from '../sandbox.ts';
import { billingSettings } from '../time/billingSettings.ts';
import type { Task } from '../time/task.ts';
import { emit, emitChange } from '../webhooks/events.ts';
import type { Charge, Refund } from '../wire.ts';
import { cardKind, type CardKind } from './testCards.ts';

/** A refund of which the bank will say more; it has the id of the refund. */
export interface StoredRefundAnswer {
  id: string;
  test_clock: string | null;
  at: number;
}

/** What docs.stripe.com/testing#refunds says of the card that was charged. */
export function laterAnswer(sandbox: Sandbox, charge: Charge): CardKind['refund'] {
  const card = sandbox.paymentMethods.get(charge.payment_method ?? '')?.test_card;
  return card ? cardKind(card).refund : undefined;
}

export function awaitAnswer(sandbox: Sandbox, { id, charge, customer }: Refund): void {
  if (!laterAnswer(sandbox, sandbox.charges.get(charge)!)) return;
  sandbox.refundAnswers.put({
    id,
    test_clock: sandbox.customers.get(customer ?? '')?.test_clock ?? null,
    at: sandbox.clock() + billingSettings(sandbox).refundSeconds,
  });
}

/** Refunds that are answered, on one clock. */
export function* refundTasks(sandbox: Sandbox, clock: string | null): Generator<Task> {
  for (const answer of sandbox.refundAnswers.values())
    if (answer.test_clock === clock)
      yield { at: answer.at, key: `refund ${answer.id}`, run: (call) => endRefund(call, answer.id) };
}

function endRefund(call: Call, id: string): void {
  const { sandbox } = call;
  sandbox.refundAnswers.delete(id);
  const before = sandbox.refunds.get(id)!;
  const charge = sandbox.charges.get(before.charge)!;
  if (laterAnswer(sandbox, charge) === 'waits')
    return refundEnds(call, before, { ...before, status: 'succeeded' });
  const after: Refund = { ...before, status: 'failed', failure_reason: 'expired_or_canceled_card' };
  // Guessed: what the bank sends back can be refunded again, and no event of the charge tells of it.
  sandbox.charges.put({
    ...charge,
    amount_refunded: charge.amount_refunded - before.amount,
    refunded: false,
  });
  refundEnds(call, before, after);
  emit(call, 'refund.failed', after);
}

function refundEnds(call: Call, before: Refund, after: Refund): void {
  call.sandbox.refunds.put(after);
  emitChange(call, 'refund.updated', { before, after });
  emitChange(call, 'charge.refund.updated', { before, after });
}
