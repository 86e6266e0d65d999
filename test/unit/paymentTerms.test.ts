import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { dueBy as dueByInOrg } from '../../sandbox/salesforce/apex/paymentTerms.ts';
import { dueBy, followTerms, paymentTerms } from '../../sync/domain/paymentTerms.ts';
import { crmInvoice, invoiceTerms, stripeInvoice } from './invoices.ts';

const TODAY = '2026-11-21';

test.each([
  ['Due on receipt', '2026-11-21', '2026-11-21'],
  ['Net 15', '2026-11-21', '2026-12-06'],
  ['Net 30', '2027-01-31', '2027-03-02'],
  ['Net 60', '2026-12-31', '2027-03-01'],
  ['End of month', '2026-11-21', '2026-11-30'],
  ['End of month', '2026-11-30', '2026-11-30'],
  ['End of month', '2028-02-01', '2028-02-29'],
  ['End of month', '2026-12-31', '2026-12-31'],
] as const)('%s of %s is %s, to the engine and to the org', (terms, day, due) => {
  expect(dueBy(terms, day)).toBe(due);
  expect(dueByInOrg(terms, day)).toBe(due);
});

test('the picklists of the org are the terms that the engine knows', () => {
  for (const object of ['Account', 'Invoice__c']) {
    const file = `salesforce-metadata/objects/${object}/fields/Payment_Terms__c.field-meta.xml`;
    const xml = readFileSync(join(__dirname, '../..', file), 'utf8');
    expect([...xml.matchAll(/<label>(.*)<\/label>/g)].map(([, label]) => label)).toEqual([
      'Payment Terms',
      ...paymentTerms,
    ]);
  }
});

describe('a draft in the org', () => {
  const base = { terms: invoiceTerms({ dueDate: '2026-12-06', paymentTerms: 'Net 15' }), lines: {} };
  const follow = (
    crm: Parameters<typeof invoiceTerms>[0],
    stripe: Parameters<typeof invoiceTerms>[0] = base.terms,
    status: 'draft' | 'open' = 'draft',
  ) => {
    const sides = {
      crm: crmInvoice({ terms: invoiceTerms({ ...base.terms, ...crm }) }),
      stripe: stripeInvoice({ status, terms: invoiceTerms(stripe) }),
    };
    const { dueDate, paymentTerms: terms } = followTerms(base, sides, TODAY).terms;
    return [terms, dueDate];
  };

  test.each([
    ['stays as it is, though the days go by', {}, ['Net 15', '2026-12-06']],
    ['has the day of its new terms', { paymentTerms: 'Net 60' }, ['Net 60', '2027-01-20']],
    [
      'keeps the day that was chosen with new terms',
      { paymentTerms: 'Net 60', dueDate: '2027-01-01' },
      ['Net 60', '2027-01-01'],
    ],
    ['has no terms once a day is chosen by hand', { dueDate: '2027-01-01' }, [null, '2027-01-01']],
    ['has the day of its terms when the day was cleared', { dueDate: null }, ['Net 15', '2026-12-06']],
    ['keeps its day when its terms were cleared', { paymentTerms: null }, [null, '2026-12-06']],
  ] as const)('%s', (_, crm, expected) => {
    expect(follow(crm)).toEqual(expected);
  });

  test('has no terms once a day is chosen in Stripe; an invoice that is final keeps what it has', () => {
    expect(follow({}, { ...base.terms, dueDate: '2027-01-01' })).toEqual([null, '2026-12-06']);
    expect(follow({ paymentTerms: 'Net 60' }, base.terms, 'open')).toEqual(['Net 60', '2026-12-06']);
  });

  test('that says nothing has the terms of its Account, once', () => {
    const blank = invoiceTerms({ dueDate: null });
    const crm = crmInvoice({ stripeId: null, accountTerms: 'Net 30', terms: blank });
    expect(followTerms(null, { crm, stripe: null }, TODAY).terms).toEqual(
      invoiceTerms({ dueDate: '2026-12-21', paymentTerms: 'Net 30' }),
    );
    // One that was made in an earlier try has its day.
    expect(followTerms(null, { crm, stripe: stripeInvoice() }, TODAY).terms).toEqual(blank);
    expect(followTerms(null, { crm: { ...crm, accountTerms: null }, stripe: null }, TODAY).terms).toEqual(
      blank,
    );
  });

  test('that Stripe finalizes by itself goes on so, until the org has said something of it', () => {
    const stripe = stripeInvoice({ terms: invoiceTerms({ finalizeOn: '2026-12-01' }) });
    const { finalizeOn: _, ...before } = invoiceTerms();
    const earlier = { terms: before, lines: {} } as unknown as typeof base;
    for (const known of [null, earlier])
      expect(followTerms(known, { crm: crmInvoice(), stripe }, TODAY).terms.finalizeOn).toBe('2026-12-01');
    const cleared = { terms: stripe.terms, lines: {} };
    expect(followTerms(cleared, { crm: crmInvoice(), stripe }, TODAY).terms.finalizeOn).toBeNull();
  });

  test('that is to become final later is due by its terms from then on', () => {
    expect(follow({ finalizeOn: '2026-12-01' })).toEqual(['Net 15', '2026-12-16']);
  });
});
