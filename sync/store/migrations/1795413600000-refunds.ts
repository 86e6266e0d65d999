import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Refunds by their invoice, to sum up what went back. */
export class Refunds1795413600000 implements MigrationInterface {
  name = 'Refunds1795413600000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(
      `CREATE INDEX sync_record_refund ON sync_record ((base ->> 'invoiceId')) WHERE entity = 'refund'`,
    );
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DROP INDEX sync_record_refund');
  }
}
