import fc from 'fast-check';
import { decideMatch, nameKey, nameScore, type MatchAccount } from '../../sync/domain/matchScore.ts';
import {
  currencyExponent,
  formatMoney,
  sameDecimal,
  toMajorUnits,
  toMinorDecimal,
  toMinorUnits,
} from '../../sync/domain/money.ts';
import { toLongId } from '../../sync/domain/salesforceId.ts';

const currency = fc.constantFrom('usd', 'EUR', 'jpy', 'KRW', 'kwd', 'BHD', 'isk', 'ugx');
// A JSON number holds fifteen digits for certain.
const minor = fc.integer({ min: -999_999_999_999, max: 999_999_999_999 });

describe('money', () => {
  test('every amount of every kind of currency survives the way to the org and back', () => {
    fc.assert(
      fc.property(minor, currency, (amount, code) => {
        const major = toMajorUnits(amount, code);
        expect(toMinorUnits(major, code)).toBe(amount);
        expect(toMinorUnits(String(major), code)).toBe(amount);
        expect(toMinorUnits(JSON.parse(JSON.stringify(major)) as number, code)).toBe(amount);
      }),
    );
  });

  test('so do the decimals below the smallest coin that unit prices may have', () => {
    fc.assert(
      fc.property(
        fc.nat({ max: 99_999 }),
        fc.integer({ min: 1, max: 999_999 }),
        currency,
        (whole, part, code) => {
          const decimal = `${whole}.${String(part).padStart(6, '0').replace(/0+$/, '')}`;
          expect(toMinorDecimal(toMajorUnits(decimal, code), code)).toBe(decimal);
          expect(() => toMinorUnits(toMajorUnits(decimal, code), code)).toThrow('more decimals');
        },
      ),
    );
  });

  test('zeros at the end are no difference, any other digit is', () => {
    fc.assert(
      fc.property(minor, fc.integer({ min: 1, max: 9 }), (amount, digit) => {
        expect(sameDecimal(amount, `${amount}.00`)).toBe(true);
        expect(sameDecimal(amount, `${amount}.0${digit}`)).toBe(false);
      }),
    );
  });

  test('people read all of its digits', () => {
    fc.assert(
      fc.property(minor, currency, (amount, code) => {
        const shown = formatMoney(amount, code);
        const [number, name] = shown.split(' ') as [string, string];
        expect(name).toBe(code.toUpperCase());
        expect(Number(number.replaceAll(/[,.]/g, ''))).toBe(amount);
        expect(number.split('.')[1]?.length ?? 0).toBe(currencyExponent(code));
      }),
    );
  });
});

describe('record ids', () => {
  const letters = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789'];
  const shortId = fc
    .array(fc.constantFrom(...letters), { minLength: 15, maxLength: 15 })
    .map((all) => all.join(''));

  test('the long form begins with the short one, and is its own long form', () => {
    fc.assert(
      fc.property(shortId, (id) => {
        const long = toLongId(id)!;
        expect(long).toMatch(/^\w{15}[A-Z0-5]{3}$/);
        expect(long.slice(0, 15)).toBe(id);
        expect(toLongId(long)).toBe(long);
      }),
    );
  });

  test('ids that differ by case alone have long forms that differ without it', () => {
    fc.assert(
      fc.property(shortId, fc.nat({ max: 14 }), (id, at) => {
        const letter = id[at]!;
        const turned = /[A-Z]/.test(letter) ? letter.toLowerCase() : letter.toUpperCase();
        fc.pre(turned !== letter);
        const other = id.slice(0, at) + turned + id.slice(at + 1);
        expect(toLongId(other)!.toLowerCase()).not.toBe(toLongId(id)!.toLowerCase());
        // A long form whose letters were turned is no id.
        expect(toLongId(other + toLongId(id)!.slice(15))).toBeUndefined();
      }),
    );
  });
});

describe('matching', () => {
  const word = fc.constantFrom('North', 'light', 'Café', 'Kettle', '&', 'Sons', 'Inc.', 'GmbH', 'x', '7');
  const name = fc.array(word, { maxLength: 4 }).map((words) => words.join(' '));
  const anyName = fc.oneof(name, fc.string({ unit: 'grapheme', maxLength: 12 }));

  test('a score is between 0 and 1 and the same from both sides; a name is like itself in any writing', () => {
    fc.assert(
      fc.property(anyName, anyName, (left, right) => {
        const score = nameScore(left, right);
        expect(score).toBeGreaterThanOrEqual(0);
        expect(score).toBeLessThanOrEqual(1);
        expect(nameScore(right, left)).toBe(score);
        if (nameKey(left) !== '') {
          expect(nameScore(left, left)).toBe(1);
          expect(nameScore(left, `  ${nameKey(left)} `)).toBe(1);
          expect(nameScore(left, nameKey(left).split(' ').reverse().join(' '))).toBe(1);
        }
      }),
    );
  });

  const domain = fc.constantFrom('north.example', 'kettle.example', 'gmail.com');
  const email = domain.map((host) => `ap@${host}`);
  const account: fc.Arbitrary<Omit<MatchAccount, 'crmId'>> = fc.record({
    name,
    emails: fc.array(email, { maxLength: 2 }),
    domains: fc.uniqueArray(domain, { maxLength: 2 }),
    stripeId: fc.option(fc.constantFrom('cus_1', 'cus_2'), { nil: null }),
  });
  const accounts = fc
    .array(account, { maxLength: 4 })
    .map((all): MatchAccount[] => all.map((one, index) => ({ ...one, crmId: `001${index}` })));
  const customer = fc.record({
    stripeId: fc.constant('cus_1'),
    name,
    email: fc.option(email, { nil: null }),
    crmId: fc.option(fc.constantFrom('0010', '0012', '0019'), { nil: null }),
    sharesEmail: fc.boolean(),
    sharesName: fc.boolean(),
  });

  test('who is paired does not depend on the order of the Accounts, and is linked with nobody else', () => {
    fc.assert(
      fc.property(customer, accounts, (one, all) => {
        const decision = decideMatch(one, all);
        const reversed = decideMatch(one, all.toReversed());
        expect(reversed.kind).toBe(decision.kind);
        if (decision.kind !== 'paired') return;
        expect(reversed).toEqual(decision);
        const chosen = all.find(({ crmId }) => crmId === decision.crmId)!;
        expect([null, 'cus_1']).toContain(chosen.stripeId);
        if (decision.by === 'email') expect(one.sharesEmail).toBe(false);
        if (decision.by === 'domain and name') expect(one.sharesName).toBe(false);
      }),
    );
  });
});
