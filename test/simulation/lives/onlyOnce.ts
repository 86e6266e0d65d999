import type Stripe from 'stripe';
import type { World } from '../../integration/world.ts';
import type { Told } from './coverage.ts';
import type { InStripe } from './inStripe.ts';

/** What was asked for was done once, and nothing that was refused: all there is in Stripe is counted against what was asked. */
export async function doneMoreOrLess(
  world: World,
  { told, inStripe, customers }: { told: Told; inStripe: InStripe; customers: number },
): Promise<string[]> {
  const commands = await doneCommands(world);
  const asked = (...actions: string[]) =>
    actions.reduce((sum, action) => sum + (commands.get(action) ?? 0), 0);
  const made = await invoicesMade(world);
  const { mails } = await world.control<{ mails: unknown[] }>('stripe', 'GET', '/mails');
  const { rows } = await world.database.pool.query<{ links: number; back: number }>(
    `SELECT (SELECT count(*)::int FROM payment_link WHERE stripe_id IS NOT NULL) AS links,
            (SELECT count(*)::int FROM link_payment WHERE given_back IS NOT NULL) AS back`,
  );
  const { links, back } = rows[0]!;
  const creditRefunds = inStripe.creditNotes.reduce((sum, { refunds }) => sum + refunds.length, 0);
  const equal: [what: string, there: number, wanted: number][] = [
    ['customers', inStripe.customers.length, customers],
    [
      'invoices without a record',
      made,
      bornOf(told) + asked('duplicate', 'revise') + told.done('stripe revise'),
    ],
    ['credit notes', inStripe.creditNotes.length, asked('credit') + told.done('stripe credit')],
    ['refunds', inStripe.refunds.length, asked('refund') + told.done('stripe refund') + creditRefunds + back],
    ['payment links', inStripe.links.length, links],
  ];
  const found = equal.flatMap(([what, there, wanted]) =>
    there === wanted ? [] : [`${there} ${what} in Stripe, and ${wanted} were asked for`],
  );
  if (found.length > 0) found.push(await failedCommands(world, inStripe));
  return [...found, ...linksWrong(inStripe), ...mailsWrong(mails.length, { told, asked })];
}

/** Where to look for what has an effect though it failed. */
async function failedCommands({ database }: World, { invoices }: InStripe): Promise<string> {
  const { rows } = await database.pool.query(
    `SELECT id, kind, crm_id, attempts, stage, state, error ->> 'message' AS said FROM command
     WHERE status = 'failed' AND (state <> '{}' OR stage <> 'accepted')`,
  );
  const from = [...invoices.values()].flatMap(({ id, from_invoice, metadata, description }) =>
    from_invoice || description !== 'A life' ? [{ id, from: from_invoice?.invoice, metadata }] : [],
  );
  return `Failed on their way: ${JSON.stringify(rows)}; made from others: ${JSON.stringify(from)}`;
}

/** Those that are made for no record of the org; subscriptions make others by themselves. */
async function invoicesMade({ stripe }: World): Promise<number> {
  const created = stripe.events.list({ type: 'invoice.created', limit: 100 });
  const invoices = new Set<string>();
  for await (const { data } of created) {
    const invoice = data.object as Stripe.Invoice;
    // One that was deleted in Stripe and edited in the org is made again; two of a record the comparison would find.
    const isForRecord = invoice.metadata?.salesforce_id && !invoice.from_invoice;
    if (!invoice.parent && !isForRecord) invoices.add(invoice.id);
  }
  return invoices.size;
}

const bornOf = (told: Told): number =>
  [...told.counts.keys()]
    .filter((what) => /^born in stripe/.test(what))
    .reduce((sum, what) => sum + told.done(what), 0);

/** An invoice has one link that can be paid at the most, and none once nothing is left to be paid. */
function linksWrong({ links, invoices }: InStripe): string[] {
  const active = new Map<string, number>();
  for (const { active: is, metadata } of links)
    if (is) active.set(metadata.stripe_invoice_id!, (active.get(metadata.stripe_invoice_id!) ?? 0) + 1);
  return [...active].flatMap(([id, count]) => [
    ...(count > 1 ? [`${id} has ${count} payment links`] : []),
    ...(invoices.get(id)?.status === 'open'
      ? []
      : [`${id} is ${String(invoices.get(id)?.status)} and has a payment link`]),
  ]);
}

/** Drafts that Stripe finalizes by itself are mailed, too: of those there may be more. */
function mailsWrong(
  mails: number,
  { told, asked }: { told: Told; asked: (...actions: string[]) => number },
): string[] {
  const most = asked('send', 'resend', 'remind') + told.done('stripe send');
  const byThemselves = told.done('stripe time') + told.done('born in subscription, with a clock');
  if (mails <= most || byThemselves > 0) return [];
  return [`${mails} mails, and ${most} were asked for`];
}

async function doneCommands({ database }: World): Promise<Map<string, number>> {
  const { rows } = await database.pool.query<{ kind: string; times: number }>(
    `SELECT kind, count(*)::int AS times FROM command WHERE status = 'done' GROUP BY kind`,
  );
  return new Map(rows.map(({ kind, times }) => [kind, times]));
}
