import type { CrmInvoice, StripeInvoice } from '../domain/invoice.ts';
import type { Engine } from '../engine.ts';
import { isSyncFailure, PermanentFailure } from '../failure.ts';
import { advanceCommand } from '../store/commands.ts';
import type { Command } from '../store/entities.ts';
import { firstSentAt } from '../store/sentInvoices.ts';
import { dropIntent, noteIntent, noteSent, type ClaimedRecord } from '../store/syncRecords.ts';
import { isFinalAnswer } from '../stripe/translateError.ts';
import { sendInvoice } from '../stripe/writeInvoice.ts';

/**
 * Has Stripe finalize and mail the invoice, once. The idempotency key belongs to the invoice, not to the
 * command: two people who press the button at the same time, and a worker that was killed between Stripe's
 * answer and its own note of it, all ask for the same mail.
 */
export async function sendStep(
  engine: Engine,
  {
    command,
    record,
    crm,
    stripe,
  }: { command: Command; record: ClaimedRecord; crm: CrmInvoice; stripe: StripeInvoice },
): Promise<StripeInvoice> {
  // This very command has sent it before it was interrupted; what is left is to write the org.
  if (command.stage === 'sent') return stripe;
  await refuseIfNotSendable(engine, { record, crm, stripe });

  const { key } = await noteIntent(engine.database, record, {
    name: 'send',
    intent: { key: `send-${record.id}-${command.id}-${command.attempts}` },
  });
  try {
    const sent = await sendInvoice(engine.stripe, stripe.id, key);
    await noteSent(engine.database, record, engine.now());
    await advanceCommand(engine.database, command, { stage: 'sent' });
    return sent;
  } catch (error) {
    if (isSyncFailure(error) && isFinalAnswer(error)) await dropIntent(engine.database, record, 'send');
    throw error;
  }
}

async function refuseIfNotSendable(
  engine: Engine,
  { record, crm, stripe }: { record: ClaimedRecord; crm: CrmInvoice; stripe: StripeInvoice },
): Promise<void> {
  const name = stripe.number ?? crm.name;
  if (stripe.status === 'paid')
    throw refused('wrong_state', `${name} is paid. There is nothing left to send.`);
  if (stripe.status === 'void') throw refused('wrong_state', `${name} is void. Raise a new invoice instead.`);
  if (stripe.status === 'uncollectible') {
    throw refused(
      'wrong_state',
      `${name} is marked uncollectible. Take that back in Stripe before sending it.`,
    );
  }
  if (stripe.status === 'draft' && stripe.lines.length === 0) {
    throw refused('no_lines', `${name} has no lines. Add at least one product before sending it.`);
  }
  if (stripe.status === 'open') {
    const sentAt =
      record.sentAt?.toISOString() ??
      crm.sentAt ??
      (await firstSentAt(engine.database, [stripe.id])).get(stripe.id)?.toISOString();
    if (sentAt) {
      throw refused(
        'already_sent',
        `${name} was sent on ${sentAt.slice(0, 16).replace('T', ' at ')} UTC. It was not sent again.`,
      );
    }
  }
}

const refused = (code: string, message: string) => new PermanentFailure({ code, stage: 'decide', message });
