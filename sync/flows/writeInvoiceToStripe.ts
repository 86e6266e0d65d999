import type { FieldChange } from '../domain/change.ts';
import { editsOfDeleted } from '../domain/deletedLines.ts';
import {
  BEING_ADDED,
  lineTerms,
  type BaseLine,
  type CrmInvoice,
  type InvoiceBase,
  type StripeInvoice,
  type LineTerms,
} from '../domain/invoice.ts';
import { same } from '../domain/merge.ts';
import { chargeStep, formatMoney, lineAmount } from '../domain/money.ts';
import { invoiceBase, pairedLines } from '../domain/planCrmInvoice.ts';
import { overwrittenConflicts } from '../domain/overwrittenInStripe.ts';
import { followTerms } from '../domain/paymentTerms.ts';
import { planStripeInvoice, type StripeInvoicePlan } from '../domain/planStripeInvoice.ts';
import { termText } from '../domain/termText.ts';
import { currencyConflicts, inStripesCurrency } from '../domain/recordCurrency.ts';
import { restoreOverwritten } from '../domain/restoreOverwritten.ts';
import type { Engine } from '../engine.ts';
import { PermanentFailure } from '../failure.ts';
import { keepConflicts } from '../store/openConflicts.ts';
import { linkRecord, type ClaimedRecord } from '../store/syncRecords.ts';
import { noteInBase } from '../store/writings.ts';
import { accountDay } from '../stripe/accountZone.ts';
import { addLines, createInvoice, removeLines, updateInvoice, updateLines } from '../stripe/writeInvoice.ts';
import type { InvoiceAtStripe, InvoicePair } from './convergeInvoices.ts';
import { busy } from './claimWhenFree.ts';
import type { AccountCustomers } from './dependencies.ts';
import { movedInvoice } from './movedInvoice.ts';
import { overwrittenTerms } from './overwrittenOf.ts';
import { createOnce, updateOnce } from './writeOnce.ts';

export interface StripeWriteContext {
  customers: AccountCustomers;
  /** The invoice with lines that name only products the org has. */
  known(invoice: StripeInvoice): StripeInvoice;
}

/** Makes the invoice in Stripe or brings its draft up to date. From finalization on it writes nothing. */
export async function writeInvoiceToStripe(
  engine: Engine,
  { record, base, crm: read, stripe }: InvoicePair,
  { customers, known }: StripeWriteContext,
): Promise<InvoiceAtStripe> {
  const figures = read && stripe ? inStripesCurrency(read, stripe) : read;
  const crm =
    figures && followTerms(base, { crm: figures, stripe }, await accountDay(engine.stripe, engine.now()));
  // What is made now, or was made by a noted request that is older than the record, is merged like any draft.
  // Before it is made: a draft without its lines would be left in Stripe.
  if (crm && !stripe) refuseUnchargeable(crm, linesOf(crm));
  const created = stripe ? null : await create(engine, { record, crm: crm! }, customers);
  const present = known((stripe ?? created)!);
  const said = crm && restoreOverwritten(crm, base, record.crmTold);
  const plan = planStripeInvoice(said?.base ?? base, said?.crm ?? null, present);
  const lost = crm
    ? editsOfDeleted(record.crmSnapshot, { crm, told: record.crmTold, now: engine.now().toISOString() })
    : [];
  const overwritten = crm ? await overwrittenTerms(engine, record, present.terms) : {};
  const moved = read && stripe ? await movedInvoice(engine, record, { crm: read, stripe }) : null;
  const conflicts = [
    ...plan.conflicts,
    ...overwrittenConflicts(overwritten, { ...present.terms, ...plan.update }),
    ...lost,
    ...(read ? currencyConflicts(base, read, present) : []),
    ...(moved ? [moved.conflict] : []),
  ];
  await keepConflicts(engine.database, record, conflicts);
  if (crm) refuseUnchargeable({ name: crm.name, currency: present.currency }, writtenLines(plan));
  const note: NoteSent = async (draft, { sent, lines }) => {
    const first = base ?? invoiceBase(pairedLines(crm!, known(draft)), known(draft));
    const noted = await noteInBase(engine.database, record, { first, lines, ...(sent && { sent }) });
    if (!noted) throw busy('invoice');
  };
  const updated = await update(engine, { record, base, stripe: present, plan, note });
  const written = known(updated.stripe);
  if (crm && (base === null || plan.addLines.length > 0))
    await noteAdded(engine, { record, crm, plan }, written);
  const made = created ? [stripeChange(created.id, { field: 'invoice', from: null, to: created.id })] : [];
  return {
    record,
    crm,
    stripe: written,
    changes: [...made, ...updated.changes],
    conflicts,
    ...(moved && { backTo: moved.accountId }),
  };
}

