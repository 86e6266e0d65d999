import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Which invoice was made to replace which, by Stripe's ids; `told`: the earlier ones have been marked to show it. */
export class InvoiceRevisions1795428000000 implements MigrationInterface {
  name = 'InvoiceRevisions1795428000000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE TABLE invoice_revision (
        stripe_id text PRIMARY KEY,
        revision_of text NOT NULL,
        finalized boolean NOT NULL,
        told boolean NOT NULL DEFAULT false
      );
      CREATE INDEX invoice_revision_of ON invoice_revision (revision_of);
    `);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DROP TABLE invoice_revision');
  }
}
