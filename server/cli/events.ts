import { toLongId } from '../../sync/domain/salesforceId.ts';
import { shownValue } from '../../sync/domain/shownValue.ts';
import type { Database } from '../../sync/store/database.ts';
import { findKnownRecords, readTimeline, type TimelineEntry } from '../../sync/store/recordTimeline.ts';
import { timeWords, type Output } from './output.ts';

/** `invoicebridge events <id>`: who changed this record, when, and from which event. 1 for an id that is nobody's. */
export async function events(database: Database, output: Output, id: string): Promise<number> {
  const known = await findKnownRecords(database, toLongId(id) ?? id);
  if (known.length === 0) {
    output.emit({ kind: 'unknown', id });
    output.say(
      output.paint('bad', `Nothing is known of ${id}.`) + ' Sync the record once: it becomes known then.',
    );
    return 1;
  }
  for (const record of known) {
    const timeline = await readTimeline(database, record);
    output.emit({ kind: 'record', ...record });
    for (const { kind, ...entry } of timeline) output.emit({ kind, recordId: record.id, ...entry });

    output.say(
      `${output.paint('strong', record.entity)}  Salesforce ${record.crmId ?? '-'}  Stripe ${record.stripeId ?? '-'}  ${record.state}`,
    );
    if (record.error) output.say(output.paint('bad', `${record.error.code}: ${record.error.message}`));
    output.table(
      ['when (UTC)', 'side', 'what', 'who', 'from', 'details'],
      timeline.map((entry) => [
        timeWords(entry.at),
        entry.side,
        `${entry.kind}: ${entry.what}`,
        entry.who,
        entry.why,
        detailWords(entry),
      ]),
    );
    output.say();
  }
  return 0;
}

interface WrittenField {
  field: string;
  from: unknown;
  to: unknown;
}

function detailWords({ kind, details }: TimelineEntry): string {
  if (kind === 'change') {
    return (details as WrittenField[])
      .map(({ field, from, to }) => `${field}: ${shownValue(from)} → ${shownValue(to)}`)
      .join('; ');
  }
  if (kind === 'conflict') {
    const { stripe, salesforce, winner } = details as {
      stripe: unknown;
      salesforce: unknown;
      winner: string;
    };
    return `Stripe said ${shownValue(stripe)}, Salesforce ${shownValue(salesforce)}; ${winner} won`;
  }
  if (kind === 'event') {
    return (details as { changed: string[] }).changed.join(', ');
  }
  if (kind === 'command') {
    const { error } = details as { error: { message?: string } | null };
    return error?.message ?? '';
  }
  return '';
}
