import { dayIn } from '../domain/civilDay.ts';
import type { StripeInvoice } from '../domain/invoice.ts';
import type { Engine } from '../engine.ts';
import { advanceCommand } from '../store/commands.ts';
import { lastMailedAt, type ScheduledReminder } from '../store/reminders.ts';
import { accountDay, accountZone } from '../stripe/accountZone.ts';
import { sendInvoice } from '../stripe/writeInvoice.ts';
import { nameOf, refused, type StepContext } from './stepContext.ts';

// Stripe remembers a key for 24 hours at least; what is tried later could be a second mail.
const REPEATED_WITHIN_MS = 23 * 3_600_000;

/** Has Stripe mail the invoice once more, and notes when. A schedule is told why, where it is not the moment for it. */
export async function remind(engine: Engine, context: StepContext, key: string): Promise<StripeInvoice> {
  const { command, stripe } = context;
  const scheduled = command.params.reminder as ScheduledReminder | undefined;
  const begunAt = command.state.begunAt as string | undefined;
  if (begunAt && engine.now().getTime() - Date.parse(begunAt) > REPEATED_WITHIN_MS)
    throw refused(
      'reminder_unsure',
      `Whether the reminder of ${nameOf(context)} was mailed is not known: Stripe did not answer for a day. It is not repeated.`,
    );
  if (!begunAt) {
    if (scheduled) await refuseIfNotTheMoment(engine, context, scheduled);
    await advanceCommand(engine.database, command, { state: { begunAt: engine.now().toISOString() } });
  }
  const reminded = await sendInvoice(engine.stripe, stripe.id, key);
  await advanceCommand(engine.database, command, { state: { remindedAt: engine.now().toISOString() } });
  return reminded;
}

/** What has happened since the schedule asked for it: days may have gone by, and people may have written. */
async function refuseIfNotTheMoment(
  engine: Engine,
  { crm, stripe, record }: StepContext,
  { day }: ScheduledReminder,
): Promise<void> {
  const name = nameOf({ crm, stripe });
  const skipped = (why: string) => refused('reminder_skipped', `${name} was not reminded of: ${why}`);
  if (crm.noReminders) throw skipped('No Reminders is set on the invoice or its account.');
  if (stripe.amountRemaining <= 0) throw skipped('nothing is left to pay.');
  if ((await accountDay(engine.stripe, engine.now())) !== day) throw skipped(`its day, ${day}, is over.`);
  const told = await lastMailedAt(engine.database, stripe.id);
  const mailed = Math.max(told?.getTime() ?? 0, record.sentAt?.getTime() ?? 0);
  // Whoever was written to today, by a person or by Stripe's own reminders, is not written to again.
  if (mailed > 0 && dayIn(await accountZone(engine.stripe), mailed / 1000) === day)
    throw skipped('Stripe has mailed it today already.');
}
