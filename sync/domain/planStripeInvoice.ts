import type { FieldConflict, Side } from './change.ts';
import {
  BEING_ADDED,
  lineTerms,
  type BaseLine,
  type CrmInvoice,
  type CrmLine,
  type InvoiceBase,
  type InvoiceTerms,
  type LineTerms,
  type StripeInvoice,
  type StripeLine,
} from './invoice.ts';
import { changedFields, differingFields, mergeFields, same } from './merge.ts';
import { agreedOnSent } from './past.ts';

export interface LineUpdate {
  id: string;
  crmId: string;
  before: LineTerms;
  /** The fields that change, and no others. */
  change: Partial<LineTerms>;
}

export interface StripeInvoicePlan {
  /** Absent: the invoice is not in Stripe yet and is made with these terms and lines. */
  create?: { terms: InvoiceTerms; lines: { crmId: string; terms: LineTerms }[] };
  update: Partial<InvoiceTerms>;
  addLines: { crmId: string; terms: LineTerms }[];
  updateLines: LineUpdate[];
  removeLines: string[];
  conflicts: FieldConflict[];
}

const NOTHING: StripeInvoicePlan = {
  update: {},
  addLines: [],
  updateLines: [],
  removeLines: [],
  conflicts: [],
};

// While the invoice is a draft, what the org says stands; from finalization on Stripe owns all of it.
const TERMS_OWNER: Record<keyof InvoiceTerms, Side> = {
  description: 'salesforce',
  dueDate: 'salesforce',
  paymentTerms: 'salesforce',
  finalizeOn: 'salesforce',
  footer: 'salesforce',
  customFields: 'salesforce',
  discount: 'salesforce',
  taxRate: 'salesforce',
};
const LINE_OWNER: Record<keyof LineTerms, Side> = {
  description: 'salesforce',
  product: 'salesforce',
  unitAmount: 'salesforce',
  quantity: 'salesforce',
  taxRate: 'salesforce',
};

/** What has to be written to Stripe so that the draft there says what the org's record says. */
export function planStripeInvoice(
  base: InvoiceBase | null,
  crm: CrmInvoice | null,
  stripe: StripeInvoice | null,
): StripeInvoicePlan {
  if (!crm) return NOTHING;
  if (!stripe) {
    return {
      ...NOTHING,
      create: { terms: crm.terms, lines: crm.lines.map(({ id, terms }) => ({ crmId: id, terms })) },
    };
  }
  if (stripe.status !== 'draft') return { ...NOTHING, conflicts: frozenConflicts(base, crm, stripe) };

  const past = base && agreedOnSent(base.terms, base.sent, stripe.terms);
  const merged = mergeFields({ base: past ?? undefined, crm: crm.terms, stripe: stripe.terms }, TERMS_OWNER);
  const terms = stripe.chargesAutomatically ? withoutDueDate(stripe, merged) : merged;
  const update = changedFields(stripe.terms, terms.value);
  return planLines(base, { crm, stripe }, { ...NOTHING, update, conflicts: terms.conflicts });
}

interface MergedTerms {
  value: InvoiceTerms;
  conflicts: FieldConflict[];
}

/** Stripe takes none for what it charges by itself: one that the org has is put back, and kept as a conflict. */
function withoutDueDate(stripe: StripeInvoice, { value, conflicts }: MergedTerms): MergedTerms {
  const { dueDate } = value;
  if (dueDate === null) return { value, conflicts };
  const conflict: FieldConflict = { field: 'dueDate', stripe: null, crm: dueDate, winner: 'stripe' };
  return {
    value: { ...value, dueDate: stripe.terms.dueDate },
    conflicts: [...conflicts.filter(({ field }) => field !== 'dueDate'), conflict],
  };
}

function planLines(
  base: InvoiceBase | null,
  { crm, stripe }: { crm: CrmInvoice; stripe: StripeInvoice },
  start: StripeInvoicePlan,
): StripeInvoicePlan {
  const plan = {
    ...start,
    addLines: [...start.addLines],
    updateLines: [...start.updateLines],
    removeLines: [...start.removeLines],
    conflicts: [...start.conflicts],
  };
  const pairs = pairLines(crm.lines, stripe.lines);

  for (const { crmLine, stripeLine } of pairs) {
    // A line that only Stripe has and that was made there by us was deleted in the org before the sync that made it could
    // be settled. On a copy of the invoice, to which Stripe copies our marks, it was not.
    const cameFromOrg = stripeLine?.crmId && stripe.crmId === crm.id ? stripeLine.crmId : undefined;
    const crmId = crmLine?.id ?? lineIdInBase(base, stripeLine) ?? cameFromOrg;
    const known = crmId ? base?.lines[crmId] : undefined;
    if (stripeLine?.period) {
      plan.conflicts.push(...ofSubscription({ crmId, crmLine, stripeLine, known }));
    } else if (crmLine && stripeLine) {
      const before = known && linePast(known, stripeLine.terms);
      const merged = mergeFields(
        { base: before, crm: crmLine.terms, stripe: stripeLine.terms },
        LINE_OWNER,
        `lines.${crmLine.id}.`,
      );
      plan.conflicts.push(...merged.conflicts);
      const change = changedFields(stripeLine.terms, merged.value);
      if (Object.keys(change).length > 0) {
        plan.updateLines.push({ id: stripeLine.id, crmId: crmLine.id, before: stripeLine.terms, change });
      }
    } else if (crmLine) {
      // Known before and gone from Stripe: removed there. It comes back only if the org changed it since.
      const removedInStripe = known !== undefined && known.stripeId !== BEING_ADDED;
      const changedInOrg = removedInStripe && !same(lineTerms(known), crmLine.terms);
      if (!removedInStripe || changedInOrg) plan.addLines.push({ crmId: crmLine.id, terms: crmLine.terms });
      if (changedInOrg) plan.conflicts.push(lineConflict(crmLine.id, { stripe: null, crm: crmLine.terms }));
    } else if (stripeLine && (known || cameFromOrg)) {
      plan.removeLines.push(stripeLine.id);
      if (known && !same(linePast(known, stripeLine.terms), stripeLine.terms)) {
        plan.conflicts.push(lineConflict(crmId!, { stripe: stripeLine.terms, crm: null }));
      }
    }
  }
  return plan;
}

