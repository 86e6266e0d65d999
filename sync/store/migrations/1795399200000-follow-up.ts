import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What follows for others once a customer has been settled; noted with it, so that no crash loses it. */
export class FollowUp1795399200000 implements MigrationInterface {
  name = 'FollowUp1795399200000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      ALTER TABLE sync_record ADD COLUMN follow_up text, ADD COLUMN follow_up_at timestamptz;
      CREATE INDEX sync_record_follow_up ON sync_record (follow_up_at) WHERE follow_up IS NOT NULL;
      COMMENT ON COLUMN sync_record.follow_up IS
        'Why others have to be looked at: first, changed, unpaired, gone. See sync/store/followUps.ts.';
      COMMENT ON COLUMN sync_record.follow_up_at IS 'From when on that is due; moved on while a worker is at it.';
    `);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('ALTER TABLE sync_record DROP COLUMN follow_up, DROP COLUMN follow_up_at');
  }
}
