import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Edits in the org that we have written over between our read and our write: see `sync/domain/overwritten.ts`. */
export class Overwritten1795395600000 implements MigrationInterface {
  name = 'Overwritten1795395600000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      ALTER TABLE sync_record ADD COLUMN crm_writes jsonb, ADD COLUMN crm_told jsonb;
      COMMENT ON COLUMN sync_record.crm_writes IS
        'Fields that people edit and over which we have lately written in the org, with what we had read there.';
      COMMENT ON COLUMN sync_record.crm_told IS
        'Values that the org''s change stream has told and that our writes may have gone over.';
      CREATE FUNCTION note_crm_told(p_entities text[], p_crm_ids text[], p_told jsonb[]) RETURNS void
      LANGUAGE sql
      SET enable_seqscan = off
      AS $$
        UPDATE sync_record record SET crm_told = coalesce(crm_told, '{}') || (
          SELECT jsonb_object_agg(key, value || jsonb_build_object('seq', record.dirty_seq)) FROM jsonb_each(given.told))
        FROM unnest(p_entities, p_crm_ids, p_told) AS given (entity, crm_id, told)
        WHERE record.entity = given.entity AND record.crm_id = given.crm_id;
      $$;
    `);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      DROP FUNCTION note_crm_told(text[], text[], jsonb[]);
      ALTER TABLE sync_record DROP COLUMN crm_writes, DROP COLUMN crm_told;
    `);
  }
}
