import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What each process that calls the other sides says of itself: limits, breakers, the change stream. */
export class WorkerState1795323600000 implements MigrationInterface {
  name = 'WorkerState1795323600000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE worker_state (
        worker_id text PRIMARY KEY,
        started_at timestamptz NOT NULL,
        seen_at timestamptz NOT NULL DEFAULT now(),
        state jsonb NOT NULL
      );
      COMMENT ON TABLE worker_state IS
        'Written by each worker every few seconds; a row that is not renewed is of a process that is gone.';
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE worker_state');
  }
}
