import type { FieldConflict } from '../../sync/domain/change.ts';
import { conflictSentence, conflictWords } from '../../sync/domain/conflictWords.ts';
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
