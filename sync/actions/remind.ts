import { dayIn } from '../domain/civilDay.ts';
import type { StripeInvoice } from '../domain/invoice.ts';
import type { Engine } from '../engine.ts';
import { advanceCommand } from '../store/commands.ts';
import { lastMailedAt, type ScheduledReminder } from '../store/reminders.ts';
import { accountDay, accountZone } from '../stripe/accountZone.ts';
import { sendInvoice } from '../stripe/writeInvoice.ts';
import { nameOf, refused, type StepContext } from './stepContext.ts';

/** Has Stripe mail the invoice once more, and notes when. A schedule is told why, where it is not the moment for it. */
export async function remind(engine: Engine, context: StepContext, key: string): Promise<StripeInvoice> {
  const { command, stripe } = context;
  const scheduled = command.params.reminder as ScheduledReminder | undefined;
  // What was asked for before an interruption may have been mailed, and is then no second one.
  if (!command.state.asked) {
    if (scheduled) await refuseIfNotTheMoment(engine, context, scheduled);
    await advanceCommand(engine.database, command, { state: { asked: true } });
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
