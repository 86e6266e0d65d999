import { dueBy, TERMS } from 'c/paymentTerms';

describe('c/paymentTerms', () => {
  it.each([
    ['Due on receipt', '2026-11-20', '2026-11-20'],
    ['Net 15', '2026-12-20', '2027-01-04'],
    ['Net 30', '2026-11-20', '2026-12-20'],
    ['Net 60', '2026-11-20', '2027-01-19'],
    ['End of month', '2028-02-01', '2028-02-29'],
  ])('%s of %s is %s', (terms, today, due) => {
    expect(dueBy(terms, today)).toBe(due);
    expect(TERMS.map(({ value }) => value)).toContain(terms);
  });
});
