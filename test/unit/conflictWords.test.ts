import type { FieldConflict } from '../../sync/domain/change.ts';
import { conflictSentence, conflictWords } from '../../sync/domain/conflictWords.ts';
import type { InvoiceStatus } from '../../sync/domain/invoice.ts';
import { otherOf } from '../../sync/domain/otherValue.ts';
import {
  stillOpen,
  unkeptConflicts,
  withConflicts,
  type OpenConflict,
} from '../../sync/domain/openConflict.ts';

const phone: FieldConflict = { field: 'phone', stripe: '222', crm: '111', winner: 'salesforce' };
const open: OpenConflict[] = [phone];

describe('what a record says about conflicts', () => {
  test('nothing when there are none', () => expect(conflictWords([])).toBeNull());

  test.each([
    [phone, 'Both sides changed Phone: “111” of Salesforce stayed, “222” of Stripe was replaced.'],
    [
      { ...phone, crm: null },
      'Both sides changed Phone: the empty field of Salesforce stayed, “222” of Stripe was replaced.',
    ],
    [
      {
        field: 'address',
        stripe: { line1: '1 Elm', city: 'Leeds', state: null, postalCode: 'LS1', country: 'GB' },
        crm: { line1: '2 Oak', city: 'Leeds', state: null, postalCode: 'LS2', country: 'GB' },
        winner: 'salesforce' as const,
      },
      'Both sides changed Address: “2 Oak, Leeds, LS2, GB” of Salesforce stayed, “1 Elm, Leeds, LS1, GB” of Stripe was replaced.',
    ],
    [
      {
        field: 'lines.a02A',
        stripe: null,
        crm: { description: 'Chairs', product: null, unitAmount: '1999', quantity: '3' },
        winner: 'stripe' as const,
      },
      'line “Seats” belongs to Stripe: the deletion of Stripe stayed, “Chairs”, 3 at 19.99 USD, of Salesforce was put back.',
    ],
    [
      { field: 'lines.a02A.quantity', stripe: '3', crm: '0.5', winner: 'salesforce' as const },
      'Both sides changed Quantity of line “Seats”: “0.5” of Salesforce stayed, “3” of Stripe was replaced.',
    ],
  ])('%j', (conflict, words) =>
    expect(conflictSentence(conflict, { currency: 'usd', lineName: () => 'Seats' })).toBe(words),
  );

  test('a due date of what is charged by itself is not explained by a finalization', () => {
    const words = conflictWords([{ field: 'dueDate', stripe: null, crm: '2027-01-31', winner: 'stripe' }]);
    expect(words).toBe(
      'Due date belongs to Stripe: the empty field of Stripe stayed, “2027-01-31” of Salesforce was put back. ' +
        'What Stripe charges by itself has no due date. A sync by hand takes this note away.',
    );
  });

  test('a line of a subscription is changed there, while its invoice is a draft', () => {
    const line: FieldConflict = {
      field: 'lines.a02A',
      stripe: { quantity: '1' },
      crm: null,
      winner: 'stripe',
    };
    expect(conflictWords([line], { status: 'draft', subscriptionId: 'sub_1' })).toMatch(
      /at the subscription\. A sync/,
    );
    expect(conflictWords([line])).toMatch(/finalized invoice cannot be changed/);
  });

  test('on one line and never more than the field holds, whatever people typed', () => {
    const many = Array.from({ length: 40 }, (_, index): FieldConflict => ({
      field: `lines.a${index}.description`,
      stripe: 'a\r\n b'.repeat(200),
      crm: 'c\n'.repeat(500),
      winner: 'salesforce',
    }));
    const words = conflictWords(many)!;
    expect(words.length).toBeLessThanOrEqual(2000);
    expect(words).not.toMatch(/[\r\n]/);
    expect(words).toMatch(/And \d+ more\. Where the value .* A sync by hand takes this note away\.$/);
  });
});

