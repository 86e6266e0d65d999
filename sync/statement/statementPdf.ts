import { AGEING_WORDS, balanceWords, longDay } from '../domain/statementWords.ts';
import { formatAmount } from '../domain/money.ts';
import { ageingBuckets, type StatementSection } from '../domain/statement.ts';
import { GREY, LEFT, Paper, RED, RIGHT, TOP } from './paper.ts';
import type { Statement } from './readStatement.ts';
import { drawMovements } from './statementTable.ts';

const HALF = (RIGHT - LEFT) / 2;
const LABEL = 84;
// A section's name, the head of its table and its first rows stay together.
const SECTION_START = 110;
const AGEING_HEIGHT = 84;

/** The statement as a PDF: a stream that ends with the document. */
export function statementPdf(statement: Statement, font: string | null): PDFKit.PDFDocument {
  const { sender, receiver, period } = statement;
  const title = `Statement of account ${period.from} to ${period.to}`;
  const paper = new Paper(title, { author: sender.name, font });
  drawParties(paper, statement);
  if (statement.sections.length === 0)
    paper.write(`Nothing was invoiced until ${longDay(period.to)}, and nothing is owed.`, {
      ...{ x: LEFT, y: paper.y, width: RIGHT - LEFT, size: 10 },
    });
  for (const section of statement.sections) {
    if (!paper.hasRoom(SECTION_START)) paper.newPage();
    drawMovements(paper, section, statement);
    drawAgeing(paper, section, period.to);
  }
  return paper.end(`${receiver.name} · ${longDay(period.from)} to ${longDay(period.to)}`);
}

function drawParties(paper: Paper, { sender, receiver, period, madeOn, customers }: Statement): void {
  paper.write('Statement of account', { x: LEFT, y: TOP, width: HALF + 40, size: 20, bold: true });
  const right = { x: LEFT + HALF + 40, width: HALF - 40, align: 'right' } as const;
  let y = TOP + 2;
  y += paper.write(sender.name, { ...right, y, size: 11, bold: true }) + 4;
  for (const line of sender.lines) y += paper.write(line, { ...right, y, color: GREY }) + 1.5;
  const top = Math.max(y, TOP + 44) + 18;

  let address = top;
  address += paper.write('TO', { x: LEFT, y: address, width: HALF, size: 7.5, color: GREY }) + 3;
  address +=
    paper.write(receiver.name, { x: LEFT, y: address, width: HALF - 20, size: 10.5, bold: true }) + 3;
  for (const line of receiver.lines)
    address += paper.write(line, { x: LEFT, y: address, width: HALF - 20, size: 9 }) + 1.5;

  let fact = top;
  for (const [label, value] of [
    ['Statement date', longDay(madeOn)],
    ['Period', `${longDay(period.from)} to ${longDay(period.to)}`],
    ['Customer', customers.join(', ')],
  ] as const) {
    const x = LEFT + HALF + 20;
    paper.write(label, { x, y: fact, width: LABEL, color: GREY });
    fact += paper.write(value, { x: x + LABEL, y: fact, width: RIGHT - x - LABEL }) + 4;
  }
  paper.y = Math.max(address, fact) + 22;
}

/** What is open at the end, by how long it is past due, and what Stripe keeps for the customer beside it. */
function drawAgeing(paper: Paper, section: StatementSection, to: string): void {
  const words = balanceWords(section);
  if (!paper.hasRoom(AGEING_HEIGHT + (words ? 18 : 0))) paper.newPage();
  const { currency, ageing, closing } = section;
  paper.y += 14;
  const heading = `Open on ${longDay(to)}, by days past due`;
  paper.write(heading, { x: LEFT, y: paper.y, width: RIGHT - LEFT, bold: true });
  paper.y += 15;
  const width = (RIGHT - LEFT) / (ageingBuckets.length + 1);
  const cells = [
    ...ageingBuckets.map((bucket) => ({
      label: AGEING_WORDS[bucket],
      amount: ageing[bucket],
      late: bucket !== 'current',
    })),
    { label: `Total ${currency.toUpperCase()}`, amount: closing, late: false },
  ];
  paper.shade({ x: LEFT, y: paper.y, width: RIGHT - LEFT, height: 18 });
  cells.forEach(({ label, amount, late }, index) => {
    const cell = { x: LEFT + index * width + 4, width: width - 8, align: 'right' } as const;
    const bold = index === cells.length - 1;
    paper.write(label, { ...cell, y: paper.y + 5.5, size: 7.5, color: GREY });
    paper.write(formatAmount(amount, currency), {
      ...{ ...cell, y: paper.y + 24, bold },
      color: late && amount > 0 ? RED : 'black',
    });
  });
  paper.y += 40;
  paper.rule(paper.y);
  paper.y += 8;
  if (words) paper.y += paper.write(words, { x: LEFT, y: paper.y, width: RIGHT - LEFT, color: GREY }) + 6;
  paper.y += 22;
}
