import type pg from 'pg';
import type { SyncEntity } from '../domain/entity.ts';
import { openConnection, type Database } from '../store/database.ts';
import type { KnownPair } from '../store/importedRecords.ts';
import { crmIdsOf } from '../store/knownInOrg.ts';

/** What a dry run would have paired by now, in a temporary table: nothing of it stays. */
export class DryNotes {
  private readonly database: Database;
  private readonly connection: pg.Client;

  private constructor(database: Database, connection: pg.Client) {
    this.database = database;
    this.connection = connection;
  }

  static async open(database: Database): Promise<DryNotes> {
    const connection = await openConnection(database);
    await connection.query(
      'CREATE TEMP TABLE dry_pair (entity text, stripe_id text, crm_id text, PRIMARY KEY (entity, stripe_id))',
    );
    return new DryNotes(database, connection);
  }

  async close(): Promise<void> {
    await this.connection.end();
  }

  /** For a record that would be made, the org's id is empty. */
  async notePairs(entity: SyncEntity, pairs: KnownPair[]): Promise<void> {
    await this.connection.query(
      'INSERT INTO dry_pair SELECT $1, * FROM unnest($2::text[], $3::text[]) ON CONFLICT DO NOTHING',
      [entity, pairs.map(({ stripeId }) => stripeId), pairs.map(({ crmId }) => crmId)],
    );
  }

  /** Of these records of the org, those that would be paired by now. */
  async pairedRecords(entity: SyncEntity, crmIds: string[]): Promise<Set<string>> {
    const { rows } = await this.connection.query<{ crm_id: string }>(
      'SELECT crm_id FROM dry_pair WHERE entity = $1 AND crm_id = ANY($2)',
      [entity, crmIds],
    );
    return new Set(rows.map(({ crm_id }) => crm_id));
  }

  async pairedIds(entity: SyncEntity, stripeIds: string[]): Promise<Map<string, string>> {
    const known = await crmIdsOf(this.database, entity, stripeIds);
    const { rows } = await this.connection.query<{ stripe_id: string; crm_id: string }>(
      'SELECT stripe_id, crm_id FROM dry_pair WHERE entity = $1 AND stripe_id = ANY($2)',
      [entity, stripeIds],
    );
    return new Map([...rows.map(({ stripe_id, crm_id }) => [stripe_id, crm_id] as const), ...known]);
  }
}
