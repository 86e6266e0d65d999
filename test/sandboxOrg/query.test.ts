import type { Connection } from 'jsforce';
import { probeMetadata, refusal, testOrg } from './org.ts';
import type { TestOrg } from './org.ts';

type Row = Record<string, unknown>;

describe('SOQL in the sandbox org', () => {
  let org: TestOrg;
  let connection: Connection;
  const ids = new Map<string, string>();

  beforeAll(async () => {
    org = await testOrg({ metadataDir: probeMetadata, seed: false });
    connection = await org.connect();
    const accounts = [
      { Name: 'Alpha', Phone: '1', BillingCity: 'Rome' },
      { Name: 'beta' },
      { Name: "Gam%ma_O'Neil" },
    ];
    for (const account of accounts) {
      const { id } = await connection.sobject('Account').create(account);
      ids.set(account.Name, id!);
    }
    const parent = { ParentId: ids.get('Alpha')! };
    await connection.sobject('Account').update({ Id: ids.get('beta')!, ...parent });
    const probes = [
      {
        Name: 'p1',
        Needed__c: 'x',
        Unique__c: 'Key',
        Amount__c: 10,
        Day__c: '2026-03-01',
        Tags__c: 'a;b',
        Account__c: ids.get('Alpha')!,
      },
      {
        Name: 'p2',
        Needed__c: 'x',
        Unique__c: 'key',
        Amount__c: 20.5,
        Day__c: '2026-04-15',
        Tags__c: 'b',
        Flag__c: false,
        Account__c: ids.get('Alpha')!,
      },
      {
        Name: 'p3',
        Needed__c: 'y',
        Stage__c: 'old',
        Moment__c: '2026-04-15T12:30:00Z',
        Account__c: ids.get('beta')!,
      },
      { Name: 'p4', Needed__c: 'y', Stage__c: null },
    ];
    for (const probe of probes) ids.set(probe.Name, (await connection.sobject('Probe__c').create(probe)).id!);
    for (const size of [0.1, 0.2, 1, 2, 3])
      await connection.sobject('Probe_Part__c').create({ Probe__c: ids.get('p1')!, Size__c: size });
  });
  afterAll(() => org.stop());

  async function rows(soql: string): Promise<Row[]> {
    return (await connection.query<Row>(soql)).records;
  }
  const names = async (where: string, object = 'Probe__c') =>
    (await rows(`SELECT Name FROM ${object} ${where}`)).map((row) => row['Name']);

  it.each<[string, string[]]>([
    ["WHERE Name = 'P1'", ['p1']],
    ["WHERE Name != 'p1'", ['p2', 'p3', 'p4']],
    ["WHERE Name IN ('p1', 'P3')", ['p1', 'p3']],
    ["WHERE Name NOT IN ('p1', 'p3')", ['p2', 'p4']],
    ["WHERE Unique__c = 'key'", ['p2']],
    ["WHERE Unique__c IN ('KEY')", []],
    ['WHERE Unique__c = null', ['p3', 'p4']],
    ['WHERE Unique__c != null', ['p1', 'p2']],
    ['WHERE Amount__c > 10', ['p2']],
    ['WHERE Amount__c >= 10 AND Amount__c < 20.5', ['p1']],
    ['WHERE Doubled__c = 41', ['p2']],
    ['WHERE Flag__c = false', ['p2']],
    ['WHERE Day__c = 2026-03-01', ['p1']],
    ['WHERE Day__c > 2026-03-01', ['p2']],
    ['WHERE Day__c < TODAY', ['p1', 'p2']],
    ['WHERE Overdue__c = true', ['p1', 'p2']],
    ['WHERE Moment__c = 2026-04-15T14:30:00+02:00', ['p3']],
    ['WHERE Moment__c >= 2026-04-15T12:30:01Z', []],
    ['WHERE CreatedDate = TODAY', ['p1', 'p2', 'p3', 'p4']],
    ['WHERE CreatedDate < LAST_N_DAYS:1', []],
    ['WHERE CreatedDate > LAST_N_DAYS:1 AND CreatedDate <= THIS_YEAR', []],
    ['WHERE DAY_ONLY(Moment__c) = 2026-04-15', ['p3']],
    ['WHERE CALENDAR_MONTH(Day__c) = 4', ['p2']],
    ["WHERE Tags__c INCLUDES ('a;b', 'c')", ['p1']],
    ["WHERE Tags__c EXCLUDES ('a') AND Tags__c != null", ['p2']],
    ["WHERE Stage__c = 'new'", ['p1', 'p2']],
    ["WHERE Stage__c IN ('old', null)", ['p3', 'p4']],
    ["WHERE Account__r.Name = 'alpha'", ['p1', 'p2']],
    ["WHERE Account__r.Parent.Name = 'Alpha'", ['p3']],
    ["WHERE Account__r.BillingCity = 'Rome'", ['p1', 'p2']],
    ["WHERE (Name = 'p1' OR Name = 'p2') AND Flag__c = true", ['p1']],
    ["WHERE Name = 'p1' OR (Name = 'p2' AND Flag__c = true)", ['p1']],
    ["WHERE NOT (Name = 'p1' OR Name = 'p2')", ['p3', 'p4']],
    ["WHERE NOT Name = 'p1' AND NOT (Name = 'p2')", ['p3', 'p4']],
    ["WHERE (Needed__c = 'x' AND (NOT Name = 'p2')) OR (Name = 'p4')", ['p1', 'p4']],
    ['WHERE Id IN (SELECT Probe__c FROM Probe_Part__c WHERE Size__c > 2)', ['p1']],
    ['WHERE Id NOT IN (SELECT Probe__c FROM Probe_Part__c)', ['p2', 'p3', 'p4']],
    ["WHERE Account__c IN (SELECT Id FROM Account WHERE Name LIKE 'a%')", ['p1', 'p2']],
    ['ORDER BY Amount__c', ['p3', 'p4', 'p1', 'p2']],
    ['ORDER BY Amount__c DESC NULLS LAST, Name DESC', ['p2', 'p1', 'p4', 'p3']],
    ['ORDER BY Account__r.Name DESC NULLS LAST, Name', ['p3', 'p1', 'p2', 'p4']],
    ['ORDER BY Name DESC LIMIT 2', ['p4', 'p3']],
    ['ORDER BY Name LIMIT 2 OFFSET 1', ['p2', 'p3']],
  ])('finds with %s: %j', async (clause, expected) => {
    expect((await names(clause)).sort()).toEqual([...expected].sort());
    if (clause.startsWith('ORDER')) expect(await names(clause)).toEqual(expected);
  });

  it.each<[string, string[]]>([
    ["WHERE Name LIKE 'gam\\\\%%'", []],
    ["WHERE Name LIKE 'Gam\\%ma\\_%'", ["Gam%ma_O'Neil"]],
    ["WHERE Name LIKE '%O\\'Neil'", ["Gam%ma_O'Neil"]],
    ["WHERE Name LIKE '_eta'", ['beta']],
    ["WHERE Name LIKE 'ALPH%'", ['Alpha']],
    ["WHERE Name = 'Gam%ma_O\\'Neil'", ["Gam%ma_O'Neil"]],
    ["WHERE Account.Name = 'Alpha'", ['Alpha']],
  ])('understands quoting and wildcards in %s', async (clause, expected) => {
    expect(await names(clause, 'Account')).toEqual(expected);
  });

  it('answers lookups as nested records and children as nested results', async () => {
    const [row] = await rows(
      "SELECT Id, Account__r.Name, Account__r.Owner.Username, (SELECT Size__c FROM Parts__r WHERE Size__c > 1 ORDER BY Size__c DESC) FROM Probe__c WHERE Name = 'p1'",
    );
    expect(row).toMatchObject({
      attributes: { type: 'Probe__c', url: `/services/data/v67.0/sobjects/Probe__c/${ids.get('p1')}` },
      Account__r: {
        attributes: { type: 'Account' },
        Name: 'Alpha',
        Owner: { Username: 'integration@sandbox.example' },
      },
      Parts__r: { totalSize: 2, done: true, records: [{ Size__c: 3 }, { Size__c: 2 }] },
    });
    const [lonely] = await rows(
      "SELECT Account__r.Name, (SELECT Id FROM Parts__r) FROM Probe__c WHERE Name = 'p4'",
    );
    expect(lonely).toMatchObject({ Account__r: null, Parts__r: null });
  });

  it('writes moments with milliseconds and offset, and composes addresses', async () => {
    const [row] = await rows(
      "SELECT Moment__c, SystemModstamp, Account__r.BillingAddress FROM Probe__c WHERE Name = 'p3'",
    );
    expect(row!['Moment__c']).toBe('2026-04-15T12:30:00.000+0000');
    expect(row!['SystemModstamp']).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.000\+0000$/);
    expect(row!['Account__r']).toMatchObject({ BillingAddress: null });
    const [alpha] = await rows("SELECT BillingAddress FROM Account WHERE Name = 'Alpha'");
    expect(alpha!['BillingAddress']).toMatchObject({ city: 'Rome', street: null });
  });

  it.each<[string, Row[]]>([
    ['SELECT COUNT(Id) FROM Probe__c', [{ expr0: 4 }]],
    [
      'SELECT COUNT(Amount__c) n, SUM(Amount__c) total, MIN(Amount__c), MAX(Day__c) FROM Probe__c',
      [{ n: 2, total: 30.5, expr0: 10, expr1: '2026-04-15' }],
    ],
    ['SELECT SUM(Size__c) s FROM Probe_Part__c WHERE Size__c < 1', [{ s: 0.3 }]],
    [
      'SELECT Needed__c, COUNT(Id) n FROM Probe__c GROUP BY Needed__c ORDER BY Needed__c DESC',
      [
        { Needed__c: 'y', n: 2 },
        { Needed__c: 'x', n: 2 },
      ],
    ],
    [
      'SELECT Account__r.Name, COUNT(Id) n FROM Probe__c GROUP BY Account__r.Name HAVING COUNT(Id) > 1',
      [{ Name: 'Alpha', n: 2 }],
    ],
    [
      'SELECT CALENDAR_MONTH(Day__c) m, COUNT(Id) n FROM Probe__c WHERE Day__c != null GROUP BY CALENDAR_MONTH(Day__c) ORDER BY COUNT(Id), CALENDAR_MONTH(Day__c)',
      [
        { m: 3, n: 1 },
        { m: 4, n: 1 },
      ],
    ],
    ['SELECT COUNT_DISTINCT(Needed__c) d, AVG(Amount__c) a FROM Probe__c', [{ d: 2, a: 15.25 }]],
    ["SELECT COUNT(Id) n FROM Probe__c WHERE Name = 'none'", [{ n: 0 }]],
    ["SELECT Needed__c, COUNT(Id) FROM Probe__c WHERE Name = 'none' GROUP BY Needed__c", []],
  ])('aggregates %s', async (soql, expected) => {
    const found = await rows(soql);
    expect(found.map(({ attributes: _attributes, ...row }) => row)).toEqual(expected);
    for (const row of found) expect(row['attributes']).toEqual({ type: 'AggregateResult' });
  });

  it('answers COUNT() as a size without records', async () => {
    expect(await connection.query('SELECT COUNT() FROM Probe__c WHERE Flag__c = true')).toMatchObject({
      totalSize: 3,
      records: [],
    });
  });

  it('translates and formats', async () => {
    const [row] = await rows(
      "SELECT toLabel(Stage__c), FORMAT(Amount__c) shown FROM Probe__c WHERE Name = 'p1'",
    );
    expect(row).toMatchObject({ Stage__c: 'Brand new', shown: '$10.00' });
  });

  it('selects groups of fields with FIELDS()', async () => {
    const [row] = await rows('SELECT FIELDS(CUSTOM) FROM Probe__c ORDER BY Name LIMIT 1');
    expect(row).toMatchObject({ Needed__c: 'x', Doubled__c: 20 });
    expect(row).not.toHaveProperty('Name');
    expect((await refusal(connection.query('SELECT FIELDS(ALL) FROM Probe__c'))).message).toContain(
      'LIMIT of at most 200',
    );
  });

  it('tells records of different types apart with TYPEOF', async () => {
    const [row] = await rows('SELECT TYPEOF Owner WHEN User THEN Username ELSE Id END FROM Probe__c LIMIT 1');
    expect(row).toMatchObject({
      Owner: { attributes: { type: 'User' }, Username: 'integration@sandbox.example' },
    });
  });

  it('hands out long results in pages', async () => {
    const parts = Array.from({ length: 450 }, (_none, i) => ({ Probe__c: ids.get('p4')!, Size__c: i }));
    for (let i = 0; i < parts.length; i += 200)
      await connection.sobject('Probe_Part__c').create(parts.slice(i, i + 200));
    const soql = `SELECT Size__c FROM Probe_Part__c WHERE Probe__c = '${ids.get('p4')}' ORDER BY Size__c`;
    const headers = { 'Sforce-Query-Options': 'batchSize=200' };
    const first = await connection.query<Row>(soql, { headers });
    expect(first).toMatchObject({ totalSize: 450, done: false });
    expect(first.records).toHaveLength(200);
    const all = await connection.query<Row>(soql, { headers, autoFetch: true, maxFetch: 1000 });
    expect(all.records.map((row) => row['Size__c'])).toEqual(parts.map((part) => part.Size__c));
    expect((await refusal(connection.queryMore('01g000000000000AAA-200'))).errorCode).toBe(
      'INVALID_QUERY_LOCATOR',
    );
  });

  it('walks by keyset over moment and id without gaps', async () => {
    const seen: unknown[] = [];
    let last: Row | undefined;
    for (;;) {
      const after: string = last
        ? `WHERE (SystemModstamp > ${String(last['SystemModstamp']).replace('+0000', 'Z')} OR (SystemModstamp = ${String(last['SystemModstamp']).replace('+0000', 'Z')} AND Id > '${String(last['Id'])}'))`
        : '';
      const page = await rows(
        `SELECT Id, SystemModstamp FROM Probe_Part__c ${after} ORDER BY SystemModstamp, Id LIMIT 100`,
      );
      if (page.length === 0) break;
      seen.push(...page.map((row) => row['Id']));
      last = page.at(-1);
    }
    expect(new Set(seen).size).toBe(seen.length);
    expect(seen).toHaveLength((await connection.query('SELECT COUNT() FROM Probe_Part__c')).totalSize);
  });

  it('shows deleted records to queryAll only', async () => {
    const { id } = await connection.sobject('Probe__c').create({ Name: 'gone', Needed__c: 'z' });
    await connection.sobject('Probe__c').destroy(id!);
    expect(await names("WHERE Name = 'gone'")).toEqual([]);
    const found = await connection.query<Row>("SELECT Id, IsDeleted FROM Probe__c WHERE Name = 'gone'", {
      scanAll: true,
    });
    expect(found.records).toMatchObject([{ Id: id, IsDeleted: true }]);
  });
});
