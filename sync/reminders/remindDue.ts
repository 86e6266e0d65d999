import { addDays, dayIn, endOfDay, momentOf } from '../domain/civilDay.ts';
import type { Engine } from '../engine.ts';
import { acceptCommand } from '../store/commands.ts';
import { invoicesToRemind, remindersUnderWay, type ScheduledReminder } from '../store/reminders.ts';
import { accountZone } from '../stripe/accountZone.ts';

/** By the clocks of the Stripe account: nobody is reminded at night. */
export const CIVIL_HOURS = { from: 9, to: 18 } as const;

// So many wait at a time; people's commands go before them.
const MOST_WAITING = 100;

/**
 * Asks for the reminders that are due today, each by a command of its own: its key, which names invoice, due date and
 * offset, is taken once, whichever worker is first and however often it dies. Returns how many were asked for.
 */
export async function remindDue(engine: Engine): Promise<number> {
  const { reminders = [] } = engine.settings;
  if (reminders.length === 0) return 0;
  const zone = await accountZone(engine.stripe);
  const now = engine.now().getTime() / 1000;
  const day = dayIn(zone, now);
  if (now < momentOf(zone, day, CIVIL_HOURS.from) || now >= momentOf(zone, day, CIVIL_HOURS.to)) return 0;
  const orgId = await engine.org.identify();
  let asked = 0;
  for (const offset of reminders) {
    const dueDay = addDays(day, -offset);
    const key = `reminder ${dueDay} ${offset} `;
    const due = await invoicesToRemind(engine.database, {
      after: new Date(endOfDay(zone, addDays(dueDay, -1)) * 1000),
      until: new Date(endOfDay(zone, dueDay) * 1000),
      key,
      limit: Math.max(0, MOST_WAITING - (await remindersUnderWay(engine.database))),
    });
    for (const { crmId, stripeId } of due) {
      await acceptCommand(engine.database, {
        orgId,
        kind: 'remind',
        entity: 'invoice',
        crmId,
        params: { reminder: { offset, day } satisfies ScheduledReminder },
        idempotencyKey: `${key}${stripeId}`,
        actingUser: null,
      });
    }
    asked += due.length;
  }
  return asked;
}
