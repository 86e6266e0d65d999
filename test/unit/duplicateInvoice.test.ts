import { copyOfInvoice } from '../../sync/domain/duplicateInvoice.ts';
import { invoiceTerms, stripeInvoice, stripeLine, terms } from './invoices.ts';

const NOW = new Date('2027-02-28T23:30:00Z');

test.each([
  [
    'as many days as from finalization',
    { finalizedAt: '2026-11-24T22:00:00.000Z', dueDate: '2026-12-24' },
    '2027-03-30',
  ],
  ['as many days as from the making of a draft', { finalizedAt: null, dueDate: '2026-12-01' }, '2027-03-07'],
  [
    'today where it was due at once',
    { finalizedAt: '2026-11-24T22:00:00.000Z', dueDate: '2026-11-24' },
    '2027-02-28',
  ],
  [
    'today and not before where it was due before it was final',
    { finalizedAt: '2026-11-24T22:00:00.000Z', dueDate: '2026-11-20' },
    '2027-02-28',
  ],
  ['30 days where it had no due date', { finalizedAt: null, dueDate: null }, '2027-03-30'],
])('a copy is due %s', (_, { finalizedAt, dueDate }, due) => {
  const invoice = stripeInvoice({ finalizedAt, terms: invoiceTerms({ description: 'Q4', dueDate }) });
  expect(copyOfInvoice(invoice, { now: NOW, zone: 'Etc/UTC' }).terms).toEqual(invoiceTerms({ dueDate: due }));
});

test('a copy has the lines in their order, the currency and the customer, and nothing else', () => {
  const lines = [
    stripeLine('il_1'),
    stripeLine('il_2', { terms: terms({ quantity: '0.25', product: null }) }),
  ];
  expect(
    copyOfInvoice(stripeInvoice({ lines, currency: 'jpy', status: 'paid', amountPaid: 5 }), {
      now: NOW,
      zone: 'Etc/UTC',
    }),
  ).toEqual({
    customerId: 'cus_1',
    currency: 'jpy',
    terms: expect.anything() as object,
    lines: [terms(), terms({ quantity: '0.25', product: null })],
    lineIds: ['il_1', 'il_2'],
  });
});

test('days are those of the Stripe account', () => {
  const invoice = stripeInvoice({
    finalizedAt: '2026-11-24T22:00:00.000Z',
    terms: invoiceTerms({ description: 'Q4', dueDate: '2026-12-24' }),
  });
  // In Auckland it was the 25th when it was finalized, and is March when it is copied.
  expect(copyOfInvoice(invoice, { now: NOW, zone: 'Pacific/Auckland' }).terms.dueDate).toBe('2027-03-30');
});

test('a copy of an invoice with terms is due by them', () => {
  const invoice = stripeInvoice({
    terms: invoiceTerms({ dueDate: '2026-12-24', paymentTerms: 'End of month' }),
  });
  expect(copyOfInvoice(invoice, { now: NOW, zone: 'Pacific/Auckland' }).terms).toEqual(
    invoiceTerms({ dueDate: '2027-03-31', paymentTerms: 'End of month' }),
  );
});
