import type { SyncEntity } from '../../sync/domain/entity.ts';
import { toLongId } from '../../sync/domain/salesforceId.ts';
import type { Database } from '../../sync/store/database.ts';
import { listParked, retryParked } from '../../sync/store/parkedRecords.ts';
import { findKnownRecords } from '../../sync/store/recordTimeline.ts';
import type { Output } from './output.ts';
import { pagesOf } from './pages.ts';

/** `invoicebridge parked`: every parked record with its reason. */
export async function parked(
  database: Database,
  output: Output,
  { entity }: { entity?: SyncEntity },
): Promise<number> {
  let count = 0;
  for await (const page of pagesOf((place) => listParked(database, { entity, ...place }))) {
    for (const record of page) output.emit({ kind: 'parked', ...record });
    output.table(
      ['entity', 'Salesforce', 'Stripe', 'tries', 'code', 'reason and next step'],
      page.map((record) => [
        record.entity,
        record.crmId,
        record.stripeId,
        record.attempts,
        { text: record.code, tone: 'bad' },
        record.message,
      ]),
    );
    count += page.length;
  }
  output.say(count === 0 ? 'Nothing is parked.' : `\n${count} parked. Try again: invoicebridge retry <id>`);
  return 0;
}

/** `invoicebridge retry`: parked records are tried again by the worker. 1 when an id is nobody's. */
export async function retry(
  database: Database,
  output: Output,
  { ids, entity }: { ids: string[]; entity?: SyncEntity },
): Promise<number> {
  const wanted = ids.map((id) => toLongId(id) ?? id);
  const unknown: string[] = [];
  for (const id of wanted) if ((await findKnownRecords(database, id)).length === 0) unknown.push(id);
  const retried = await retryParked(database, { ids: wanted.length > 0 ? wanted : undefined, entity });

  output.emit({ kind: 'retried', retried, unknown });
  output.say(`${retried} ${retried === 1 ? 'record is' : 'records are'} tried again.`);
  for (const id of unknown) output.say(output.paint('bad', `Nothing is known of ${id}.`));
  if (wanted.length > retried + unknown.length) {
    output.say('The others are not parked: `invoicebridge events <id>` says how they are.');
  }
  return unknown.length > 0 ? 1 : 0;
}
