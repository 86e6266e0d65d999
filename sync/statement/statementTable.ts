import { formatAmount } from '../domain/money.ts';
import type { StatementSection } from '../domain/statement.ts';
import { longDay, rowWords } from '../domain/statementWords.ts';
import { GREY, LEFT, RIGHT, type Paper } from './paper.ts';
import type { Statement } from './readStatement.ts';

const COLUMNS = [
  { title: 'Date', x: LEFT + 4, width: 58, align: 'left' },
  { title: 'Reference', x: LEFT + 64, width: 106, align: 'left' },
  { title: 'Description', x: LEFT + 174, width: 118, align: 'left' },
  { title: 'Charge', x: LEFT + 296, width: 64, align: 'right' },
  { title: 'Credit', x: LEFT + 364, width: 64, align: 'right' },
  { title: 'Balance', x: LEFT + 432, width: RIGHT - LEFT - 436, align: 'right' },
] as const;
const SPACE = 7;

/** The movements of one currency between its opening and its closing balance; the head is repeated on every page. */
export function drawMovements(
  paper: Paper,
  section: StatementSection,
  { period, details }: Pick<Statement, 'period' | 'details'>,
): void {
  const { currency, rows } = section;
  const amount = (minor: number) => (minor === 0 ? '' : formatAmount(minor, currency));
  drawHead(paper, currency, false);
  drawSum(paper, [longDay(period.from), 'Opening balance', formatAmount(section.opening, currency)]);
  for (const row of rows) {
    drawRow(paper, currency, [
      longDay(row.day),
      row.reference,
      rowWords(row, details.get(row.source)),
      amount(Math.max(0, row.amount)),
      amount(Math.max(0, -row.amount)),
      formatAmount(row.balance, currency),
    ]);
  }
  if (!paper.hasRoom(34)) continued(paper, currency);
  paper.rule(paper.y);
  paper.y += 6;
  drawSum(paper, [longDay(period.to), 'Closing balance', formatAmount(section.closing, currency)]);
}

function drawHead(paper: Paper, currency: string, isContinued: boolean): void {
  const title = `${currency.toUpperCase()}${isContinued ? ' (continued)' : ''}`;
  paper.write(title, { x: LEFT, y: paper.y, width: RIGHT - LEFT, size: 11, bold: true });
  paper.y += 18;
  paper.shade({ x: LEFT, y: paper.y, width: RIGHT - LEFT, height: 18 });
  for (const { title: head, ...place } of COLUMNS)
    paper.write(head, { ...place, y: paper.y + 5.5, size: 7.5, color: GREY });
  paper.y += 24;
}

function drawRow(paper: Paper, currency: string, cells: string[]): void {
  const height = Math.max(
    ...COLUMNS.map(({ width, align }, index) =>
      align === 'left' ? paper.heightOf(cells[index]!, { width }) : 0,
    ),
  );
  if (!paper.hasRoom(height + SPACE)) continued(paper, currency);
  for (const [index, { x, width, align }] of COLUMNS.entries())
    paper.write(cells[index]!, { x, width, align, y: paper.y });
  paper.y += height + SPACE;
}

function continued(paper: Paper, currency: string): void {
  paper.newPage();
  drawHead(paper, currency, true);
}

function drawSum(paper: Paper, [day, words, amount]: [string, string, string]): void {
  const [date, , description, , , balance] = COLUMNS;
  paper.write(day, { x: date.x, y: paper.y, width: date.width, color: GREY });
  paper.write(words, { x: COLUMNS[1].x, y: paper.y, width: description.width + 96, bold: true });
  paper.write(amount, { x: balance.x, y: paper.y, width: balance.width, align: 'right', bold: true });
  paper.y += 10 + SPACE;
}
