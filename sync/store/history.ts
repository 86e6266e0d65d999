import type { FieldChange, FieldConflict } from '../domain/change.ts';
import type { Database } from './database.ts';
import { ChangeSchema, ConflictSchema } from './entities.ts';

/** Keeps what one convergence wrote on either side, and where both sides had changed the same field. */
export async function recordHistory(
  database: Database,
  recordId: string,
  {
    changes,
    conflicts,
    commandId,
  }: { changes: FieldChange[]; conflicts: FieldConflict[]; commandId?: string },
): Promise<void> {
  if (changes.length > 0) {
    await database.dataSource.getRepository(ChangeSchema).insert(
      changes.map((change) => ({
        record_id: recordId,
        side: change.side,
        object: change.object,
        object_id: change.objectId,
        field: change.field,
        from_value: change.from as object,
        to_value: change.to as object,
        command_id: commandId ?? null,
      })),
    );
  }
  if (conflicts.length > 0) {
    await database.dataSource.getRepository(ConflictSchema).insert(
      conflicts.map((conflict) => ({
        record_id: recordId,
        field: conflict.field,
        stripe_value: conflict.stripe as object,
        crm_value: conflict.crm as object,
        winner: conflict.winner,
      })),
    );
  }
}
