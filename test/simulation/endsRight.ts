import type Stripe from 'stripe';
import type { OrgRecord } from '../integration/orgUser.ts';
import { editsKept, linesKept, type Conflict, type Delivered, type Seen } from './editsKept.ts';
import { keyInStripe } from './edits.ts';
import { customerFields, lineFields, productFields, termsFields, valueInOrg } from './fields.ts';
import type { InvoiceJournal, Journal } from './journal.ts';
import { paymentsRight } from './paymentsRight.ts';
import type { Simulated } from './simulated.ts';

/** What there is in Stripe when a round has ended, read once for all its histories. */
export interface Ending {
  simulated: Simulated;
  /** Whether the org's change stream did not bring everything: then an edit that was overwritten cannot be noticed. */
  eventsWereLost: boolean;
  /** Stripe's ids of customers, products and invoices by the id of the org's record that they carry. */
  made: Map<string, string[]>;
  customers: Map<string, Stripe.Customer>;
  products: Map<string, Stripe.Product>;
  mails: { invoice: string }[];
  /** The org's id of the Account for which a customer was made, by the customer's id. */
  bornFor: Map<string, string>;
}

// Of each kind, newest first; a round makes fewer.
const RECENT = 400;

export async function readEnding(
  simulated: Simulated,
  { eventsWereLost }: Pick<Ending, 'eventsWereLost'>,
): Promise<Ending> {
  const { stripe, control } = simulated.world;
  const [customers, products, invoices, births] = await Promise.all([
    stripe.customers.list({ limit: 100 }).autoPagingToArray({ limit: RECENT }),
    stripe.products.list({ limit: 100 }).autoPagingToArray({ limit: RECENT }),
    stripe.invoices.list({ limit: 100 }).autoPagingToArray({ limit: RECENT }),
    stripe.events.list({ type: 'customer.created', limit: 100 }).autoPagingToArray({ limit: RECENT }),
  ]);
  const made = new Map<string, string[]>();
  for (const { id, metadata } of [...customers, ...products, ...invoices]) {
    const crmId = metadata?.salesforce_id;
    if (crmId) made.set(crmId, [...(made.get(crmId) ?? []), id]);
  }
  const born = births.flatMap(({ data }) => {
    const { id, metadata } = data.object as Stripe.Customer;
    return metadata.salesforce_id ? [[id, metadata.salesforce_id] as const] : [];
  });
  return {
    simulated,
    eventsWereLost,
    made,
    bornFor: new Map(born),
    customers: new Map(customers.map((one) => [one.id, one])),
    products: new Map(products.map((one) => [one.id, one])),
    mails: (await control<{ mails: { invoice: string }[] }>('stripe', 'GET', '/mails')).mails,
  };
}

/** Everything that is wrong with a history's customer or product in the end, in words. */
export async function pairEndsRight(ending: Ending, journal: Journal): Promise<string[]> {
  const { entity, crmId, stripeId } = journal;
  const places: Record<string, Place> = entity === 'customer' ? customerFields : productFields;
  const made = ending.made.get(crmId!) ?? [];
  if (made.join() !== (stripeId ?? ''))
    return [`${made.join(', ') || 'nothing'} in Stripe, linked to ${stripeId}`];
  const fields = Object.values(places).map(({ inOrg }) => inOrg);
  const object = entity === 'customer' ? 'Account' : 'Product2';
  const [record] = await ending.simulated.world.admin.query(
    `SELECT Id, ${fields.join(', ')}, Sync_Status__c, Sync_Error__c FROM ${object} WHERE Id = '${crmId}'`,
  );
  const stripe = stripeId && (entity === 'customer' ? ending.customers : ending.products).get(stripeId);
  const problems = stripe
    ? differences(record!, [
        ...Object.values(places).map(({ inOrg, inStripe }) => [inOrg, inStripe(stripe as never)] as const),
      ])
    : [];
  const seen: Seen = {
    value: (key) => record![places[key]!.inOrg] ?? null,
    isDraft: true,
    ...(await history(ending, journal)),
  };
  if (stripe) problems.push(...statusRight(record!, seen));
  return [...problems, ...editsKept(journal, seen)];
}

interface Place {
  inOrg: string;
  inStripe(record: never): unknown;
}

