import { compileFormula } from '../../sandbox/salesforce/formula/compileFormula.ts';

type Fields = Record<string, string | number | boolean | null>;

function evaluate(formula: string, fields: Fields = {}) {
  return compileFormula(formula).evaluate({
    now: new Date('2026-11-21T10:00:00Z'),
    read: (path) => fields[path] ?? null,
  });
}

describe('formulas', () => {
  it.each<[string, Fields, unknown]>([
    ['1 + 2 * 3 - 4 / 8', {}, 6.5],
    ['Amount__c * 2', { Amount__c: 2.5 }, 5],
    ['Amount__c * 2', {}, null],
    ['"a" & B__c & "c"', { B__c: 'b' }, 'abc'],
    ['"a" & B__c', {}, 'a'],
    ['TODAY()', {}, '2026-11-21'],
    ['Day__c < TODAY()', { Day__c: '2026-11-20' }, true],
    ['Day__c < TODAY()', { Day__c: '2026-11-21' }, false],
    ['Day__c < TODAY()', {}, false],
    ['IF(A__c = "x", "yes", "no")', { A__c: 'x' }, 'yes'],
    ['A__c <> B__c', { A__c: '', B__c: null }, false],
    ['AND(NOT(ISBLANK(A__c)), LEN(A__c) > 2) || FALSE', { A__c: 'abc' }, true],
    ['CASE(A__c, "x", 1, "y", 2, 3)', { A__c: 'y' }, 2],
    ['CASE(A__c, "x", 1, "y", 2, 3)', { A__c: 'z' }, 3],
    ['ISPICKVAL(A__c, "Draft")', { A__c: 'Draft' }, true],
    ['BLANKVALUE(Account__r.Name, "nobody")', {}, 'nobody'],
    ['REGEX(A__c, "\\\\d{2}(\\\\n[a-z\\"]+)?")', { A__c: '12\nab"' }, true],
    ['REGEX(A__c, "\\\\d{2}")', { A__c: '123' }, false],
    ['ROUND(A__c, 2)', { A__c: 1.005 }, 1.01],
    ['BEGINS(UPPER(LEFT(A__c, 3)), "AB")', { A__c: 'abcd' }, true],
  ])('%s with %j is %j', (formula, fields, expected) => {
    expect(evaluate(formula, fields)).toBe(expected);
  });

  it('names the fields it uses', () => {
    expect(compileFormula('A__c + Account__r.B__c').fields).toEqual(['A__c', 'Account__r.B__c']);
  });

  it('refuses what it does not know', () => {
    expect(() => compileFormula('GEOLOCATION(1, 2)')).toThrow(
      'does not know the formula function GEOLOCATION',
    );
    expect(() => compileFormula('IF(')).toThrow('cannot be understood');
  });
});
