import fc from 'fast-check';
import { snapshotAfter } from '../../sync/domain/crmSnapshot.ts';
import type {
  CrmInvoice,
  CrmLine,
  InvoiceBase,
  InvoiceTerms,
  LineTerms,
  StripeInvoice,
} from '../../sync/domain/invoice.ts';
import { same } from '../../sync/domain/merge.ts';
import { lineNumberFields, lineNumbers } from '../../sync/domain/lineNumbers.ts';
import {
  invoiceBase,
  pairedLines,
  planCrmInvoice,
  termFields,
  type CrmFields,
} from '../../sync/domain/planCrmInvoice.ts';
import { paymentTerms } from '../../sync/domain/paymentTerms.ts';
import { planStripeInvoice, type StripeInvoicePlan } from '../../sync/domain/planStripeInvoice.ts';
import { invoiceTerms as readTerms } from '../../sync/salesforce/invoiceTerms.ts';
import { tellsNews } from '../../sync/domain/tellsNews.ts';
import { TRACKED_FIELDS } from '../../sync/domain/trackedFields.ts';
import { stripeInvoice, stripeLine } from './invoices.ts';

const text = fc.constantFrom('a', 'b', 'c');
const product = fc.constantFrom('prod_1', 'prod_2', null);
// In the org an empty description stands for the product's name, which only the next look takes to Stripe.
const lineTerms: fc.Arbitrary<LineTerms> = fc.record({
  description: text,
  product,
  unitAmount: fc.constantFrom('100', '250', '99', '0.25'),
  quantity: fc.constantFrom('1', '0.25'),
  taxRate: fc.constantFrom('txr_1', null),
});
const invoiceTerms: fc.Arbitrary<InvoiceTerms> = fc.record({
  description: fc.option(text, { nil: null }),
  dueDate: fc.constantFrom('2026-12-24', '2027-01-31', null),
  paymentTerms: fc.constantFrom(...paymentTerms, null),
  finalizeOn: fc.constantFrom('2026-12-01', null),
  footer: fc.option(text, { nil: null }),
  customFields: fc.constantFrom([], [{ name: 'PO', value: '1' }], [{ name: 'PO 1:2', value: 'a: b' }]),
  discount: fc.constantFrom(null, { percent: '12.5' }, { amount: 500 }),
  taxRate: fc.constantFrom('txr_2', 'txr_3', null),
});

/** A line that both sides had once: what each of them says now, undefined where it was deleted. */
const sharedLine = fc.record({
  base: lineTerms,
  crm: fc.option(lineTerms, { nil: undefined, freq: 5 }),
  stripe: fc.option(lineTerms, { nil: undefined, freq: 5 }),
  untouched: fc.boolean(),
});
const history = fc
  .record({
    base: invoiceTerms,
    crm: invoiceTerms,
    stripe: invoiceTerms,
    shared: fc.array(sharedLine, { maxLength: 4 }),
    addedInOrg: fc.array(lineTerms, { maxLength: 2 }),
    addedInStripe: fc.array(lineTerms, { maxLength: 2 }),
    isKnown: fc.boolean(),
  })
  .map(({ shared, ...rest }) => ({
    ...rest,
    shared: shared.map(({ base, crm, stripe, untouched }) =>
      untouched ? { base, crm: base, stripe: base } : { base, crm, stripe },
    ),
  }));
type History = typeof history extends fc.Arbitrary<infer T> ? T : never;

const context = {
  sentAt: null,
  amountRefunded: 0,
  productOf: (id: string) => `01t_${id}`,
  taxRateOf: (id: string) => `a09_${id}`,
  touch: false,
  conflictNote: null,
  now: '2026-11-21T12:00:00Z',
};
const rateOf = ({ Tax_Rate__c }: CrmFields) =>
  Tax_Rate__c ? { Name: 'VAT', Stripe_Tax_Rate_Id__c: String(Tax_Rate__c).slice(4) } : null;
const productOf = ({ Product__c }: CrmFields) => (Product__c ? String(Product__c).slice(4) : null);

