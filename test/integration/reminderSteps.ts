import { addDays, dayIn } from '../../sync/domain/civilDay.ts';
import type { JobSteps } from './jobSteps.ts';
import { eventually, type World } from './world.ts';

/** Wherever it is noon now: reminders go out by day. Etc/GMT-3 is three hours before UTC. */
export const NOON_ZONE = (() => {
  const ahead = 12 - new Date().getUTCHours();
  return ahead === 0 ? 'Etc/UTC' : `Etc/GMT${ahead > 0 ? '-' : '+'}${Math.abs(ahead)}`;
})();

const today = () => dayIn(NOON_ZONE, Date.now() / 1000);

/** Due in so many days of the account, and mailed so long ago that the customer may be written to again. */
export async function sentDaysAgo(
  world: World,
  steps: JobSteps,
  dueIn = 30,
): Promise<{ crmId: string; id: string }> {
  const crmId = await steps.raise();
  await world.rep.update('Invoice__c', crmId, { Due_Date__c: addDays(today(), dueIn) });
  await world.rep.sync(crmId);
  await world.rep.send(crmId);
  const { id } = await steps.stripeInvoice(crmId);
  await eventually(async () => {
    const { rows } = await world.database.pool.query(
      "SELECT FROM inbox_event WHERE type = 'invoice.sent' AND object_id = $1",
      [id],
    );
    return rows.length > 0;
  }, 'the event of the mail is there');
  await steps.quiet();
  const { pool } = world.database;
  await pool.query(
    "UPDATE inbox_event SET occurred_at = occurred_at - interval '3 days' WHERE type = 'invoice.sent' AND object_id = $1",
    [id],
  );
  await pool.query("UPDATE sync_record SET sent_at = sent_at - interval '3 days' WHERE stripe_id = $1", [id]);
  return { crmId, id };
}
