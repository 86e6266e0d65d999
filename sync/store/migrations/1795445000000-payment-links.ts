import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Payment links, at most one of an invoice that is not closed, and what was paid through them. A link is noted before it is
 * made, and what shall become of a payment before that is done.
 */
export class PaymentLinks1795445000000 implements MigrationInterface {
  name = 'PaymentLinks1795445000000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE TABLE payment_link (
        id bigserial PRIMARY KEY,
        invoice text NOT NULL,
        key text NOT NULL,
        amount bigint NOT NULL,
        currency text NOT NULL,
        params jsonb NOT NULL,
        stripe_id text UNIQUE,
        url text,
        active boolean NOT NULL DEFAULT true,
        closed_why text,
        created_at timestamptz NOT NULL DEFAULT now()
      );
      CREATE UNIQUE INDEX payment_link_living ON payment_link (invoice) WHERE closed_why IS NULL;
      CREATE INDEX payment_link_invoice ON payment_link (invoice);
      CREATE TABLE link_payment (
        payment_intent text PRIMARY KEY,
        invoice text NOT NULL,
        amount bigint NOT NULL,
        currency text NOT NULL,
        paid_at timestamptz NOT NULL,
        counted bigint,
        why text,
        payment_record text,
        given_back text,
        settled boolean NOT NULL DEFAULT false
      );
      CREATE INDEX link_payment_invoice ON link_payment (invoice);
    `);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DROP TABLE link_payment; DROP TABLE payment_link;');
  }
}
