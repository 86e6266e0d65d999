import { invoiceBase, planCrmInvoice, type CrmInvoiceContext } from '../../sync/domain/planCrmInvoice.ts';
import { crmInvoice, crmLine, stripeInvoice, stripeLine, terms } from './invoices.ts';

const context: CrmInvoiceContext = {
  sentAt: null,
  amountRefunded: 0,
  productOf: (stripeId) => (stripeId === 'prod_1' ? '01t1' : null),
  taxRateOf: (id: string) => (id === 'txr_1' ? 'a091' : null),
  touch: false,
  conflictNote: null,
  now: '2026-11-21T10:00:00.000Z',
};

/** The org's record as it is after a sync of this Stripe invoice. */
function settled(stripe = stripeInvoice()) {
  const { fields } = planCrmInvoice(null, stripe, context);
  return crmInvoice({ fields });
}

describe('what the record in the org needs', () => {
  test('no write at all when nothing differs', () => {
    const plan = planCrmInvoice(settled(), stripeInvoice(), context);
    expect(plan).toEqual({ fields: {}, insertLines: [], updateLines: [], deleteLines: [], changes: [] });
  });

  test('only the time when somebody asked for the sync', () => {
    expect(planCrmInvoice(settled(), stripeInvoice(), { ...context, touch: true })).toMatchObject({
      fields: { Last_Synced_At__c: context.now },
      changes: [],
    });
  });

  test('status, amounts in major units and links after payment', () => {
    const paid = stripeInvoice({
      status: 'paid',
      number: 'AB-0001',
      total: 264999,
      amountPaid: 264999,
      amountRemaining: 0,
      paidAt: '2026-11-21T09:00:00.000Z',
    });
    const plan = planCrmInvoice(settled(), paid, context);
    expect(plan.fields).toEqual({
      Status__c: 'Paid',
      Number__c: 'AB-0001',
      Total__c: 2649.99,
      Amount_Paid__c: 2649.99,
      Paid_At__c: '2026-11-21T09:00:00.000Z',
      Last_Synced_At__c: context.now,
    });
    expect(plan.changes.find(({ field }) => field === 'Status__c')).toMatchObject({
      from: 'Draft',
      to: 'Paid',
    });
  });

  test('a link longer than a URL field holds is left out instead of failing the record', () => {
    const long = stripeInvoice({ hostedInvoiceUrl: `https://invoice.stripe.com/${'x'.repeat(255)}` });
    expect(planCrmInvoice(settled(), long, context).fields).toEqual({});
  });

  test('the first time of sending stays', () => {
    const crm = crmInvoice({ ...settled(), sentAt: '2026-11-01T00:00:00.000Z' });
    crm.fields.Sent_At__c = '2026-11-01T00:00:00.000Z';
    const plan = planCrmInvoice(crm, stripeInvoice(), { ...context, sentAt: '2026-11-05T00:00:00.000Z' });
    expect(plan.fields).toEqual({});
  });

  test('lines of Stripe are inserted, changed and deleted in the org', () => {
    const stripe = stripeInvoice({
      status: 'open',
      lines: [
        stripeLine('il_1', { crmId: 'L1', amount: 170000 }),
        stripeLine('il_2', {
          terms: terms({ description: 'Fee', product: null, unitAmount: '500', quantity: '0.25' }),
          amount: 125,
        }),
      ],
    });
    const crm = crmInvoice({
      ...settled(stripe),
      lines: [crmLine('L1', { fields: { Quantity__c: 2, Unit_Price__c: 850 } }), crmLine('L3')],
    });
    const plan = planCrmInvoice(crm, stripe, context);
    expect(plan.updateLines).toEqual([
      { id: 'L1', fields: { Stripe_Line_Id__c: 'il_1', Amount__c: 1700, Sort_Order__c: 1 } },
    ]);
    expect(plan.insertLines).toEqual([
      {
        stripeId: 'il_2',
        fields: {
          Stripe_Line_Id__c: 'il_2',
          Description__c: 'Fee',
          Period_Start_Date__c: null,
          Period_End_Date__c: null,
          Product__c: null,
          Unit_Price__c: 5,
          Unit_Price_Exact__c: null,
          Quantity__c: 0.25,
          Quantity_Exact__c: null,
          Tax_Rate__c: null,
          Amount__c: 1.25,
          Sort_Order__c: 2,
        },
      },
    ]);
    expect(plan.deleteLines).toEqual(['L3']);
  });

  test('the base keeps what both sides agreed on, keyed by the lines of the org', () => {
    const stripe = stripeInvoice({ lines: [stripeLine('il_1')] });
    expect(invoiceBase(new Map([['il_1', 'L1']]), stripe)).toEqual({
      terms: stripe.terms,
      lines: { L1: { ...terms(), stripeId: 'il_1' } },
    });
  });
});
