import {
  businessDomain,
  decideMatch,
  nameScore,
  SAME_NAME,
  type MatchAccount,
  type MatchCustomer,
} from '../../sync/domain/matchScore.ts';

const customer = (fields: Partial<MatchCustomer> = {}): MatchCustomer => ({
  stripeId: 'cus_1',
  name: 'Northlight Architecture',
  email: 'billing@northlight.example',
  crmId: null,
  sharesEmail: false,
  sharesName: false,
  ...fields,
});
const account = (fields: Partial<MatchAccount> = {}): MatchAccount => ({
  crmId: '001A',
  name: 'Northlight Architecture',
  emails: [],
  domains: [],
  stripeId: null,
  ...fields,
});

describe('names', () => {
  test.each([
    ['Northlight Architecture', 'NORTHLIGHT ARCHITECTURE, Inc.', 1],
    ['Café Zürich GmbH', 'cafe zurich', 1],
    ['Smith & Sons Ltd', 'Sons and Smith', 1],
    ['', 'Anything', 0],
    ['Zephyr', 'Blue Moon', 0],
  ])('%s and %s are alike to %d', (left, right, score) => {
    expect(nameScore(left, right)).toBe(score);
    expect(nameScore(right, left)).toBe(score);
  });

  test('a different ending is the same company above the threshold, a different word is not', () => {
    expect(nameScore('Northlight Architecture', 'Northlight Architects Inc.')).toBeGreaterThan(SAME_NAME);
    expect(nameScore('Copper Kettle Catering', 'Copper Kettle Cafe')).toBeLessThan(SAME_NAME);
  });
});

test.each([
  ['billing@Northlight.example', 'northlight.example'],
  ['https://www.northlight.example/about', 'northlight.example'],
  ['www.northlight.example:8080', 'northlight.example'],
  ['somebody@gmail.com', null],
  ['nothing', null],
  [null, null],
])('the domain of %s is %s', (address, domain) => expect(businessDomain(address)).toBe(domain));

describe('a customer is paired', () => {
  test('with the Account that has its id, whatever else they say', () => {
    const accounts = [account({ stripeId: 'cus_1', name: 'Other' }), account({ crmId: '001B' })];
    expect(decideMatch(customer(), accounts)).toEqual({ kind: 'paired', crmId: '001A', by: 'id' });
  });

  test('with the Account that its metadata names', () => {
    expect(decideMatch(customer({ crmId: '001A' }), [account({ name: 'Other' })])).toMatchObject({
      kind: 'paired',
      by: 'id',
    });
  });

  test('with the only Account that has its e-mail, in any case of letters', () => {
    const accounts = [account({ emails: ['billing@northlight.example'], name: 'N. L. A.' })];
    expect(decideMatch(customer({ email: 'Billing@Northlight.example' }), accounts)).toMatchObject({
      kind: 'paired',
      by: 'email',
    });
  });

  test('with the Account of its domain whose name is clearly the most alike', () => {
    const accounts = [
      account({ domains: ['northlight.example'], name: 'Northlight Architects' }),
      account({ crmId: '001B', domains: ['northlight.example'], name: 'Northlight Catering' }),
    ];
    expect(decideMatch(customer(), accounts)).toEqual({
      kind: 'paired',
      crmId: '001A',
      by: 'domain and name',
    });
  });
});

describe('a person decides', () => {
  const email = ['billing@northlight.example'];
  const domains = ['northlight.example'];
  test.each<[string, Partial<MatchCustomer>, MatchAccount[], RegExp]>([
    [
      'two Accounts with its e-mail',
      {},
      [account({ emails: email }), account({ crmId: '001B', emails: email })],
      /Several/,
    ],
    [
      'two customers with one e-mail',
      { sharesEmail: true },
      [account({ emails: email })],
      /Another customer/,
    ],
    ['an Account that is linked already', {}, [account({ emails: email, stripeId: 'cus_2' })], /cus_2/],
    ['metadata that names a linked Account', { crmId: '001A' }, [account({ stripeId: 'cus_2' })], /cus_2/],
    [
      'two Accounts with its id',
      {},
      [account({ stripeId: 'cus_1' }), account({ crmId: '001B', stripeId: 'cus_1' })],
      /Several/,
    ],
    [
      'two alike names of its domain',
      {},
      [account({ domains }), account({ crmId: '001B', domains, name: 'Northlight Architects' })],
      /Several/,
    ],
    ['another name of its domain', {}, [account({ domains, name: 'Southgate Foods' })], /name is not/],
    ['the same name and nothing else', {}, [account()], /Only the name/],
    [
      'two customers of one name and domain',
      { sharesName: true },
      [account({ domains })],
      /Another customer/,
    ],
  ])('about %s', (_what, fields, accounts, reason) => {
    const decision = decideMatch(customer(fields), accounts);
    expect(decision).toMatchObject({ kind: 'ambiguous', reason: expect.stringMatching(reason) as string });
    expect((decision as { candidates: unknown[] }).candidates).toHaveLength(accounts.length);
  });

  test('and sees what each candidate has in common, the most alike first', () => {
    const decision = decideMatch(customer(), [
      account({ crmId: '001B', emails: email, name: 'N.L.', stripeId: 'cus_2' }),
      account({ emails: email, domains }),
    ]);
    expect(decision).toMatchObject({
      candidates: [
        { accountId: '001A', score: 1, because: 'same e-mail, same domain, same name' },
        { accountId: '001B', because: 'same e-mail; linked with cus_2' },
      ],
    });
  });
});

test('a domain of a mail provider proves nothing', () => {
  const accounts = [account({ name: 'Somebody Else', domains: [] })];
  expect(decideMatch(customer({ email: 'northlight@gmail.com' }), accounts)).toEqual({ kind: 'none' });
});
