import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { Ledger } from '../../sync/domain/statement.ts';
import { periodOf } from '../../sync/domain/statementPeriod.ts';
import type { Statement } from '../../sync/statement/readStatement.ts';
import { statementPdf } from '../../sync/statement/statementPdf.ts';
import { readPdf } from '../stripePages/pdfContent.ts';
import { invoiceHistory } from './invoiceHistories.ts';

const period = periodOf({ from: '2026-01-01', to: '2026-12-31' }, { today: '2027-01-01', zone: 'Etc/UTC' });

function statement(given: Partial<Statement> & { invoices?: number } = {}): Statement {
  if (typeof period === 'string') throw new Error(period);
  const ledger = new Ledger(period);
  for (let index = 1; index <= (given.invoices ?? 1); index += 1)
    ledger.add(invoiceHistory({ id: `in_${index}`, number: `A-${index}` }));
  return {
    ...{ period, madeOn: '2027-01-01', customers: ['cus_1'], details: new Map<string, string>() },
    sender: { name: 'Sandbox Company', lines: ['1 Main Street'] },
    receiver: { name: 'Zażółć Gęślą', lines: [] },
    sections: ledger.sections(),
    ...given,
  };
}

const print = async (given: Statement, font: string | null = null) => buffer(statementPdf(given, font));

test('letters that the font lacks lose their accents; where that is not enough, the paper says so', async () => {
  const western = readPdf(await print(statement())).text;
  expect(western).toContain('Zazólc Gesla');
  expect(western).not.toContain('stand as');
  const eastern = statement({ receiver: { name: '株式会社', lines: ['東京都'] } });
  const { text } = readPdf(await print(eastern));
  expect(text).toContain('????');
  expect(text).toContain('Letters that this font does not have stand as "?"');
  expect(text).toContain('cus_1');
});

test("a font of one's own is embedded, and is given every letter", async () => {
  const font = join(
    __dirname,
    '../../node_modules/playwright-core/lib/vite/recorder/assets/codicon-DCmgc-ay.ttf',
  );
  const pdf = await print(statement({ receiver: { name: '株式会社', lines: [] } }), font);
  expect(pdf.toString('latin1')).toContain('/FontFile2');
  expect(readPdf(pdf).text).not.toContain('stand as');
});

test('a table over many pages repeats its head, and every page has its number', async () => {
  const { text, pages } = readPdf(await print(statement({ invoices: 200 })));
  expect(pages).toBeGreaterThan(4);
  expect(text.match(/USD \(continued\)/g)).toHaveLength(pages - 1);
  for (let page = 1; page <= pages; page += 1) expect(text).toContain(`Page ${page} of ${pages}`);
  for (let index = 1; index <= 200; index += 1) expect(text).toContain(`A-${index}\n`);
});

test('an account on which nothing moved gets a statement that says so', async () => {
  const { text, pages } = readPdf(await print(statement({ sections: [] })));
  expect(text).toContain('Nothing was invoiced until 31 Dec 2026, and nothing is owed.');
  expect(pages).toBe(1);
});
