import { format } from 'c/labelText';

describe('c-label-text', () => {
  it('fills the places of a label in any order', () => {
    expect(format('{1} owes {0}', '$5', 'Acme')).toBe('Acme owes $5');
  });

  it('leaves a place alone that has no value', () => {
    expect(format('Invoice {0} for {1}', 'INV-1')).toBe('Invoice INV-1 for {1}');
  });
});
