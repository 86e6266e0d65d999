import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { compileFormula } from '../../sandbox/salesforce/formula/compileFormula.ts';
import { customFieldsText, readCustomFields } from '../../sync/domain/customFields.ts';

const rule = readFileSync(
  join(
    __dirname,
    '../../salesforce-metadata/objects/Invoice__c/validationRules/Custom_Fields_Form.validationRule-meta.xml',
  ),
  'utf8',
);
const { evaluate } = compileFormula(/<errorConditionFormula>(.*)<\/errorConditionFormula>/s.exec(rule)![1]!);

const refuses = (text: string): boolean =>
  evaluate({
    now: new Date(0),
    read: (path) => ({ Status__c: 'Draft', Custom_Fields__c: text })[path] ?? null,
  }) === true;

test.each([
  ['PO number: 4711', false],
  ['PO number: 4711\n\n  Ratio 1\\:2 :  a: b \r\n', false],
  ['a:1\nb:2\nc:3\nd:4', false],
  [`${'n'.repeat(40)}: ${'v'.repeat(140)}`, false],
  [`${'\\:'.repeat(40)}: v`, false],
  ['PO: 1\nPO: 2', false],
  ['a: 1\nb: 2\nc: 3\nd: 4\ne: 5', true],
  ['PO: 1\njust text', true],
  [': 1', true],
  ['PO:', true],
  ['PO:  \nb: 2', true],
  [`${'n'.repeat(41)}: 1`, true],
  [`PO: ${'v'.repeat(141)}`, true],
])("the org's rule on %j: refused %s", (text, refused) => {
  expect(refuses(text)).toBe(refused);
  const read = readCustomFields(text);
  // That a name is there twice, no formula can say.
  expect('problem' in read && !read.problem.endsWith('twice.')).toBe(refused);
});

const word = (most: number) =>
  fc.stringMatching(/^[a-z\\: ]+$/).map((text) => text.replace(/\s+/g, ' ').trim().slice(0, most).trim());

test('the org never refuses what the engine takes, and what Stripe has is taken back as it is', () => {
  fc.assert(
    fc.property(
      fc.uniqueArray(fc.record({ name: word(40).filter(Boolean), value: word(140).filter(Boolean) }), {
        maxLength: 4,
        selector: ({ name }) => name,
      }),
      (fields) => {
        const text = customFieldsText(fields);
        expect(readCustomFields(text)).toEqual({ fields });
        expect(text !== null && refuses(text)).toBe(false);
      },
    ),
    { numRuns: 300 },
  );
  fc.assert(
    fc.property(fc.stringMatching(/^[ab\\: \n]{0,40}$/), (text) => {
      if ('fields' in readCustomFields(text) && text.trim()) expect(refuses(text)).toBe(false);
    }),
    { numRuns: 2000 },
  );
});
