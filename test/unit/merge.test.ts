import { mergeField, mergeFields } from '../../sync/domain/merge.ts';

const A = 'a';
const B = 'b';
const C = 'c';

describe('the three-way merge of a field', () => {
  test.each([
    // base, stripe, crm, owner → value, conflict
    [A, A, A, 'salesforce', A, false],
    [A, B, A, 'salesforce', B, false],
    [A, A, B, 'stripe', B, false],
    [A, B, B, 'stripe', B, false],
    [A, B, C, 'salesforce', C, true],
    [A, B, C, 'stripe', B, true],
    [undefined, B, C, 'salesforce', C, true],
    [undefined, B, C, 'stripe', B, true],
    [undefined, null, C, 'salesforce', C, false],
    [undefined, B, B, 'stripe', B, false],
    [A, null, A, 'salesforce', null, false],
    [A, A, null, 'stripe', null, false],
    [null, A, null, 'salesforce', A, false],
  ] as const)(
    'base %s, Stripe %s, CRM %s, owner %s gives %s, conflict %s',
    (base, stripe, crm, owner, value, conflict) => {
      const merged = mergeField<string | null>('name', { base, stripe, crm }, owner);
      expect(merged.value).toBe(value);
      expect(merged.conflict).toEqual(conflict ? { field: 'name', stripe, crm, winner: owner } : undefined);
    },
  );

  test('compares addresses by their content', () => {
    const berlin = { city: 'Berlin' };
    expect(
      mergeField('address', { base: berlin, stripe: { ...berlin }, crm: { city: 'Bonn' } }, 'stripe'),
    ).toEqual({
      value: { city: 'Bonn' },
    });
  });

  test('does not take another order of keys, as jsonb gives it back, for a change', () => {
    const base = { city: 'Berlin', line1: 'Hauptstr. 1' };
    const crm = { line1: 'Hauptstr. 1', city: 'Berlin' };
    const stripe = { line1: 'Hauptstr. 2', city: 'Berlin' };
    expect(mergeField('address', { base, stripe, crm }, 'salesforce')).toEqual({ value: stripe });
  });

  test('changes of different fields on both sides all stay', () => {
    const merged = mergeFields(
      { base: { name: A, email: A }, stripe: { name: B, email: A }, crm: { name: A, email: C } },
      { name: 'salesforce', email: 'salesforce' },
    );
    expect(merged).toEqual({ value: { name: B, email: C }, conflicts: [] });
  });
});
