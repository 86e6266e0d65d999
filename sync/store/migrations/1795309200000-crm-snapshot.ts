import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What the org's record says as far as we know: see `sync/domain/crmSnapshot.ts`. */
export class CrmSnapshot1795309200000 implements MigrationInterface {
  name = 'CrmSnapshot1795309200000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      ALTER TABLE sync_record
        ADD COLUMN crm_snapshot jsonb,
        ADD COLUMN crm_unsure boolean NOT NULL DEFAULT false;
      COMMENT ON COLUMN sync_record.crm_snapshot IS
        'What the org''s record and its lines say after our last read or write; null when we do not know.';
      COMMENT ON COLUMN sync_record.crm_unsure IS
        'A write to the org has begun and is not settled: it must be read before anything is left out.';
      -- A change event of a line names the line only.
      CREATE INDEX sync_record_lines ON sync_record USING gin (jsonb_path_query_array(crm_snapshot, '$.lines[*].id'));
      -- Leases are prolonged by their worker every few seconds.
      CREATE INDEX sync_record_leased ON sync_record (lease_owner text_pattern_ops) WHERE lease_owner IS NOT NULL;
    `);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      DROP INDEX sync_record_leased, sync_record_lines;
      ALTER TABLE sync_record DROP COLUMN crm_snapshot, DROP COLUMN crm_unsure;
    `);
  }
}
