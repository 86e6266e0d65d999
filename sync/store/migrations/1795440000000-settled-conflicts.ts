import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What a person has decided about a conflict. */
export class SettledConflicts1795440000000 implements MigrationInterface {
  name = 'SettledConflicts1795440000000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      ALTER TABLE conflict
        ADD COLUMN settled_at timestamptz,
        ADD COLUMN settled_by text,
        ADD COLUMN settled_how text CHECK (settled_how IN ('use-other', 'dismiss'));
      COMMENT ON COLUMN conflict.settled_by IS 'The user of the org who decided; null where the caller named none.';
    `);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(
      'ALTER TABLE conflict DROP COLUMN settled_at, DROP COLUMN settled_by, DROP COLUMN settled_how',
    );
  }
}