/** What would be refused when the invoice is finalized is better told while somebody is at its lines. */
export function refuseUnchargeable(
  { name, currency }: Pick<CrmInvoice, 'name' | 'currency'>,
  lines: LineTerms[],
): void {
  for (const { description, quantity, unitAmount } of lines) {
    const amount = lineAmount(quantity, unitAmount);
    if (amount % chargeStep(currency) === 0) continue;
    throw new PermanentFailure({
      code: 'amount',
      stage: 'decide',
      message:
        `The line "${description}" of ${name} comes to ${formatMoney(amount, currency)}, but in this currency Stripe charges ` +
        'amounts whose last of three decimals is 0. Change its unit price or its quantity.',
    });
  }
}

const linesOf = ({ lines }: CrmInvoice): LineTerms[] => lines.map(({ terms }) => terms);

const writtenLines = ({ addLines, updateLines }: StripeInvoicePlan): LineTerms[] => [
  ...addLines.map(({ terms }) => terms),
  ...updateLines.map(({ before, change }) => ({ ...before, ...change })),
];

/** Notes what is about to be sent to a draft that says this: a worker may be killed before the sync is settled. */
type NoteSent = (draft: StripeInvoice, sent: Pick<InvoiceBase, 'lines' | 'sent'>) => Promise<void>;

/** What both sides say now of lines that have been added; of the others the org is still to be written. */
async function noteAdded(
  engine: Engine,
  { record, crm, plan }: { record: ClaimedRecord; crm: CrmInvoice; plan: StripeInvoicePlan },
  written: StripeInvoice,
): Promise<void> {
  const first = invoiceBase(pairedLines(crm, written), written);
  const added = plan.addLines.flatMap(({ crmId }) =>
    first.lines[crmId] ? [[crmId, first.lines[crmId]] as const] : [],
  );
  await noteInBase(engine.database, record, { first, lines: Object.fromEntries(added) });
}

async function create(
  engine: Engine,
  { record, crm }: { record: ClaimedRecord; crm: CrmInvoice },
  customers: AccountCustomers,
): Promise<StripeInvoice> {
  const customer = customers.get(crm.accountId);
  if (!customer) throw busy('customer');
  if ('failure' in customer) throw customer.failure;
  const created = await createOnce(engine, record, {
    params: {
      customerId: customer.stripeId,
      currency: crm.currency,
      crmId: crm.id,
      orgId: engine.org.orgId ?? '',
      terms: crm.terms,
    },
    send: (params, key) => createInvoice(engine.stripe, params, key),
  });
  await linkRecord(engine.database, record, { stripeId: created.id, crmId: crm.id });
  return created;
}