/** Everything that is wrong with one invoice in the end: on either side, of its lines, its payments, its mails. */
export async function invoiceEndsRight(ending: Ending, journal: InvoiceJournal): Promise<string[]> {
  const { simulated, made } = ending;
  const { world } = simulated;
  const { crmId } = journal;
  if (journal.deleted) return deletedEndsRight(ending, journal);
  if (!crmId) return ['is not in the org'];
  const crm = await world.rep.invoice(crmId);
  const linked = crm.Stripe_Invoice_Id__c as string | null;
  const marked = made.get(crmId) ?? [];
  if (!linked || marked.length > 1 || (marked[0] && marked[0] !== linked))
    return [`${marked.join(', ') || 'nothing'} in Stripe, linked to ${linked}; ${String(crm.Sync_Error__c)}`];
  const stripe = await world.stripe.invoices.retrieve(linked);
  const twins = await world.rep.query(
    `SELECT Id FROM Invoice__c WHERE Stripe_Invoice_Id__c = '${stripe.id}'`,
  );
  const problems = twins.length === 1 ? [] : [`${twins.length} records for ${stripe.id}`];
  const crmLines = await world.rep.lines(crmId);
  problems.push(
    ...sidesEqual(stripe, crm),
    ...linesEqual(stripe, crmLines),
    ...sentRight(ending, { journal, stripe }),
  );
  problems.push(...(await paymentsRight(simulated, { crmId, stripe })));

  const lineOf = (key: string) => lineByKey(key, { journal, stripe, crmLines });
  const seen: Seen = {
    value: (key) => {
      const [line, field] = key.split('/') as [string, keyof typeof lineFields];
      if (!field) return crm[termsFields[key as keyof typeof termsFields].inOrg] ?? null;
      const found = lineOf(line);
      return found && valueInOrg(lineFields[field], found);
    },
    isDraft: stripe.status === 'draft',
    ...(await history(ending, journal)),
  };
  problems.push(...statusRight(crm, seen));
  const lines = linesKept(journal, { ...seen, has: (key) => lineOf(key) !== undefined });
  return [...problems, ...lines, ...editsKept(journal, seen)];
}

/** A deleted draft is gone on both sides. One that was finalized at the same moment waits for somebody, with words. */
async function deletedEndsRight(
  { simulated }: Ending,
  { crmId, stripeId }: InvoiceJournal,
): Promise<string[]> {
  const { rep, stripe, database } = simulated.world;
  const ids = [crmId && `Id = '${crmId}'`, stripeId && `Stripe_Invoice_Id__c = '${stripeId}'`];
  const records = await rep.query(`SELECT Id FROM Invoice__c WHERE ${ids.filter(Boolean).join(' OR ')}`);
  if (records.length > 0) return ['was deleted as a draft and is in the org'];
  const left = stripeId ? await stripe.invoices.retrieve(stripeId).catch(() => undefined) : undefined;
  if (!left || left.status === 'paid' || left.status === 'void') return [];
  const { rows } = await database.pool.query<{ state: string; error_message: string | null }>(
    `SELECT state, error_message FROM sync_record WHERE entity = 'invoice' AND stripe_id = $1`,
    [stripeId],
  );
  const waits = left.status !== 'draft' && rows[0]?.state === 'parked' && rows[0].error_message;
  return waits ? [] : [`was deleted as a draft and is ${left.status} in Stripe: ${JSON.stringify(rows)}`];
}

/** What waits because it was deleted and is still owed is voided, as its words say. */
export async function voidWhatWaits({ simulated }: Ending, journals: InvoiceJournal[]): Promise<void> {
  const { invoices } = simulated.world.stripe;
  for (const { deleted, stripeId } of journals) {
    const left = deleted && stripeId ? await invoices.retrieve(stripeId).catch(() => undefined) : undefined;
    if (left?.status === 'open' || left?.status === 'uncollectible') await invoices.voidInvoice(left.id);
  }
}

function sidesEqual(stripe: Stripe.Invoice, crm: OrgRecord): string[] {
  const amount = (minor: number) => minor / 100;
  return differences(crm, [
    ['Status__c', stripe.status!.charAt(0).toUpperCase() + stripe.status!.slice(1)],
    ['Number__c', stripe.number],
    ['Description__c', termsFields.description.inStripe(stripe)],
    ['Due_Date__c', termsFields.dueDate.inStripe(stripe)],
    ['Total__c', amount(stripe.total)],
    ['Amount_Due__c', amount(stripe.amount_due)],
    ['Amount_Paid__c', amount(stripe.amount_paid)],
    ['Amount_Remaining__c', amount(stripe.amount_remaining)],
  ]);
}