/** What a subscription bills is its own affair: Stripe changes no such line, so what the org did to it is put back, and kept. */
function ofSubscription({
  crmId,
  crmLine,
  stripeLine,
  known,
}: LinePair & {
  crmId: string | undefined;
  stripeLine: StripeLine;
  known: BaseLine | undefined;
}): FieldConflict[] {
  const crm = crmLine?.terms ?? null;
  const wasDeleted = crm === null && known !== undefined;
  const wasChanged =
    crm !== null && !same(crm, stripeLine.terms) && !same(crm, known && linePast(known, stripeLine.terms));
  if (!crmId || (!wasDeleted && !wasChanged)) return [];
  return [{ ...lineConflict(crmId, { stripe: stripeLine.terms, crm }), winner: 'stripe' }];
}

export interface LinePair {
  crmLine?: CrmLine;
  stripeLine?: StripeLine;
}

/** Joins the lines of both sides: by Stripe's line id, else by our mark in the line's metadata. */
export function pairLines(crmLines: CrmLine[], stripeLines: StripeLine[]): LinePair[] {
  const left = new Set(stripeLines);
  const take = (line: CrmLine) => {
    const match =
      stripeLines.find((candidate) => left.has(candidate) && candidate.id === line.stripeId) ??
      stripeLines.find((candidate) => left.has(candidate) && candidate.crmId === line.id);
    if (match) left.delete(match);
    return match;
  };
  const pairs = crmLines.map((crmLine): LinePair => ({ crmLine, stripeLine: take(crmLine) }));
  return [...pairs, ...[...left].map((stripeLine): LinePair => ({ stripeLine }))];
}

/** What both sides agreed on. */
const linePast = (known: BaseLine, stripe: LineTerms): Partial<LineTerms> =>
  agreedOnSent(lineTerms(known), known.sent, stripe);

/** An edit in the org after finalization loses to Stripe; it is kept as a conflict, not dropped in silence. */
function frozenConflicts(base: InvoiceBase | null, crm: CrmInvoice, stripe: StripeInvoice): FieldConflict[] {
  if (!base) return [];
  const past = agreedOnSent(base.terms, base.sent, stripe.terms);
  const conflicts: FieldConflict[] = differingFields(past, crm.terms)
    .filter((field) => !same(crm.terms[field], stripe.terms[field]))
    .map((field) => ({ field, stripe: stripe.terms[field], crm: crm.terms[field], winner: 'stripe' }));
  for (const { crmLine, stripeLine } of pairLines(crm.lines, stripe.lines)) {
    const known = crmLine && base.lines[crmLine.id];
    // One that was on its way to Stripe, and came too late, both sides have never agreed on.
    const agreed = known && (stripeLine || known.stripeId !== BEING_ADDED) ? known : undefined;
    if (
      crmLine &&
      !same(agreed && linePast(agreed, stripeLine?.terms ?? crmLine.terms), crmLine.terms) &&
      !same(crmLine.terms, stripeLine?.terms)
    ) {
      conflicts.push({
        ...lineConflict(crmLine.id, { stripe: stripeLine?.terms ?? null, crm: crmLine.terms }),
        winner: 'stripe',
      });
    }
  }
  return [...conflicts, ...deletedLineConflicts(base, crm, stripe)];
}

/** A line that somebody deleted in the org after finalization: it is put back, and the deletion kept. */
function deletedLineConflicts(base: InvoiceBase, crm: CrmInvoice, stripe: StripeInvoice): FieldConflict[] {
  return Object.entries(base.lines).flatMap(([crmId, { stripeId }]) => {
    const stripeLine = stripe.lines.find(({ id }) => id === stripeId);
    if (!stripeLine || crm.lines.some((line) => line.id === crmId || line.stripeId === stripeId)) return [];
    return [{ ...lineConflict(crmId, { stripe: stripeLine.terms, crm: null }), winner: 'stripe' as const }];
  });
}

const lineConflict = (crmId: string, values: { stripe: unknown; crm: unknown }): FieldConflict => ({
  field: `lines.${crmId}`,
  ...values,
  winner: 'salesforce',
});

function lineIdInBase(base: InvoiceBase | null, line: StripeLine | undefined): string | undefined {
  if (!base || !line) return undefined;
  return Object.keys(base.lines).find((crmId) => base.lines[crmId]?.stripeId === line.id);
}
