import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Finds the Stripe prices that stand for no price book entry by their product. */
export class IgnoredPrices1795316400000 implements MigrationInterface {
  name = 'IgnoredPrices1795316400000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE INDEX sync_record_ignored_price ON sync_record ((base ->> 'productId'))
      WHERE entity = 'price' AND crm_id IS NULL
    `);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DROP INDEX sync_record_ignored_price');
  }
}
