import type { AuditReport, Difference, EntityAudit } from './audit.ts';
import { isDifference } from './auditTables.ts';
import { kindWords, valueWords } from './auditWords.ts';

/** The report as one HTML file without scripts or outside resources, to be mailed or kept. */
export function auditPage(report: AuditReport, shown: Difference[]): string {
  const differing = report.entities.reduce((sum, { differing }) => sum + differing, 0);
  const verdict =
    differing === 0
      ? 'Both sides say the same'
      : differing === 1
        ? '1 record differs'
        : `${differing} records differ`;
  const differences = shown.filter(({ kind }) => isDifference(kind));
  const others = shown.filter(({ kind }) => !isDifference(kind));
  const left = differing - differences.length;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Invoicebridge audit: ${text(verdict)}</title>
<style>${STYLE}</style>
</head>
<body>
<main>
<h1>${text(verdict)}</h1>
<p>Salesforce org ${text(report.orgId)} and Stripe, read whole from ${time(report.startedAt)} to ${time(report.finishedAt)} UTC.</p>
<h2>Records</h2>
${table(['', 'Salesforce', 'Stripe', 'differing', 'marked to be mended', 'waiting for a decision', 'left alone'], report.entities.map(entityRow))}
<h2>Sums of invoices</h2>
${table(['', 'side', 'invoices', 'total', 'paid', 'remaining'], report.entities.flatMap(sumRows))}
<h2>Differences</h2>
${differences.length === 0 ? '<p>None.</p>' : table(['', 'Salesforce', 'Stripe', 'what', 'field', 'Salesforce says', 'Stripe says'], differences.flatMap(differenceRows))}
${left > 0 ? `<p>And ${left} more: <code>invoicebridge audit --json</code> names them all.</p>` : ''}
${others.length > 0 ? `<h2>Not in Salesforce, and no difference</h2>\n${table(['', 'Stripe', 'what'], others.map(otherRow))}` : ''}
</main>
</body>
</html>
`;
}

interface PageCell {
  text: string;
  number?: boolean;
  bad?: boolean;
}
type PageRow = (string | PageCell)[];

const entityRow = ({ entity, stripe, salesforce, differing, healed, byKind }: EntityAudit): PageRow => [
  entity,
  count(salesforce),
  count(stripe),
  { ...count(differing), bad: differing > 0 },
  count(healed),
  count(byKind.undecided ?? 0),
  count(byKind.left_alone ?? 0),
];

function sumRows({ sums }: EntityAudit): PageRow[] {
  return sums.map(({ currency, side, ...own }) => {
    const other = sums.find((each) => each.currency === currency && each.side !== side);
    const cell = (name: 'total' | 'amountPaid' | 'amountRemaining'): PageCell => ({
      text: own[name],
      number: true,
      bad: Number(other?.[name] ?? 0) !== Number(own[name]),
    });
    return [
      currency,
      side,
      { ...count(own.count), bad: other?.count !== own.count },
      cell('total'),
      cell('amountPaid'),
      cell('amountRemaining'),
    ];
  });
}

function differenceRows({ entity, kind, crmId, stripeId, fields }: Difference): PageRow[] {
  const first: PageRow = [entity, crmId ?? '-', stripeId ?? '-', kindWords(kind)];
  if (fields.length === 0) return [[...first, '', '', '']];
  return fields.map(({ field, salesforce, stripe }, index) => [
    ...(index === 0 ? first : ['', '', '', '']),
    field,
    valueWords(salesforce),
    valueWords(stripe),
  ]);
}

const otherRow = ({ entity, kind, stripeId }: Difference): PageRow => [
  entity,
  stripeId ?? '-',
  kindWords(kind),
];

const count = (value: number): PageCell => ({ text: String(value), number: true });

function table(heading: string[], rows: PageRow[]): string {
  const cells = rows.map((row) =>
    row.map((cell) => {
      const { text: words, number, bad } = typeof cell === 'string' ? ({ text: cell } as PageCell) : cell;
      const classes = [number ? 'number' : '', bad ? 'bad' : ''].filter(Boolean).join(' ');
      return `<td${classes ? ` class="${classes}"` : ''}>${text(words)}</td>`;
    }),
  );
  return `<div class="wide"><table>
<thead><tr>${heading.map((name) => `<th scope="col">${text(name)}</th>`).join('')}</tr></thead>
<tbody>
${cells.map((row) => `<tr>${row.join('')}</tr>`).join('\n')}
</tbody>
</table></div>`;
}

const time = (at: Date) => at.toISOString().replace('T', ' ').slice(0, 19);

const ESCAPES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
const text = (words: string) => words.replace(/[&<>"]/g, (character) => ESCAPES[character]!);

const STYLE = `
:root { color-scheme: light dark; }
body { font: 15px/1.5 system-ui, sans-serif; margin: 0; padding: 2rem 1rem; }
main { max-width: 75rem; margin: 0 auto; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; padding: .35rem .75rem .35rem 0; border-bottom: 1px solid #8884; vertical-align: top; }
td { overflow-wrap: anywhere; }
.number { text-align: right; font-variant-numeric: tabular-nums; }
.bad { color: light-dark(#ba0517, #fe8f7d); font-weight: 600; }
`;
