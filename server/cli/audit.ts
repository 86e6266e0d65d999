import { writeFileSync } from 'node:fs';
import { audit, type AuditReport, type Difference } from '../../sync/audit/audit.ts';
import { auditPage } from '../../sync/audit/auditPage.ts';
import { FirstFound } from '../../sync/audit/firstFound.ts';
import { kindWords, valueWords } from '../../sync/audit/auditWords.ts';
import { inBackground } from '../../sync/limits/priority.ts';
import { loadConfig } from '../config.ts';
import { openEngine, openLog } from '../wiring.ts';
import type { Cell, Output } from './output.ts';
import { takePart } from './takePart.ts';

/** `invoicebridge audit`: compares both sides whole. 0 when they say the same, 1 when not. */
export async function runAudit(
  output: Output,
  { heal, out }: { heal: boolean; out?: string },
): Promise<number> {
  const config = loadConfig();
  const { engine, close } = await openEngine(config, openLog({ logLevel: 'silent' }, 'audit'));
  const found = new FirstFound();
  const progress = openProgress();
  try {
    const report = await takePart(engine, 'audit', () =>
      inBackground(() =>
        audit(engine, {
          heal,
          onProgress: ({ entity, side, read }) => progress.show(`${side}: ${read} ${entity}s read`),
          onDifference: (difference) => {
            output.emit(difference);
            found.add(difference);
          },
        }),
      ),
    );
    progress.end();
    if (out) writeFileSync(out, auditPage(report, found.all));
    const peakMemoryMb = Math.round(process.resourceUsage().maxRSS / 1024);
    output.emit({ kind: 'report', ...report, peakMemoryMb });
    tell(output, { report, differences: found.differences, out });
    return report.entities.every(({ differing }) => differing === 0) ? 0 : 1;
  } finally {
    await close();
  }
}

function tell(
  output: Output,
  { report, differences, out }: { report: AuditReport; differences: Difference[]; out: string | undefined },
): void {
  output.table(
    [
      'records',
      'Salesforce',
      'Stripe',
      'differing',
      'marked to be mended',
      'waiting for a decision',
      'left alone',
    ],
    report.entities.map(({ entity, salesforce, stripe, differing, healed, byKind }) => [
      entity,
      salesforce,
      stripe,
      differing > 0 ? { text: String(differing), tone: 'bad' } : { text: '0', tone: 'good' },
      healed,
      byKind.undecided ? { text: String(byKind.undecided), tone: 'warning' } : 0,
      byKind.left_alone ?? 0,
    ]),
  );
  output.say();
  output.table(
    ['currency', 'side', 'invoices', 'total', 'paid', 'remaining'],
    report.entities.flatMap(({ sums }) =>
      sums.map(({ currency, side, count, total, amountPaid, amountRemaining }) => [
        currency,
        side,
        count,
        total,
        amountPaid,
        amountRemaining,
      ]),
    ),
  );
  const differing = report.entities.reduce((sum, entity) => sum + entity.differing, 0);
  if (differing === 0) output.say(output.paint('good', '\nBoth sides say the same.'));
  else {
    output.say();
    output.table(['record', 'Salesforce', 'Stripe', 'what'], differences.map(differenceRow));
    if (differing > differences.length)
      output.say(`And ${differing - differences.length} more: --json names them all.`);
    const healed = report.entities.reduce((sum, entity) => sum + entity.healed, 0);
    output.say(
      healed > 0
        ? `\n${healed} marked to be mended. Run the audit again once \`invoicebridge status\` shows nothing dirty.`
        : '\nHave the engine mend them: invoicebridge audit --heal',
    );
  }
  if (report.entities.some(({ byKind }) => byKind.undecided))
    output.say('Customers wait for a person to say which Account they are: invoicebridge matches');
  if (out) output.say(`The report is in ${out}.`);
}

function differenceRow({ entity, kind, crmId, stripeId, fields }: Difference): Cell[] {
  const details = fields.map(
    ({ field, salesforce, stripe }) =>
      `${field}: Salesforce ${valueWords(salesforce)}, Stripe ${valueWords(stripe)}`,
  );
  return [entity, crmId, stripeId, [kindWords(kind), ...details].join('; ')];
}

/** One line on the terminal that is written over; nothing where nobody is looking. */
function openProgress(): { show(words: string): void; end(): void } {
  const { stderr } = process;
  if (!stderr.isTTY) return { show: () => {}, end: () => {} };
  return {
    show: (words) => void stderr.write(`\r\x1b[K${words}`),
    end: () => void stderr.write('\r\x1b[K'),
  };
}
