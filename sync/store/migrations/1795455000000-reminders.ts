import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Finds open invoices by when they are due, and what reminders there were of an invoice. */
export class Reminders1795455000000 implements MigrationInterface {
  name = 'Reminders1795455000000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE INDEX sync_record_open_due ON sync_record ((crm_snapshot -> 'fields' ->> 'Due_At__c'))
        WHERE entity = 'invoice' AND crm_snapshot ->> 'status' = 'open';
      CREATE INDEX command_reminders ON command (crm_id) WHERE kind = 'remind';
    `);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DROP INDEX sync_record_open_due; DROP INDEX command_reminders');
  }
}
