import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Edits in Stripe that we have written over between our read and our write: see `sync/domain/overwrittenInStripe.ts`. */
export class StripeWrites1795470000000 implements MigrationInterface {
  name = 'StripeWrites1795470000000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE TABLE stripe_write (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        idempotency_key text NOT NULL UNIQUE,
        record_id bigint NOT NULL REFERENCES sync_record (id) ON DELETE CASCADE,
        stripe_id text NOT NULL,
        read jsonb NOT NULL,
        written jsonb NOT NULL,
        told jsonb,
        is_looked_at boolean NOT NULL DEFAULT false,
        noted_at timestamptz NOT NULL DEFAULT now()
      );
      CREATE INDEX stripe_write_record ON stripe_write (record_id);
      CREATE INDEX stripe_write_noted ON stripe_write (noted_at);
      COMMENT ON TABLE stripe_write IS 'Writes to Stripe whose event is to tell what stood there just before.';
      COMMENT ON COLUMN stripe_write.read IS 'What each try had read in the fields that are written.';
      COMMENT ON COLUMN stripe_write.told IS
        'What its events say stood there, as Stripe says it; null until the first of them is here.';
      CREATE FUNCTION note_stripe_told(p_keys text[], p_stripe_ids text[], p_told jsonb[]) RETURNS void
      LANGUAGE sql
      SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off
      AS $$
        UPDATE stripe_write SET told = coalesce(stripe_write.told, '{}') || given.told
        FROM unnest(p_keys, p_stripe_ids, p_told) AS given (key, stripe_id, told)
        WHERE idempotency_key = given.key AND stripe_write.stripe_id = given.stripe_id;
      $$;
    `);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      DROP FUNCTION note_stripe_told(text[], text[], jsonb[]);
      DROP TABLE stripe_write;
    `);
  }
}
