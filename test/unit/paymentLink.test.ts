import {
  isChargeable,
  asksForAnother,
  countedOf,
  shownLink,
  whyToClose,
} from '../../sync/domain/paymentLink.ts';

const open = { status: 'open', amountRemaining: 1000, currency: 'usd', isPaymentProcessing: false } as const;
const active = { amount: 1000, active: true };

test.each([
  ['asks for what is left', open, active, null],
  ['asks for more than is left', { ...open, amountRemaining: 900 }, active, 'changed'],
  [
    'asks for more, and a person switched it off',
    { ...open, amountRemaining: 900 },
    { ...active, active: false },
    'switched_off',
  ],
  ['is of a paid invoice', { ...open, status: 'paid', amountRemaining: 0 } as const, active, 'paid'],
  ['is of a void invoice', { ...open, status: 'void' } as const, active, 'void'],
  [
    'is of an invoice that is given up',
    { ...open, status: 'uncollectible' } as const,
    active,
    'uncollectible',
  ],
  ['is beside a bank debit that is under way', { ...open, isPaymentProcessing: true }, active, 'processing'],
  ['is of an invoice that was deleted in the org', null, active, 'gone'],
])('a link that %s', (_, invoice, link, why) => {
  expect(whyToClose(invoice, link)).toBe(why);
});

test.each([
  [open, 1000, 'usd', { counted: 1000, why: null }],
  [open, 400, 'usd', { counted: 400, why: null }],
  [{ ...open, amountRemaining: 300 }, 1000, 'usd', { counted: 300, why: 'more_than_owed' }],
  [open, 1000, 'eur', { counted: 0, why: 'more_than_owed' }],
  [{ ...open, status: 'void' } as const, 1000, 'usd', { counted: 0, why: 'void' }],
  [null, 1000, 'usd', { counted: 0, why: 'gone' }],
])('of a payment on %j over %i %s counts %j', (invoice, amount, currency, counted) => {
  expect(countedOf(invoice, { amount, currency })).toEqual(counted);
});

test('another link is made only in the place of one whose amount has changed, and only over what a card can be charged', () => {
  expect(asksForAnother(open, [{ closedWhy: 'changed' }])).toBe(true);
  expect(asksForAnother(open, [{ closedWhy: 'changed' }, { closedWhy: null }])).toBe(false);
  expect(asksForAnother(open, [{ closedWhy: 'switched_off' }])).toBe(false);
  expect(asksForAnother({ ...open, amountRemaining: 49 }, [{ closedWhy: 'changed' }])).toBe(false);
  expect([49, 50].map((amountRemaining) => isChargeable({ amountRemaining, currency: 'usd' }))).toEqual([
    false,
    true,
  ]);
  expect([49, 50].map((amountRemaining) => isChargeable({ amountRemaining, currency: 'jpy' }))).toEqual([
    false,
    true,
  ]);
});

const link = { stripeId: 'plink_1', url: 'https://buy.example/1', active: true, closedWhy: null };
const payment = {
  amount: 1000,
  currency: 'usd',
  paidAt: '2026-11-21T10:00:00Z',
  givenBack: null,
  settled: true,
};

test('the address of a link is shown only while somebody can pay through it', () => {
  expect(shownLink([], [])).toMatchObject({ status: 'Not Created', url: null });
  expect(shownLink([{ ...link, stripeId: null, url: null }], [])).toMatchObject({ status: 'Not Created' });
  expect(shownLink([link], [])).toEqual({ status: 'Pending Payment', url: link.url, note: null });
  expect(shownLink([{ ...link, active: false }], [])).toMatchObject({ status: 'Deactivated', url: null });
  const paid = { ...payment, counted: 1000, why: null };
  expect(shownLink([{ ...link, active: false, closedWhy: 'paid' }], [paid])).toMatchObject({
    status: 'Paid',
    url: null,
  });
});

test('what was given back is told with its amount, its day and the reason', () => {
  const note = (of: object) =>
    shownLink([link], [{ ...payment, counted: 0, why: 'void', givenBack: 're_1', ...of } as never]).note;
  expect(note({})).toBe(
    '10.00 USD that were paid through the payment link on Nov 21, 2026 were refunded: the invoice was void.',
  );
  expect(note({ counted: 600, why: 'more_than_owed' })).toMatch(/^4\.00 USD of 10\.00 USD that were paid/);
  expect(note({ givenBack: 'No funds.' })).toMatch(
    /could not be refunded by themselves \(No funds\.\)\. Refund them by hand\.$/,
  );
  expect(note({ settled: false })).toBeNull();
});
