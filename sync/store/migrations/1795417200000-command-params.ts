import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What a command takes beside its record: an amount, a date, a reason. */
export class CommandParams1795417200000 implements MigrationInterface {
  name = 'CommandParams1795417200000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`ALTER TABLE command ADD params jsonb NOT NULL DEFAULT '{}'`);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('ALTER TABLE command DROP params');
  }
}
