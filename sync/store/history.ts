import type { FieldChange } from '../domain/change.ts';
import type { Database } from './database.ts';

/** What one command has written so far, by our record's id: a command that was interrupted tells all of it in the end. */
export async function changesOfCommand(
  database: Database,
  commandId: string,
): Promise<Map<string, FieldChange[]>> {
  const { rows } = await database.pool.query<FieldChange & { record_id: string }>(
    `SELECT record_id, side, object, object_id AS "objectId", field, from_value AS "from", to_value AS "to"
     FROM change WHERE command_id = $1 ORDER BY id`,
    [commandId],
  );
  const changes = new Map<string, FieldChange[]>();
  for (const { record_id: recordId, ...change } of rows) {
    changes.set(recordId, [...(changes.get(recordId) ?? []), change]);
  }
  return changes;
}
