import type Stripe from 'stripe';
import type { OrgRecord } from '../integration/orgUser.ts';
import type { LineField } from './history.ts';
import { lineKey, type FieldValue, type Journal } from './journal.ts';
import type { Simulated } from './simulated.ts';

interface Conflict {
  field: string;
  stripe_value: unknown;
  crm_value: unknown;
}

/** One invoice as both sides have it in the end. */
interface Ended {
  journal: Journal;
  crm: OrgRecord;
  crmLines: OrgRecord[];
  stripe: Stripe.Invoice;
  conflicts: Conflict[];
  mails: number;
}

/** Everything that is wrong with the invoices of one run, in words. */
export async function endsRight(simulated: Simulated, journals: Journal[]): Promise<string[]> {
  const { world } = simulated;
  const { data: recent } = await world.stripe.invoices.list({ limit: 100 });
  const { mails } = await world.control<{ mails: { invoice: string }[] }>('stripe', 'GET', '/mails');
  const problems: string[] = [];
  for (const [index, journal] of journals.entries()) {
    const say = (problem: string) => problems.push(`invoice ${index} (${journal.crmId}): ${problem}`);
    const made = recent.filter(({ metadata }) => metadata?.salesforce_id === journal.crmId);
    const crm = await world.rep.invoice(journal.crmId);
    if (made.length !== 1 || made[0]!.id !== crm.Stripe_Invoice_Id__c) {
      say(
        `${made.length} invoices in Stripe, linked to ${String(crm.Stripe_Invoice_Id__c)}; ${String(crm.Sync_Error__c)}`,
      );
      continue;
    }
    const stripe = made[0]!;
    const twins = await world.rep.query(
      `SELECT Id FROM Invoice__c WHERE Stripe_Invoice_Id__c = '${stripe.id}'`,
    );
    if (twins.length !== 1) say(`${twins.length} records for ${stripe.id}`);
    const { rows: conflicts } = await world.database.pool.query<Conflict>(
      `SELECT field, stripe_value, crm_value FROM conflict JOIN sync_record r ON r.id = record_id WHERE r.crm_id = $1`,
      [journal.crmId],
    );
    const ended: Ended = {
      journal,
      crm,
      crmLines: await world.rep.lines(journal.crmId),
      stripe,
      conflicts,
      mails: mails.filter(({ invoice }) => invoice === stripe.id).length,
    };
    bothSidesEqual(ended).forEach(say);
    linesKept(ended).forEach(say);
    editsKept(ended).forEach(say);
  }
  return problems;
}

function bothSidesEqual({ crm, crmLines, stripe, mails, journal, conflicts }: Ended): string[] {
  const amount = (minor: number) => minor / 100;
  const wanted: Record<string, unknown> = {
    Status__c: stripe.status!.charAt(0).toUpperCase() + stripe.status!.slice(1),
    Number__c: stripe.number,
    Description__c: stripe.description,
    Due_Date__c: stripe.due_date && new Date(stripe.due_date * 1000).toISOString().slice(0, 10),
    Total__c: amount(stripe.total),
    Amount_Due__c: amount(stripe.amount_due),
    Amount_Paid__c: amount(stripe.amount_paid),
    Amount_Remaining__c: amount(stripe.amount_remaining),
    // Conflicts that nobody has looked at stay on the record.
    ...(crm.Sync_Status__c === 'Conflict' && conflicts.length > 0
      ? {}
      : { Sync_Status__c: 'Synced', Sync_Error__c: null }),
  };
  const problems = differences(crm, wanted);
  const left = new Map(stripe.lines.data.map((line) => [line.id, line]));
  for (const line of crmLines) {
    const other = left.get(String(line.Stripe_Line_Id__c));
    if (!other) problems.push(`line ${line.Id} is not in Stripe`);
    else
      problems.push(
        ...differences(line, {
          Quantity__c: other.quantity,
          Unit_Price__c: amount(Number(other.pricing?.unit_amount_decimal)),
          Amount__c: amount(other.amount),
          ...(line.Description__c === null ? {} : { Description__c: other.description }),
        }),
      );
    left.delete(String(line.Stripe_Line_Id__c));
  }
  for (const id of left.keys()) problems.push(`line ${id} of Stripe is not in the org`);
  if (mails > 1) problems.push(`${mails} mails`);
  if (journal.sends > 0 && mails === 0) problems.push('the org was told it was sent, but there is no mail');
  if (stripe.amount_paid > stripe.total) problems.push(`${stripe.amount_paid} paid of ${stripe.total}`);
  return problems;
}

