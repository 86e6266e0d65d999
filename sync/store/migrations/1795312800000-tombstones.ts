import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What was deleted on either side stays known, so that a late event does not bring it back. */
export class Tombstones1795312800000 implements MigrationInterface {
  name = 'Tombstones1795312800000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      ALTER TABLE sync_record
        ADD COLUMN crm_gone_at timestamptz,
        ADD COLUMN stripe_gone_at timestamptz,
        -- The Account that this one was merged into, where that Account has a customer of its own.
        ADD COLUMN merged_into text;
      CREATE INDEX sync_record_crm_gone ON sync_record (entity, crm_gone_at) WHERE crm_gone_at IS NOT NULL;
      CREATE INDEX sync_record_merged ON sync_record (merged_into) WHERE merged_into IS NOT NULL;
      CREATE INDEX sync_record_waits ON sync_record ((base ->> 'waitsForInvoice'))
        WHERE base ->> 'waitsForInvoice' IS NOT NULL;
    `);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      DROP INDEX sync_record_waits, sync_record_merged, sync_record_crm_gone;
      ALTER TABLE sync_record DROP COLUMN merged_into, DROP COLUMN stripe_gone_at, DROP COLUMN crm_gone_at;
    `);
  }
}
