import type { Call } from '../api/call.ts';
import { refused } from '../api/errors.ts';
import { newId } from '../ids.ts';
import { formatMoney } from '../pages/money.ts';
import type { Sandbox } from '../sandbox.ts';
import { emit, emitChange } from '../webhooks/events.ts';
import type { Charge, Refund } from '../wire.ts';
import { awaitAnswer, laterAnswer } from './refundAnswers.ts';

export interface RefundFields {
  /** All that is left when it is not said. */
  amount: number | undefined;
  reason: Refund['reason'];
  metadata: Record<string, string>;
}

/** Gives money of a charge back. An invoice that was paid with it stays paid: only a credit note changes that. */
export function refundCharge(call: Call, charge: Charge, fields: RefundFields): Refund {
  const { sandbox } = call;
  const amount = refundable(charge, fields.amount);
  const refund: Refund = {
    id: newId('re'),
    object: 'refund',
    amount,
    balance_transaction: null,
    charge: charge.id,
    created: sandbox.clock(),
    currency: charge.currency,
    customer: charge.customer,
    customer_account: null,
    destination_details: {
      type: 'card',
      card: { reference_status: 'pending', reference_type: 'acquirer_reference_number', type: 'refund' },
    },
    metadata: fields.metadata,
    payment_intent: charge.payment_intent,
    payment_method: charge.payment_method,
    reason: fields.reason,
    receipt_number: null,
    source_transfer_reversal: null,
    status: laterAnswer(sandbox, charge) === 'waits' ? 'pending' : 'succeeded',
    transfer_reversal: null,
  };
  const refunded = charge.amount_refunded + amount;
  const after: Charge = {
    ...charge,
    amount_refunded: refunded,
    refunded: refunded === charge.amount_captured,
  };
  sandbox.refunds.put(refund);
  sandbox.charges.put(after);
  awaitAnswer(sandbox, refund);
  emit(call, 'refund.created', refund);
  emitChange(call, 'charge.refunded', { before: charge, after });
  return refund;
}

function refundable(charge: Charge, asked: number | undefined): number {
  if (charge.status !== 'succeeded')
    throw refused(`Charge ${charge.id} has not succeeded and cannot be refunded.`, { param: 'charge' });
  const left = charge.amount_captured - charge.amount_refunded;
  if (left === 0)
    throw refused(`Charge ${charge.id} has already been refunded.`, { code: 'charge_already_refunded' });
  const amount = asked ?? left;
  if (amount > left) {
    const [much, most] = [amount, left].map((one) => formatMoney(one, charge.currency));
    throw refused(`Refund amount (${much}) is greater than unrefunded amount on charge (${most})`, {
      param: 'amount',
    });
  }
  return amount;
}

/** The succeeded charges behind the payments of an invoice. */
export function chargesOf(sandbox: Sandbox, invoiceId: string): Charge[] {
  return sandbox.by.paymentOfInvoice
    .all(invoiceId)
    .flatMap(({ payment }) => sandbox.by.chargeOfIntent.all(payment.payment_intent ?? ''))
    .filter((charge) => charge.status === 'succeeded');
}