async function update(
  engine: Engine,
  { record, base, stripe, plan, note }: Updating,
): Promise<{ stripe: StripeInvoice; changes: FieldChange[] }> {
  const { id, currency } = stripe;
  const changed = changedFields(base, stripe, plan);
  let latest = stripe;
  if (changed.tries > 0) await note(stripe, changed);
  // The same change after another one that was broken off is another request.
  const after = changed.tries > 1 ? { after: changed.tries } : {};
  if (Object.keys(plan.update).length > 0) {
    latest = await updateOnce(engine, record, {
      operation: 'update',
      params: {
        ...plan.update,
        ...after,
        ...(plan.update.discount !== undefined && { beside: stripe.otherDiscounts }),
      },
      over: { read: stripe.terms, written: plan.update },
      send: (key) => updateInvoice(engine.stripe, { draft: stripe, change: plan.update }, key),
    });
  }
  if (plan.removeLines.length > 0) {
    latest = await updateOnce(engine, record, {
      operation: 'remove-lines',
      params: plan.removeLines,
      send: (key) => removeLines(engine.stripe, { id, lines: plan.removeLines }, key),
    });
  }
  if (plan.updateLines.length > 0) {
    latest = await updateOnce(engine, record, {
      operation: 'update-lines',
      params: { lines: plan.updateLines, ...after },
      send: (key) => updateLines(engine.stripe, { id, currency, lines: plan.updateLines }, key),
    });
  }
  if (plan.addLines.length > 0) {
    await note(latest, { lines: addedLines(base, plan) });
    latest = await updateOnce(engine, record, {
      operation: 'add-lines',
      params: plan.addLines,
      send: (key) => addLines(engine.stripe, { id, currency, lines: plan.addLines }, key),
    });
  }
  return { stripe: latest, changes: changesOf(plan, stripe) };
}

interface Updating {
  record: ClaimedRecord;
  base: InvoiceBase | null;
  stripe: StripeInvoice;
  plan: StripeInvoicePlan;
  note: NoteSent;
}

/** `tries`: how many different things have been sent since the last sync, this one among them; none where nothing changes. */
function changedFields(
  base: InvoiceBase | null,
  stripe: StripeInvoice,
  plan: StripeInvoicePlan,
): Pick<InvoiceBase, 'lines' | 'sent'> & { tries: number } {
  const past = base ?? { terms: stripe.terms, lines: {} as InvoiceBase['lines'] };
  const sent =
    Object.keys(plan.update).length > 0
      ? behind(past.sent ?? [past.terms], { ...past.terms, ...plan.update })
      : undefined;
  const lines = plan.updateLines.map(({ id, crmId, before, change }) => {
    const known: BaseLine = past.lines[crmId] ?? { ...before, stripeId: id };
    const terms = lineTerms(known);
    return [crmId, { ...known, sent: behind(known.sent ?? [terms], { ...terms, ...change }) }] as const;
  });
  const tries = Math.max(
    0,
    ...[sent, ...lines.map(([, line]) => line.sent)].map((all) => (all?.length ?? 1) - 1),
  );
  return { lines: Object.fromEntries(lines), ...(sent && { sent }), tries };
}

const behind = <T>(earlier: T[], latest: T): T[] =>
  same(earlier.at(-1), latest) ? earlier : [...earlier, latest];

const addedLines = (base: InvoiceBase | null, { addLines }: StripeInvoicePlan): InvoiceBase['lines'] =>
  Object.fromEntries(
    addLines.map(({ crmId, terms }): [string, BaseLine] => [
      crmId,
      { ...terms, stripeId: BEING_ADDED, sent: [...(base?.lines[crmId]?.sent ?? []), terms] },
    ]),
  );

function changesOf(plan: StripeInvoicePlan, before: StripeInvoice): FieldChange[] {
  return [
    ...Object.entries(plan.update).map(([field, to]) =>
      stripeChange(before.id, {
        field,
        from: termText(field, before.terms[field as keyof typeof before.terms], before.currency),
        to: termText(field, to, before.currency),
      }),
    ),
    ...plan.addLines.map(({ terms }) =>
      stripeChange(before.id, { field: 'line', from: null, to: terms.description }),
    ),
    ...plan.updateLines.flatMap((line) =>
      Object.entries(line.change).map(([field, to]) =>
        stripeChange(line.id, {
          field: `line ${field}`,
          from: line.before[field as keyof typeof line.before],
          to,
        }),
      ),
    ),
    ...plan.removeLines.map((lineId) =>
      stripeChange(before.id, {
        field: 'line',
        from: before.lines.find((line) => line.id === lineId)?.terms.description ?? lineId,
        to: null,
      }),
    ),
  ];
}

const stripeChange = (
  objectId: string,
  change: { field: string; from: unknown; to: unknown },
): FieldChange => ({
  side: 'stripe',
  object: 'invoice',
  objectId,
  ...change,
});
