import { eventually, type World } from './world.ts';

/** Resolves when the worker has received all events of what has been changed in the org so far. */
export async function streamIsRead({ control, database }: World): Promise<void> {
  await eventually(async () => {
    const { unpublished, tip } = await control<{ unpublished: number; tip: number }>('org', 'GET', '/stream');
    if (unpublished > 0) return false;
    const { rows } = await database.pool.query<{ replay_id: Buffer | null }>(
      `SELECT replay_id FROM cursor WHERE name LIKE 'crm-stream%'`,
    );
    return rows[0]?.replay_id && Number(rows[0].replay_id.readBigUInt64BE()) >= tip;
  }, 'the change stream is read to its end');
}
