import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Documents of Stripe that the org shall hold as files: `wanted` is what they shall show, `stored` what the file shows. */
export class Documents1795456000000 implements MigrationInterface {
  name = 'Documents1795456000000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE TABLE document (
        kind text NOT NULL CHECK (kind IN ('pdf', 'receipt')),
        stripe_id text NOT NULL,
        crm_id text NOT NULL,
        wanted text NOT NULL,
        version int NOT NULL DEFAULT 1,
        stored text,
        file_id text,
        attempts int NOT NULL DEFAULT 0,
        next_attempt_at timestamptz NOT NULL DEFAULT now(),
        lease_until timestamptz,
        error text,
        PRIMARY KEY (kind, stripe_id)
      );
      CREATE INDEX document_due ON document (next_attempt_at) WHERE stored IS DISTINCT FROM wanted;
    `);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DROP TABLE document');
  }
}