/** The org's record, read from its fields as `readInvoices.ts` does. */
const crmLine = (id: string, fields: CrmFields): CrmLine => ({
  id,
  stripeId: (fields.Stripe_Line_Id__c as string | null | undefined) ?? null,
  terms: {
    description: fields.Description__c as string,
    product: productOf(fields),
    ...lineNumbers(fields, 'usd'),
    taxRate: rateOf(fields)?.Stripe_Tax_Rate_Id__c ?? null,
  },
  fields,
});
const newCrmLine = (
  id: string,
  { description, product: of, unitAmount, quantity, taxRate }: LineTerms,
  stripeId: string | null,
) =>
  crmLine(id, {
    Stripe_Line_Id__c: stripeId,
    Description__c: description,
    Product__c: of && context.productOf(of),
    ...lineNumberFields({ unitAmount, quantity }, 'usd'),
    Tax_Rate__c: taxRate && context.taxRateOf(taxRate),
  });
const crmInvoice = (fields: CrmFields, lines: CrmLine[]): CrmInvoice => ({
  id: 'a01',
  name: 'INV-1',
  accountId: '001',
  stripeId: (fields.Stripe_Invoice_Id__c as string | null | undefined) ?? null,
  status: 'draft',
  currency: 'usd',
  terms: readTerms({ Name: 'INV-1', ...fields, Tax_Rate__r: rateOf(fields) }, 'usd'),
  lines,
  sentAt: null,
  fields,
});

function sidesOf({ base, crm, stripe, shared, addedInOrg, addedInStripe, isKnown }: History) {
  const known: InvoiceBase = { terms: base, lines: {} };
  const crmLines: CrmLine[] = [];
  const stripeLines: StripeInvoice['lines'] = [];
  for (const [index, line] of shared.entries()) {
    const id = `L${index}`;
    known.lines[id] = { ...line.base, stripeId: `il_${index}` };
    if (line.crm) crmLines.push(newCrmLine(id, line.crm, `il_${index}`));
    if (line.stripe) stripeLines.push(stripeLine(`il_${index}`, { crmId: id, terms: line.stripe }));
  }
  for (const [index, terms] of addedInOrg.entries()) crmLines.push(newCrmLine(`N${index}`, terms, null));
  for (const [index, terms] of addedInStripe.entries())
    stripeLines.push(stripeLine(`il_n${index}`, { terms }));
  return {
    base: isKnown ? known : null,
    crm: crmInvoice(
      { ...termFields(crm, 'usd'), Tax_Rate__c: crm.taxRate && context.taxRateOf(crm.taxRate) },
      crmLines,
    ),
    stripe: stripeInvoice({ terms: stripe, lines: stripeLines }),
  };
}

function writtenToStripe(stripe: StripeInvoice, plan: StripeInvoicePlan): StripeInvoice {
  const change = new Map(plan.updateLines.map((line) => [line.id, line.change]));
  const kept = stripe.lines
    .filter(({ id }) => !plan.removeLines.includes(id))
    .map((line) => ({ ...line, terms: { ...line.terms, ...change.get(line.id) } }));
  const added = plan.addLines.map(({ crmId, terms }) => stripeLine(`il_of_${crmId}`, { crmId, terms }));
  return { ...stripe, terms: { ...stripe.terms, ...plan.update }, lines: [...kept, ...added] };
}

function writtenToOrg(crm: CrmInvoice, plan: ReturnType<typeof planCrmInvoice>): CrmInvoice {
  const change = new Map(plan.updateLines.map(({ id, fields }) => [id, fields]));
  const kept = crm.lines
    .filter(({ id }) => !plan.deleteLines.includes(id))
    .map((line) => crmLine(line.id, { ...line.fields, ...change.get(line.id) }));
  const made = plan.insertLines.map(({ stripeId, fields }) => crmLine(`made_${stripeId}`, fields));
  return crmInvoice({ ...crm.fields, ...plan.fields }, [...kept, ...made]);
}

/** Both sides as they are once everything that was planned has been written. */
function converged(told: History) {
  const before = sidesOf(told);
  const stripePlan = planStripeInvoice(before.base, before.crm, before.stripe);
  const stripe = writtenToStripe(before.stripe, stripePlan);
  const crmPlan = planCrmInvoice(before.crm, stripe, context);
  const crm = writtenToOrg(before.crm, crmPlan);
  return { before, stripePlan, stripe, crmPlan, crm, base: invoiceBase(pairedLines(crm, stripe), stripe) };
}

const NOTHING = { update: {}, addLines: [], updateLines: [], removeLines: [] };

