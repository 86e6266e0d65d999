import type { Sandbox } from '../sandbox.ts';
import type { Event } from '../wire.ts';

/** All endpoints took invoice.created: the hour to the finalization begins. Stripe tells that in no event. */
export function acknowledged(sandbox: Sandbox, event: Event): void {
  if (event.type !== 'invoice.created') return;
  const { id = '' } = event.data.object as { id?: string };
  const invoice = sandbox.invoices.get(id);
  if (invoice && invoice.webhooks_delivered_at === null)
    sandbox.invoices.put({ ...invoice, webhooks_delivered_at: sandbox.time.wall() });
}
