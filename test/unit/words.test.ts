import { backoffMs } from '../../sync/domain/backoff.ts';
import { commandWords, syncWords } from '../../sync/domain/commandWords.ts';
import { fieldLabel } from '../../sync/domain/fieldLabel.ts';
import { countryCode, countryName } from '../../sync/domain/country.ts';
import { toLongId } from '../../sync/domain/salesforceId.ts';
import { stripeInvoice, stripeLine } from './invoices.ts';

describe('record ids', () => {
  test.each([
    ['001D000000IRFma', '001D000000IRFmaIAH'],
    ['001D000000IRFmaIAH', '001D000000IRFmaIAH'],
    ['001d000000irfma', '001d000000irfmaAAA'],
  ])('%s is %s in its long form', (id, long) => expect(toLongId(id)).toBe(long));

  test.each(['', '001D000000IRFm', "001D000000IRF'a", '001D000000IRFmaIAA', '../../../etc/pass'])(
    '"%s" is no record id',
    (id) => expect(toLongId(id)).toBeUndefined(),
  );
});

describe('countries', () => {
  test.each([
    ['Germany', 'DE'],
    ['us', 'US'],
    ['USA', 'US'],
    ['United Kingdom', 'GB'],
    ['Holland', 'NL'],
    ['Atlantis', null],
    [null, null],
  ])('%s has the code %s', (text, code) => expect(countryCode(text)).toBe(code));

  test('a code has its English name', () => expect(countryName('DE')).toBe('Germany'));
});

test('retries wait longer and longer, never beyond a quarter of an hour', () => {
  expect(backoffMs(0, 0)).toBe(500);
  expect(backoffMs(0, 0.999)).toBeLessThanOrEqual(1000);
  expect(backoffMs(3, 0.5)).toBe(6000);
  expect(backoffMs(500, 1)).toBe(900_000);
});

describe('words for people', () => {
  test.each([
    ['Amount_Paid__c', 'Amount Paid'],
    ['dueDate', 'Due date'],
    ['line unitAmount', 'Line unit amount'],
  ])('%s is called %s', (field, label) => expect(fieldLabel(field)).toBe(label));

  test('a sync without differences says so', () => {
    expect(syncWords([])).toBe('Nothing differed: Salesforce and Stripe say the same.');
  });

  test('a sync says what changed where', () => {
    const change = { object: 'Invoice__c', objectId: 'a01', field: 'Status__c', from: 'Open', to: 'Paid' };
    expect(syncWords([{ side: 'salesforce', ...change }])).toBe('Salesforce: Status Open → Paid.');
    expect(syncWords(Array.from({ length: 7 }, () => ({ side: 'stripe' as const, ...change })))).toMatch(
      /And 2 more\.$/,
    );
  });

  test('a sync groups what it changed by side', () => {
    const change = { object: 'x', objectId: null, from: null };
    expect(
      syncWords([
        { side: 'salesforce', ...change, field: 'Total__c', to: 5 },
        { side: 'stripe', ...change, field: 'line', to: 'Travel' },
        { side: 'salesforce', ...change, field: 'Status__c', from: 'Draft', to: 'Open' },
      ]),
    ).toBe('Stripe: Line Travel. Salesforce: Total 5, Status Draft → Open.');
  });

  test('raising and sending name lines, amounts, addressee and due date', () => {
    const open = stripeInvoice({
      status: 'open',
      number: 'AB-0001',
      total: 264999,
      amountRemaining: 264999,
      lines: [stripeLine('il_1')],
    });
    const words = (kind: Parameters<typeof commandWords>[0], invoice = open) =>
      commandWords(kind, { invoice, changes: [], conflicts: [] });
    expect(words('raise')).toBe('The draft is in Stripe: 1 line, 2,649.99 USD.');
    expect(words('send')).toBe('AB-0001 was sent to ap@example.com: 2,649.99 USD to pay, due Dec 24, 2026.');
    expect(words('send', { ...open, status: 'paid' })).toMatch(/paid at once/);
  });
});
