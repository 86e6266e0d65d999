import { randomUUID } from 'node:crypto';
import type { SyncedRecord } from '../../sync/actions/syncCommand.ts';
import { toLongId } from '../../sync/domain/salesforceId.ts';
import { acceptCommand } from '../../sync/store/commands.ts';
import type { Database } from '../../sync/store/database.ts';
import { Notifications } from '../../sync/store/notifications.ts';
import { listConflicts } from '../../sync/store/openConflicts.ts';
import { servedOrg } from '../../sync/store/servedOrg.ts';
import type { SyncEntity } from '../../sync/domain/entity.ts';
import { conflictSentence, contextOf } from '../../sync/domain/conflictWords.ts';
import { shownValue } from '../../sync/domain/shownValue.ts';
import { CommandWaiter } from '../commandWaiter.ts';
import { loadDatabaseUrl } from '../config.ts';
import { MOST_RECORDS } from '../routes/syncs.ts';
import type { Output } from './output.ts';
import { pagesOf } from './pages.ts';

const PATIENCE_MS = 60_000;

/** `invoicebridge sync`: both sides of each record together, now; the worker does it. 1 when one could not be synced. */
export async function sync(database: Database, output: Output, ids: string[]): Promise<number> {
  const orgId = await servedOrg(database);
  if (orgId === null) {
    output.say(output.paint('bad', 'No worker has logged in to the org yet. Start one, then try again.'));
    output.emit({ kind: 'notReady' });
    return 1;
  }
  const notifications = new Notifications(loadDatabaseUrl(), ['command_settled']);
  await notifications.open();
  const waiter = new CommandWaiter({ database, notifications, patienceMs: PATIENCE_MS });
  try {
    const wanted = [...new Set(ids.map((id) => toLongId(id) ?? id))];
    let exitCode = 0;
    for (let start = 0; start < wanted.length; start += MOST_RECORDS) {
      const some = wanted.slice(start, start + MOST_RECORDS);
      exitCode = Math.max(exitCode, await syncSome({ database, waiter, orgId }, output, some));
    }
    return exitCode;
  } finally {
    await notifications.close();
  }
}

async function syncSome(
  { database, waiter, orgId }: { database: Database; waiter: CommandWaiter; orgId: string },
  output: Output,
  ids: string[],
): Promise<number> {
  const accepted = await acceptCommand(database, {
    orgId,
    kind: 'sync',
    entity: 'list',
    crmId: ids[0]!,
    ids,
    idempotencyKey: randomUUID(),
    actingUser: null,
  });
  const { status, result, error } = await waiter.settled(accepted);
  if (status !== 'done') {
    const said = (error as { message: string } | null)?.message ?? 'No worker has taken it up so far.';
    const kept = status === 'running' ? ' It is kept and carried out by itself.' : '';
    output.emit({ kind: status, ids, message: said + kept });
    output.say(output.paint('bad', said + kept));
    return 1;
  }
  const { records, message } = result as { records: SyncedRecord[]; message: string };
  for (const record of records) tell(output, record);
  output.say(message);
  return records.some((record) => record.status === 'failed') ? 1 : 0;
}

function tell(output: Output, record: SyncedRecord): void {
  output.emit({ kind: 'synced', ...record });
  output.say(
    `${output.paint('strong', record.id)}  ${record.entity ?? 'unknown'}  Salesforce ${record.crmId ?? '-'}  Stripe ${record.stripeId ?? '-'}`,
  );
  if (record.status === 'failed') {
    output.say(`${output.paint('bad', record.code ?? 'failed')}: ${record.message}\n`);
    return;
  }
  if (record.changes.length === 0) output.say(record.message);
  else {
    output.table(
      ['changed in', 'object', 'field', 'from', 'to'],
      record.changes.map(({ side, object, label, from, to }) => [
        side,
        object,
        label,
        shownValue(from),
        shownValue(to),
      ]),
    );
  }
  for (const { field, stripe, salesforce, winner } of record.conflicts) {
    output.say(
      output.paint(
        'warning',
        conflictSentence({ field, stripe, crm: salesforce, winner: winner as 'stripe' | 'salesforce' }),
      ),
    );
  }
  output.say();
}

/** `invoicebridge conflicts`: records that show a conflict nobody has looked at. */
export async function conflicts(
  database: Database,
  output: Output,
  { entity }: { entity?: SyncEntity },
): Promise<number> {
  let count = 0;
  for await (const page of pagesOf((place) => listConflicts(database, { entity, ...place }))) {
    for (const { snapshot: _, ...record } of page) output.emit({ kind: 'conflict', ...record });
    output.table(
      ['conflict', 'entity', 'Salesforce', 'Stripe', 'what'],
      page.flatMap((record) =>
        record.conflicts.map((conflict) => [
          record.ids[conflict.field] ?? '',
          record.entity,
          record.crmId,
          record.stripeId,
          conflictSentence(conflict, contextOf(record.snapshot)),
        ]),
      ),
    );
    count += page.length;
  }
  output.say(
    count === 0
      ? 'No record shows a conflict.'
      : `\n${count} ${count === 1 ? 'record shows' : 'records show'} a conflict. Once seen: invoicebridge sync <id of the record>; to decide one: POST /v1/conflicts/<conflict>/use-other or /dismiss`,
  );
  return 0;
}