describe('a draft that was changed on both sides', () => {
  test('says the same on both, line by line, once what is planned is written', () => {
    fc.assert(
      fc.property(history, (told) => {
        const { stripe, crm } = converged(told);
        expect(crm.terms).toEqual(stripe.terms);
        const inOrg = crm.lines.map(({ stripeId, terms }) => ({ id: stripeId, ...terms }));
        const inStripe = stripe.lines.map(({ id, terms }) => ({ id, ...terms }));
        expect(inOrg.toSorted(byId)).toEqual(inStripe.toSorted(byId));
      }),
    );
  });

  test('needs nothing written any more, by the next look or by one that knows nothing of this one', () => {
    fc.assert(
      fc.property(history, (told) => {
        const { before, stripe, crm, base } = converged(told);
        expect(planStripeInvoice(base, crm, stripe)).toEqual({ ...NOTHING, conflicts: [] });
        expect(planCrmInvoice(crm, stripe, context)).toEqual({
          fields: {},
          insertLines: [],
          updateLines: [],
          deleteLines: [],
          changes: [],
        });
        // Killed after Stripe was written: the same base again, and the org as it was.
        expect(planStripeInvoice(before.base, before.crm, stripe)).toMatchObject(NOTHING);
      }),
    );
  });

  test('loses no change: it stands, or a conflict keeps it', () => {
    fc.assert(
      fc.property(history, (told) => {
        const { before, stripePlan, stripe } = converged(told);
        const { base } = before;
        if (!base) return;
        const isKept = (field: string, side: 'crm' | 'stripe', value: unknown) =>
          stripePlan.conflicts.some(
            (one) =>
              (one.field === field && same(one[side], value)) ||
              (field.startsWith(`${one.field}.`) &&
                same((one[side] as Record<string, unknown> | null)?.[field.split('.')[2]!], value)),
          );
        for (const side of ['crm', 'stripe'] as const) {
          for (const field of ['description', 'dueDate', 'paymentTerms', 'finalizeOn'] as const) {
            const value = before[side].terms[field];
            if (!same(value, base.terms[field]) && !same(value, stripe.terms[field]))
              expect(isKept(field, side, value)).toBe(true);
          }
          for (const [id, { stripeId, sent: _, ...known }] of Object.entries(base.lines)) {
            const line = before[side].lines.find((one) => one.id === (side === 'crm' ? id : stripeId));
            const end = stripe.lines.find((one) => one.id === stripeId || one.crmId === id);
            for (const field of Object.keys(known) as (keyof typeof known)[]) {
              const value = line?.terms[field];
              if (line && !same(value, known[field]) && !same(value, end?.terms[field]))
                expect(isKept(`lines.${id}.${field}`, side, value)).toBe(true);
            }
          }
        }
      }),
    );
  });
});

describe('what the org tells of its record', () => {
  test('is no news as long as it is our own write; any single field that says something else is', () => {
    const field = fc.constantFrom(...TRACKED_FIELDS.Invoice__c);
    const lineField = fc.constantFrom(...TRACKED_FIELDS.Invoice_Line__c);
    fc.assert(
      fc.property(history, field, lineField, fc.nat({ max: 9 }), (told, changed, changedInLine, at) => {
        const { before, stripe, crmPlan } = converged(told);
        const snapshot = snapshotAfter(before.crm, stripe, {
          plan: crmPlan,
          ids: pairedLines(before.crm, stripe),
        });
        const echo = { object: 'Invoice__c', id: 'a01', fields: snapshot.fields };
        expect(tellsNews(snapshot, echo)).toBe(false);
        const news = { ...echo, fields: { [changed]: 'something else' } };
        expect(tellsNews(snapshot, news)).toBe(true);
        for (const line of snapshot.lines) {
          const { id, stripeId, fields } = line;
          expect(tellsNews(snapshot, { object: 'Invoice_Line__c', id: id || 'new', stripeId, fields })).toBe(
            false,
          );
        }
        const line = snapshot.lines[at % Math.max(snapshot.lines.length, 1)];
        if (!line) return;
        const fields = { ...line.fields, [changedInLine]: 'something else' };
        const { id, stripeId } = line;
        expect(tellsNews(snapshot, { object: 'Invoice_Line__c', id: id || 'new', stripeId, fields })).toBe(
          true,
        );
        expect(tellsNews(snapshot, { object: 'Invoice_Line__c', id: 'stranger', fields })).toBe(true);
      }),
    );
  });
});

const byId = (a: { id: string | null }, b: { id: string | null }) => ((a.id ?? '') < (b.id ?? '') ? -1 : 1);
