import { setTimeout as pause } from 'node:timers/promises';
import { markAllDirty } from '../../sync/store/syncRecords.ts';
import {
  chooseLine,
  customerField,
  edit,
  lineField,
  pairedId,
  productField,
  stripeInvoice,
  termsField,
  type Editable,
} from './edits.ts';
import type { Contested } from './history.ts';
import type { FieldValue, InvoiceJournal, Journal } from './journal.ts';
import { keyInStripe } from './edits.ts';
import type { Simulated } from './simulated.ts';

export interface Contest {
  people: { customer: Journal; product: Journal };
  journal: InvoiceJournal;
  field: Contested;
  ours: FieldValue;
  theirs: FieldValue;
}

/** Both sides change the same field of a record that is in sync, while its row is held: nobody can look in between. */
export async function contest(
  simulated: Simulated,
  { people, journal, field, ours, theirs }: Contest,
): Promise<void> {
  const held = field === 'customer' || field === 'product' ? people[field] : journal;
  const { pool } = simulated.world.database;
  const { rows } = await pool.query<{ id: string }>(
    `UPDATE sync_record SET lease_owner = 'people', lease_until = now() + interval '1 minute'
     WHERE entity = $1 AND crm_id = $2 AND state = 'clean' AND base IS NOT NULL AND stripe_id IS NOT NULL
       AND (lease_until IS NULL OR lease_until < now()) RETURNING id`,
    [held.entity, held.crmId],
  );
  if (rows.length !== 1) return;
  try {
    const editable = await contested(simulated, { people, journal, field });
    if (!editable) return;
    const took = [await edit(editable, 'salesforce', ours), await edit(editable, 'stripe', theirs)];
    if (took.every(Boolean)) held.contests.push({ key: editable.key, salesforce: ours, stripe: theirs });
  } finally {
    await pool.query(
      `UPDATE sync_record SET lease_owner = NULL, lease_until = NULL WHERE id = $1 AND lease_owner = 'people'`,
      [rows[0]!.id],
    );
  }
}

// A person edits within less, and takes no longer than this to wait for the engine.
const HELD_MS = 1_000;

/**
 * Somebody edits in the org, and while the engine is about to write that to Stripe, somebody edits the same there: the engine
 * has read it already.
 */
export async function overtake(simulated: Simulated, change: Contest): Promise<void> {
  const { people, journal, field, ours, theirs } = change;
  const { control } = simulated.world;
  const journaled = field === 'customer' || field === 'product' ? people[field] : journal;
  const id = await pairedId(simulated, journaled);
  const editable = id && (await contested(simulated, change));
  if (!editable) return;
  const match = { method: 'POST', path: `^/v1/\\w+/${id}(/update_lines)?$` };
  const { id: fault } = await control<{ id: string }>('stripe', 'POST', '/faults', {
    match,
    kind: 'delay',
    delayMs: HELD_MS,
    times: 1,
  });
  const isStruck = async () =>
    (await control<{ id: string }[]>('stripe', 'GET', '/faults')).every((one) => one.id !== fault);
  if (!(await edit(editable, 'salesforce', ours))) return;
  // The org tells only some time later.
  await markAllDirty(simulated.world.database, journaled.entity, {
    crmIds: [journaled.crmId!],
  });
  const deadline = Date.now() + HELD_MS;
  while (!(await isStruck())) {
    if (Date.now() > deadline) return;
    await pause(5);
  }
  if (await edit(editable, 'stripe', theirs)) simulated.raced += 1;
}

async function contested(
  simulated: Simulated,
  { people, journal, field }: Pick<Contest, 'people' | 'journal' | 'field'>,
): Promise<Editable | undefined> {
  if (field === 'customer') return customerField(simulated, people.customer, 'name');
  if (field === 'product') return productField(simulated, people.product, 'name');
  const invoice = await stripeInvoice(simulated, journal);
  if (invoice?.status !== 'draft') return undefined;
  if (field !== 'quantity') return termsField(simulated, journal, field);
  const salesforce = await chooseLine(simulated, journal, { side: 'salesforce', index: 0 });
  const line = invoice.lines.data.find((one) => salesforce && keyInStripe(journal, one) === salesforce.key);
  if (!salesforce || !line) return undefined;
  const stripe = { id: line.id, key: salesforce.key, invoice, line };
  return lineField(simulated, journal, { chosen: { salesforce, stripe }, field });
}