describe('what can be had instead', () => {
  const line = (of: Partial<FieldConflict>): FieldConflict => ({
    field: 'lines.a02A',
    stripe: null,
    crm: null,
    winner: 'salesforce',
    ...of,
  });
  const terms = { description: 'Chairs', product: null, unitAmount: '1999', quantity: '3' };
  const other = (conflict: FieldConflict, status?: InvoiceStatus) =>
    otherOf(conflict, { entity: 'invoice', status });

  test.each([
    ['a line that the org deleted', line({ stripe: terms }), 'line'],
    ['the deletion of a line in Stripe', line({ crm: terms }), 'deletion'],
    ['a line that was edited while Stripe deleted it', line({ crm: terms, winner: 'stripe' }), 'line'],
    ['nothing of what Stripe keeps', line({ stripe: terms, winner: 'stripe' }), null],
    ['a value of the invoice', { ...line({ stripe: 'A', crm: 'B' }), field: 'description' }, 'value'],
    ['a value of a line', { ...line({ stripe: '1', crm: '2' }), field: 'lines.a02A.quantity' }, 'value'],
    ['no product of a line', { ...line({ stripe: 'a', crm: 'b' }), field: 'lines.a02A.product' }, null],
    ['no invoice that was deleted', { ...line({ stripe: {} }), field: 'invoice' }, null],
  ])('%s', (_, conflict, expected) => {
    expect(other(conflict, 'draft')).toBe(expected);
    expect(other(conflict)).toBe(expected);
    expect(other(conflict, 'open')).toBeNull();
  });

  test('is said with the name of its button', () => {
    const context = { status: 'draft' as const, currency: 'usd' };
    expect(conflictWords([line({ stripe: terms })], context)).toContain('choose Bring line back');
    expect(conflictWords([line({ crm: terms })], context)).toContain('choose Delete line');
    const lost = conflictWords([line({ crm: terms, winner: 'stripe' })], context);
    expect(lost).toMatch(/^Both sides changed a line: the deletion of Stripe stayed, .* was replaced\. /);
    expect(lost).toContain('choose Bring line back');
  });

  test('of an Account is each value that was replaced', () => {
    expect(otherOf(phone, { entity: 'customer' })).toBe('value');
    expect(otherOf({ ...phone, winner: 'stripe' }, { entity: 'customer' })).toBeNull();
  });
});

describe('how long a record shows a conflict', () => {
  const values = (phoneNow: unknown) => (field: string) => (field === 'phone' ? phoneNow : 'other');

  test('while the field says what won', () =>
    expect(stillOpen(open, { valueOf: values('111'), acknowledged: false })).toEqual(open));

  test('not after it was edited again, on whichever side', () =>
    expect(stillOpen(open, { valueOf: values('333'), acknowledged: false })).toEqual([]));

  test('not after a person asked for a sync', () =>
    expect(stillOpen(open, { valueOf: values('111'), acknowledged: true })).toEqual([]));

  test('of a line that was deleted too late until a person asked: the line is back under another id', () => {
    const line = { field: 'lines.a02', stripe: { quantity: '1' }, crm: null, winner: 'stripe' as const };
    expect(stillOpen([line], { valueOf: () => null, acknowledged: false })).toEqual([line]);
    expect(stillOpen([line], { valueOf: () => null, acknowledged: true })).toEqual([]);
  });

  test('but one that this very sync found is shown, who ever asked for it', () => {
    const found = withConflicts(open, [{ ...phone, crm: '444' }]);
    expect(stillOpen(found, { valueOf: values('444'), acknowledged: true })).toEqual([
      { ...phone, crm: '444' },
    ]);
  });

  test('a retry keeps a conflict no second time, a new edit of the same values after the sync does', () => {
    const found = withConflicts([], [phone]);
    expect(unkeptConflicts(found, [phone])).toEqual([]);
    expect(unkeptConflicts(found, [{ ...phone, crm: '444' }])).toHaveLength(1);
    const settled = stillOpen(found, { valueOf: values('111'), acknowledged: false });
    expect(unkeptConflicts(settled, [phone])).toEqual([phone]);
  });
});
