import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Presses of a button that a command which was waiting already answers. */
export class CommandPresses1795402800000 implements MigrationInterface {
  name = 'CommandPresses1795402800000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE TABLE command_press (
        org_id text NOT NULL,
        idempotency_key text NOT NULL,
        command_id uuid NOT NULL REFERENCES command ON DELETE CASCADE,
        acting_user text,
        pressed_at timestamptz NOT NULL DEFAULT now(),
        PRIMARY KEY (org_id, idempotency_key)
      );
      CREATE INDEX command_press_command ON command_press (command_id);
    `);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DROP TABLE command_press');
  }
}
