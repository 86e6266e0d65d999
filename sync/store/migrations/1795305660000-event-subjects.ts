import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Every record that an event is about can be asked for it; old events can be found to be forgotten. */
export class EventSubjects1795305660000 implements MigrationInterface {
  name = 'EventSubjects1795305660000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      ALTER TABLE inbox_event ADD COLUMN other_object_ids text[];
      COMMENT ON COLUMN inbox_event.other_object_ids IS
        'The records that the event names beside object_id; null for nearly all, which name one.';
      CREATE INDEX inbox_event_others ON inbox_event USING gin (other_object_ids) WHERE other_object_ids IS NOT NULL;
      -- What is kept for good would be passed over again and again.
      CREATE INDEX inbox_event_forgettable ON inbox_event (received_at) WHERE type <> 'invoice.sent';
      DROP INDEX inbox_event_received;
    `);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE INDEX inbox_event_received ON inbox_event (received_at);
      DROP INDEX inbox_event_forgettable, inbox_event_others;
      ALTER TABLE inbox_event DROP COLUMN other_object_ids;
    `);
  }
}