/** A conflict that nobody has looked at yet stays on the record, in words; nothing else but Synced is right. */
export function statusRight({ Sync_Status__c, Sync_Error__c }: OrgRecord, { conflicts }: Seen): string[] {
  const right =
    Sync_Status__c === 'Conflict'
      ? conflicts.length > 0 && Sync_Error__c !== null
      : Sync_Status__c === 'Synced' && Sync_Error__c === null;
  return right ? [] : [`is ${String(Sync_Status__c)}: ${String(Sync_Error__c)}`];
}

function linesEqual(stripe: Stripe.Invoice, crmLines: OrgRecord[]): string[] {
  const left = new Map(stripe.lines.data.map((line) => [line.id, line]));
  const problems = crmLines.flatMap((line) => {
    const other = left.get(String(line.Stripe_Line_Id__c));
    left.delete(String(line.Stripe_Line_Id__c));
    if (!other) return `line ${line.Id} is not in Stripe`;
    return differences(line, [
      ['Quantity__c', other.quantity],
      ['Unit_Price__c', Number(other.pricing?.unit_amount_decimal) / 100],
      ['Amount__c', other.amount / 100],
      // An empty description in the org stands for the product's name.
      ...(line.Description__c === null ? [] : [['Description__c', other.description] as const]),
    ]);
  });
  return [...problems, ...[...left.keys()].map((id) => `line ${id} of Stripe is not in the org`)];
}

function sentRight(
  { mails }: Ending,
  { journal, stripe }: { journal: InvoiceJournal; stripe: Stripe.Invoice },
): string[] {
  const count = mails.filter(({ invoice }) => invoice === stripe.id).length;
  if (count > 1) return [`${count} mails`];
  if (count === 0 && journal.sends > 0) return ['the org was told that it was sent, but there is no mail'];
  return count > 0 && journal.pressed === 0 ? ['a mail that nobody asked for'] : [];
}

function lineByKey(
  key: string,
  { journal, stripe, crmLines }: { journal: InvoiceJournal; stripe: Stripe.Invoice; crmLines: OrgRecord[] },
): OrgRecord | undefined {
  const inStripe = stripe.lines.data.find((line) => keyInStripe(journal, line) === key)?.id;
  return crmLines.find(
    ({ Id, Stripe_Line_Id__c: stripeId }) =>
      Id === key || journal.aliases.get(Id) === key || stripeId === key || stripeId === inStripe,
  );
}

/** What the engine has noted of the record: lost values, and values that it took to a side. */
export async function history(
  { simulated, eventsWereLost }: Ending,
  { entity, crmId }: Journal,
): Promise<Pick<Seen, 'conflicts' | 'delivered' | 'onOvertaken'>> {
  const { pool } = simulated.world.database;
  const rows = async <T extends object>(sql: string) =>
    (
      await pool.query<T>(
        `${sql} JOIN sync_record r ON r.id = record_id WHERE r.entity = $1 AND r.crm_id = $2`,
        [entity, crmId],
      )
    ).rows;
  return {
    conflicts: await rows<Conflict>('SELECT field, stripe_value, crm_value, winner, at FROM conflict'),
    delivered: await rows<Delivered>('SELECT side, field, to_value, at FROM change'),
    onOvertaken: ({ side, isLine, isGone }) => {
      const what = `${entity} in ${side}${isGone ? ', of a line that is gone' : isLine ? ', of a line' : ''}`;
      simulated.overtaken.set(what, (simulated.overtaken.get(what) ?? 0) + 1);
      const isTold =
        side === 'stripe'
          ? // The event of our own write tells, and Stripe's log has all events; of lines it does not tell.
            !isLine
          : entity === 'invoice' && !isGone && !eventsWereLost;
      return !isTold;
    },
  };
}

export function differences(record: OrgRecord, wanted: (readonly [string, unknown])[]): string[] {
  return wanted.flatMap(([field, value]) =>
    (record[field] ?? null) === (value ?? null)
      ? []
      : `${field} is ${String(record[field])} in the org and ${String(value)} in Stripe`,
  );
}