function differences(record: OrgRecord, wanted: Record<string, unknown>): string[] {
  return Object.entries(wanted).flatMap(([field, value]) =>
    (record[field] ?? null) === (value ?? null)
      ? []
      : `${field} is ${String(record[field])} in the org and ${String(value)} in Stripe`,
  );
}

/** A line is there unless somebody deleted it; from finalization on Stripe's lines stand, and the loss is a conflict. */
function linesKept(ended: Ended): string[] {
  const { journal, stripe } = ended;
  return [...journal.lines].flatMap(([key, { addedBy, deletedBy }]) => {
    const there = lineOf(ended, key) !== undefined;
    const contested = ['quantity', 'unitAmount', 'description'].some((field) =>
      journal.edits.has(lineKey(key, field as LineField)),
    );
    if (there && deletedBy.size > 0 && !contested) {
      if (stripe.status !== 'draft' && !deletedBy.has('stripe')) return [];
      return `line ${key} was deleted in ${[...deletedBy].join(' and ')} and is there`;
    }
    if (!there && deletedBy.size === 0) {
      const lateInOrg = stripe.status !== 'draft' && addedBy === 'salesforce';
      if (lateInOrg && ended.conflicts.some(({ field }) => field === `lines.${key}`)) return [];
      return `line ${key}, added in ${addedBy}, is gone${lateInOrg ? ' without a conflict' : ''}`;
    }
    return [];
  });
}

function editsKept(ended: Ended): string[] {
  const { journal, stripe, conflicts } = ended;
  const problems = [...journal.edits].flatMap(([key, edits]) => {
    const seen = valueOf(ended, key);
    if (seen === undefined) return []; // On a line that is gone; whether it may be, the lines tell.
    const last = (side: string) => edits.findLast((edit) => edit.side === side)?.value;
    const [crm, theirs] = [last('salesforce'), last('stripe')];
    if (seen === crm || seen === theirs) return [];
    const frozen = stripe.status !== 'draft' && theirs === undefined;
    if (frozen && hasConflict(ended, key, crm!)) return [];
    return `${key} is ${seen}, but was set to ${JSON.stringify(edits)}${frozen ? ' (no conflict is kept)' : ''}; conflicts ${JSON.stringify(conflicts)}`;
  });
  for (const { key, crm, stripe: theirs } of journal.contests) {
    const kept = conflicts.some((one) => has(one.crm_value, key, crm) && has(one.stripe_value, key, theirs));
    if (!kept && valueOf(ended, key) !== undefined)
      problems.push(`${key}: both sides changed (${crm}, ${theirs}), but no conflict is kept`);
  }
  return problems;
}

const hasConflict = ({ conflicts }: Ended, key: string, value: FieldValue) =>
  conflicts.some((conflict) => has(conflict.crm_value, key, value));

/** A conflict holds the field's value, or the whole line's. */
function has(kept: unknown, key: string, value: FieldValue): boolean {
  const field = key.split('/').at(-1)!;
  const part = typeof kept === 'object' && kept !== null ? (kept as Record<string, unknown>)[field] : kept;
  return String(part) === String(value);
}

function lineOf({ crmLines, stripe }: Ended, key: string): OrgRecord | undefined {
  const byMark = stripe.lines.data.find(({ metadata }) => metadata.salesforce_id === key)?.id;
  return crmLines.find(
    ({ Id, Stripe_Line_Id__c }) => Id === key || Stripe_Line_Id__c === key || Stripe_Line_Id__c === byMark,
  );
}

function valueOf(ended: Ended, key: string): FieldValue | undefined {
  if (key === 'description') return String(ended.crm.Description__c);
  if (key === 'dueDate') return String(ended.crm.Due_Date__c);
  const [lineId, field] = key.split('/') as [string, LineField];
  const line = lineOf(ended, lineId);
  if (!line) return undefined;
  if (field === 'quantity') return Number(line.Quantity__c);
  return field === 'unitAmount' ? Math.round(Number(line.Unit_Price__c) * 100) : String(line.Description__c);
}
