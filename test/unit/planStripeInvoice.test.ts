import { asKnown, BEING_ADDED, type InvoiceBase } from '../../sync/domain/invoice.ts';
import { planStripeInvoice } from '../../sync/domain/planStripeInvoice.ts';
import { crmInvoice, crmLine, invoiceTerms, stripeInvoice, stripeLine, terms } from './invoices.ts';

const baseOf = (lines: InvoiceBase['lines'] = {}): InvoiceBase => ({
  terms: invoiceTerms({ description: 'Q4', dueDate: '2026-12-24' }),
  lines,
});
const known = { L1: { ...terms(), stripeId: 'il_1' } };

describe('what a draft in Stripe needs', () => {
  test('an invoice that Stripe does not have is made with all its lines', () => {
    const plan = planStripeInvoice(
      null,
      crmInvoice({ stripeId: null, lines: [crmLine('L1'), crmLine('L2')] }),
      null,
    );
    expect(plan.create?.lines.map(({ crmId }) => crmId)).toEqual(['L1', 'L2']);
  });

  test('nothing, when both sides say the same', () => {
    const plan = planStripeInvoice(
      baseOf(known),
      crmInvoice({ lines: [crmLine('L1', { stripeId: 'il_1' })] }),
      stripeInvoice({ lines: [stripeLine('il_1', { crmId: 'L1' })] }),
    );
    expect(plan).toEqual({ update: {}, addLines: [], updateLines: [], removeLines: [], conflicts: [] });
  });

  test('an edit in the org goes to Stripe, an edit in Stripe does not come back', () => {
    const plan = planStripeInvoice(
      baseOf(),
      crmInvoice({ terms: invoiceTerms({ description: 'Q4 revised', dueDate: '2026-12-24' }) }),
      stripeInvoice({ terms: invoiceTerms({ description: 'Q4', dueDate: '2027-01-31' }) }),
    );
    expect(plan.update).toEqual({ description: 'Q4 revised' });
    expect(plan.conflicts).toEqual([]);
  });

  test('the org wins where both sides edited the same, and the loss is kept', () => {
    const plan = planStripeInvoice(
      baseOf(),
      crmInvoice({ terms: invoiceTerms({ description: 'ours', dueDate: '2026-12-24' }) }),
      stripeInvoice({ terms: invoiceTerms({ description: 'theirs', dueDate: '2026-12-24' }) }),
    );
    expect(plan.update).toEqual({ description: 'ours' });
    expect(plan.conflicts).toEqual([
      { field: 'description', stripe: 'theirs', crm: 'ours', winner: 'salesforce' },
    ]);
  });

  test('what Stripe charges by itself gets no due date: the one in the org is put back, and the loss is kept', () => {
    const without = invoiceTerms({ description: 'Q4', dueDate: null });
    const plan = planStripeInvoice(
      { terms: without, lines: {} },
      crmInvoice({ terms: invoiceTerms({ description: 'Q4 revised', dueDate: '2027-01-31' }) }),
      stripeInvoice({ terms: without, chargesAutomatically: true }),
    );
    expect(plan.update).toEqual({ description: 'Q4 revised' });
    expect(plan.conflicts).toEqual([{ field: 'dueDate', stripe: null, crm: '2027-01-31', winner: 'stripe' }]);
  });

  test.each([
    [
      'edited',
      [crmLine('L1', { stripeId: 'il_1', terms: terms({ quantity: '7' }) })],
      terms({ quantity: '7' }),
    ],
    ['deleted', [], null],
  ])('a line of a subscription that was %s in the org stays as Stripe has it', (_what, lines, crm) => {
    const period = { start: '2026-11-01', end: '2026-12-01' };
    const plan = planStripeInvoice(
      { terms: invoiceTerms(), lines: known },
      crmInvoice({ lines }),
      stripeInvoice({ lines: [stripeLine('il_1', { period })] }),
    );
    expect(plan).toMatchObject({ updateLines: [], removeLines: [] });
    expect(plan.conflicts).toEqual([{ field: 'lines.L1', stripe: terms(), crm, winner: 'stripe' }]);
  });

  test('a line new in the org is added; one that Stripe has by our mark is not added twice', () => {
    const plan = planStripeInvoice(
      null,
      crmInvoice({ lines: [crmLine('L1'), crmLine('L2')] }),
      stripeInvoice({ lines: [stripeLine('il_1', { crmId: 'L1' })] }),
    );
    expect(plan.addLines.map(({ crmId }) => crmId)).toEqual(['L2']);
    expect(plan.updateLines).toEqual([]);
  });

  test('only the fields of a line that changed are written', () => {
    const plan = planStripeInvoice(
      baseOf(known),
      crmInvoice({ lines: [crmLine('L1', { stripeId: 'il_1', terms: terms({ quantity: '3' }) })] }),
      stripeInvoice({
        lines: [stripeLine('il_1', { crmId: 'L1', terms: terms({ description: 'Day rate' }) })],
      }),
    );
    expect(plan.updateLines).toEqual([
      { id: 'il_1', crmId: 'L1', before: terms({ description: 'Day rate' }), change: { quantity: '3' } },
    ]);
  });

  test('a line that Stripe made a product of its own for has none, and is not written again and again', () => {
    const travel = terms({ description: 'Travel', product: null });
    const stripe = stripeInvoice({
      lines: [stripeLine('il_1', { terms: { ...travel, product: 'prod_made_by_stripe' } })],
    });
    const plan = planStripeInvoice(
      baseOf({ L1: { ...travel, stripeId: 'il_1' } }),
      crmInvoice({ lines: [crmLine('L1', { stripeId: 'il_1', terms: travel })] }),
      asKnown(stripe, { product: () => false, taxRate: () => false }),
    );
    expect(plan).toEqual({ update: {}, addLines: [], updateLines: [], removeLines: [], conflicts: [] });
  });

  test('a line deleted in the org is removed from Stripe; one made in Stripe stays', () => {
    const plan = planStripeInvoice(
      baseOf(known),
      crmInvoice(),
      stripeInvoice({ lines: [stripeLine('il_1', { crmId: 'L1' }), stripeLine('il_9')] }),
    );
    expect(plan.removeLines).toEqual(['il_1']);
  });

  test('a line deleted in the org before the sync that made it was settled is removed from Stripe', () => {
    const stripe = stripeInvoice({ lines: [stripeLine('il_1', { crmId: 'L1' })] });
    expect(planStripeInvoice(null, crmInvoice(), stripe).removeLines).toEqual(['il_1']);
    // The same marks on a copy, which is another record in the org, are none of its own.
    expect(planStripeInvoice(null, crmInvoice({ id: 'a02' }), stripe).removeLines).toEqual([]);
  });

  test('a line removed in Stripe is not added again, unless the org changed it since', () => {
    const untouched = crmInvoice({ lines: [crmLine('L1', { stripeId: 'il_1' })] });
    expect(planStripeInvoice(baseOf(known), untouched, stripeInvoice()).addLines).toEqual([]);
    const changed = crmInvoice({
      lines: [crmLine('L1', { stripeId: 'il_1', terms: terms({ quantity: '5' }) })],
    });
    const plan = planStripeInvoice(baseOf(known), changed, stripeInvoice());
    expect(plan.addLines).toEqual([{ crmId: 'L1', terms: terms({ quantity: '5' }) }]);
    expect(plan.conflicts).toHaveLength(1);
  });

  test('a line that was on its way when the invoice became final is kept as a conflict', () => {
    const plan = planStripeInvoice(
      baseOf({ ...known, L2: { ...terms(), stripeId: BEING_ADDED, sent: [terms()] } }),
      crmInvoice({ lines: [crmLine('L1', { stripeId: 'il_1' }), crmLine('L2')] }),
      stripeInvoice({ status: 'open', lines: [stripeLine('il_1', { crmId: 'L1' })] }),
    );
    expect(plan.conflicts).toEqual([{ field: 'lines.L2', stripe: null, crm: terms(), winner: 'stripe' }]);
  });

  test.each(['open', 'paid', 'uncollectible', 'void'] as const)(
    'nothing is written to an invoice that is %s; an edit in the org is kept as a conflict that Stripe won',
    (status) => {
      const plan = planStripeInvoice(
        baseOf(known),
        crmInvoice({
          terms: invoiceTerms({ description: 'too late', dueDate: '2026-12-24' }),
          lines: [crmLine('L1', { stripeId: 'il_1', terms: terms({ quantity: '9' }) })],
        }),
        stripeInvoice({ status, lines: [stripeLine('il_1', { crmId: 'L1' })] }),
      );
      expect({ ...plan, conflicts: [] }).toEqual({
        update: {},
        addLines: [],
        updateLines: [],
        removeLines: [],
        conflicts: [],
      });
      expect(plan.conflicts.map(({ field, winner }) => [field, winner])).toEqual([
        ['description', 'stripe'],
        ['lines.L1', 'stripe'],
      ]);
    },
  );

  describe('a line whose adding was noted, and not settled', () => {
    const noted = baseOf({ L1: { ...terms(), stripeId: '', sent: [terms()] } });

    test('of two things sent, the one that has come to pass is what both sides said: the later edit in the org stays', () => {
      const later = terms({ description: 'Two days' });
      const plan = planStripeInvoice(
        baseOf({ L1: { ...later, stripeId: '', sent: [terms(), later] } }),
        crmInvoice({ lines: [crmLine('L1', { terms: later })] }),
        stripeInvoice({
          lines: [stripeLine('il_1', { crmId: 'L1' }), stripeLine('il_2', { crmId: 'L1', terms: later })],
        }),
      );
      expect(plan.updateLines.map(({ id, change }) => [id, change])).toEqual([
        ['il_1', { description: 'Two days' }],
      ]);
      expect(plan).toMatchObject({ removeLines: ['il_2'], conflicts: [] });
    });

    test('is added when Stripe does not have it', () => {
      const plan = planStripeInvoice(noted, crmInvoice({ lines: [crmLine('L1')] }), stripeInvoice());
      expect(plan.addLines.map(({ crmId }) => crmId)).toEqual(['L1']);
      expect(plan.conflicts).toEqual([]);
    });

    test('is merged with what was sent: an edit in Stripe since then stays', () => {
      const plan = planStripeInvoice(
        noted,
        crmInvoice({ lines: [crmLine('L1')] }),
        stripeInvoice({ lines: [stripeLine('il_1', { crmId: 'L1', terms: terms({ quantity: '5' }) })] }),
      );
      expect(plan).toMatchObject({ updateLines: [], conflicts: [] });
    });

    test.each([
      ['an edit in Stripe since then is kept when the org has deleted it', '5', 1],
      ['is removed without a word when nobody has edited it', '2', 0],
    ])('%s', (_, quantity, conflicts) => {
      const plan = planStripeInvoice(
        noted,
        crmInvoice(),
        stripeInvoice({ lines: [stripeLine('il_1', { crmId: 'L1', terms: terms({ quantity }) })] }),
      );
      expect(plan.removeLines).toEqual(['il_1']);
      expect(plan.conflicts).toHaveLength(conflicts);
      expect(plan.conflicts).toEqual(
        Array(conflicts).fill({
          field: 'lines.L1',
          stripe: terms({ quantity }),
          crm: null,
          winner: 'salesforce',
        }),
      );
    });
  });
});
