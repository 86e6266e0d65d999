import type { MigrationInterface, QueryRunner } from 'typeorm';

export class Receiving1795305600000 implements MigrationInterface {
  name = 'Receiving1795305600000';

  async up(queryRunner: QueryRunner): Promise<void> {
    // With the entity in front, a plan made while the table was small read all records of the entity to find one id.
    await queryRunner.query(`
      ALTER TABLE sync_record
        DROP CONSTRAINT sync_record_entity_stripe_id_key,
        DROP CONSTRAINT sync_record_entity_crm_id_key,
        ADD CONSTRAINT sync_record_stripe_id UNIQUE (stripe_id, entity),
        ADD CONSTRAINT sync_record_crm_id UNIQUE (crm_id, entity);
    `);
    await queryRunner.query(MARK_DIRTY);
    await queryRunner.query(MARK_ALL_DIRTY);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      DROP FUNCTION mark_all_dirty(text[], text[], text[], text[]);
      ALTER TABLE sync_record
        DROP CONSTRAINT sync_record_stripe_id,
        DROP CONSTRAINT sync_record_crm_id,
        ADD CONSTRAINT sync_record_entity_stripe_id_key UNIQUE (entity, stripe_id),
        ADD CONSTRAINT sync_record_entity_crm_id_key UNIQUE (entity, crm_id);
    `);
  }
}

/**
 * As before, but for two things: an object's row that somebody else makes while this joins it to the row of its pair is
 * looked for anew, and a row is looked for by index whatever the size of the table was when the plan was made.
 */
const MARK_DIRTY = `
  CREATE OR REPLACE FUNCTION mark_dirty(p_entity text, p_stripe_id text, p_crm_id text, p_side text) RETURNS bigint
  LANGUAGE plpgsql
  SET enable_seqscan = off
  AS $$
  DECLARE
    row_id bigint;
    crm_taken boolean;
  BEGIN
    LOOP
      SELECT id INTO row_id FROM (
        SELECT id, 1 AS preference FROM sync_record WHERE entity = p_entity AND stripe_id = p_stripe_id
        UNION ALL
        SELECT id, 2 FROM sync_record WHERE entity = p_entity AND crm_id = p_crm_id
          AND (p_stripe_id IS NULL OR stripe_id IS NULL OR stripe_id = p_stripe_id)
      ) candidate ORDER BY preference LIMIT 1;

      IF row_id IS NOT NULL THEN
        BEGIN
          UPDATE sync_record SET
            dirty_seq = dirty_seq + 1,
            stripe_dirty = stripe_dirty OR p_side = 'stripe',
            crm_dirty = crm_dirty OR p_side = 'salesforce',
            attempts = CASE WHEN state = 'dirty' THEN attempts ELSE 0 END,
            next_attempt_at = CASE WHEN state = 'dirty' THEN next_attempt_at ELSE now() END,
            state = 'dirty',
            stripe_id = coalesce(stripe_id, p_stripe_id)
          WHERE id = row_id AND (p_stripe_id IS NULL OR stripe_id IS NULL OR stripe_id = p_stripe_id);
          IF FOUND THEN
            PERFORM pg_notify('sync_dirty', p_entity);
            RETURN row_id;
          END IF;
        EXCEPTION WHEN unique_violation THEN
          NULL;
        END;
      ELSE
        crm_taken := EXISTS (SELECT 1 FROM sync_record WHERE entity = p_entity AND crm_id = p_crm_id);
        INSERT INTO sync_record (entity, stripe_id, crm_id, stripe_dirty, crm_dirty)
        VALUES (p_entity, p_stripe_id, CASE WHEN crm_taken THEN NULL ELSE p_crm_id END,
                p_side = 'stripe', p_side = 'salesforce')
        ON CONFLICT DO NOTHING RETURNING id INTO row_id;
        IF row_id IS NOT NULL THEN
          PERFORM pg_notify('sync_dirty', p_entity);
          RETURN row_id;
        END IF;
      END IF;
    END LOOP;
  END $$;
`;

/**
 * What mark_dirty does, for many records in a few set operations; places of the arrays without an entity are passed over.
 * Known rows are locked in the order of their ids, as everything that settles many rows does, so that two of them do
 * not wait for each other. Pairs that no row is known of yet, and rows that another transaction has just joined or
 * taken away, are left to mark_dirty, which looks again until it has found or made the row.
 *
 * The plan is made once for each connection, when the tables may still be empty: with other joins than by index it
 * would go on reading whole tables when they are large.
 */
const MARK_ALL_DIRTY = `
  CREATE FUNCTION mark_all_dirty(p_entities text[], p_stripe_ids text[], p_crm_ids text[], p_sides text[]) RETURNS void
  LANGUAGE plpgsql
  SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off
  AS $$
  DECLARE
    left_over record;
  BEGIN
    FOR left_over IN
      WITH mark AS MATERIALIZED (
        SELECT entity, stripe_id, max(crm_id) AS crm_id, count(*) AS times,
               bool_or(side = 'stripe') AS in_stripe, bool_or(side = 'salesforce') AS in_crm
        FROM unnest(p_entities, p_stripe_ids, p_crm_ids, p_sides) AS given (entity, stripe_id, crm_id, side)
        WHERE entity IS NOT NULL
        GROUP BY entity, stripe_id, CASE WHEN stripe_id IS NULL THEN crm_id END
      ), known AS MATERIALIZED (
        SELECT candidate.id, sum(times) AS times, bool_or(in_stripe) AS in_stripe, bool_or(in_crm) AS in_crm
        FROM mark, LATERAL (
          SELECT id FROM sync_record WHERE entity = mark.entity AND stripe_id = mark.stripe_id
          UNION ALL
          SELECT id FROM sync_record WHERE entity = mark.entity AND crm_id = mark.crm_id AND mark.stripe_id IS NULL
        ) candidate GROUP BY candidate.id
      ), locked AS MATERIALIZED (
        SELECT id FROM sync_record JOIN known USING (id) ORDER BY id FOR NO KEY UPDATE OF sync_record
      ), updated AS (
        UPDATE sync_record SET
          dirty_seq = dirty_seq + times,
          stripe_dirty = stripe_dirty OR in_stripe,
          crm_dirty = crm_dirty OR in_crm,
          attempts = CASE WHEN state = 'dirty' THEN attempts ELSE 0 END,
          next_attempt_at = CASE WHEN state = 'dirty' THEN next_attempt_at ELSE now() END,
          state = 'dirty'
        FROM locked JOIN known USING (id)
        WHERE sync_record.id = locked.id
        RETURNING sync_record.entity, sync_record.stripe_id, sync_record.crm_id
      ), inserted AS (
        INSERT INTO sync_record (entity, stripe_id, crm_id, stripe_dirty, crm_dirty, dirty_seq)
        SELECT entity, stripe_id, crm_id, in_stripe, in_crm, times FROM mark
        WHERE (stripe_id IS NULL OR crm_id IS NULL) AND NOT EXISTS (
          SELECT FROM updated WHERE updated.entity = mark.entity
            AND (updated.stripe_id = mark.stripe_id OR (mark.stripe_id IS NULL AND updated.crm_id = mark.crm_id)))
        ORDER BY entity, stripe_id, crm_id
        ON CONFLICT DO NOTHING
        RETURNING entity, stripe_id, crm_id
      )
      SELECT entity, stripe_id, crm_id, in_stripe, in_crm FROM mark
      WHERE NOT EXISTS (
        SELECT FROM (SELECT * FROM updated UNION ALL SELECT * FROM inserted) done
        WHERE done.entity = mark.entity
          AND (done.stripe_id = mark.stripe_id OR (mark.stripe_id IS NULL AND done.crm_id = mark.crm_id)))
      ORDER BY entity, stripe_id, crm_id
    LOOP
      IF left_over.in_stripe THEN
        PERFORM mark_dirty(left_over.entity, left_over.stripe_id, left_over.crm_id, 'stripe');
      END IF;
      IF left_over.in_crm THEN
        PERFORM mark_dirty(left_over.entity, left_over.stripe_id, left_over.crm_id, 'salesforce');
      END IF;
    END LOOP;
    PERFORM pg_notify('sync_dirty', entity) FROM unnest(p_entities) AS marked (entity) WHERE entity IS NOT NULL
    GROUP BY entity;
  END $$;
`;
