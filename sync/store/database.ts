import pg from 'pg';
import { DataSource } from 'typeorm';
import { entities } from './entities.ts';
import { migrations } from './migrations/index.ts';

/** One connection pool, seen by TypeORM (entities, migrations) and by our own SQL (claims, settling). */
export interface Database {
  readonly dataSource: DataSource;
  readonly pool: pg.Pool;
  close(): Promise<void>;
}

/**
 * Opens the store. `url` is a libpq connection URI; it goes to `pg` untouched, because TypeORM's own
 * URL parser drops a socket directory given as `?host=`.
 */
export async function openDatabase(url: string, poolSize = 10): Promise<Database> {
  const dataSource = new DataSource({
    type: 'postgres',
    entities,
    migrations,
    migrationsTableName: 'migration',
    migrationsTransactionMode: 'all',
    logging: ['warn'],
    extra: { connectionString: url, max: poolSize },
  });
  await dataSource.initialize();
  const { master } = dataSource.driver as unknown as { master: pg.Pool };
  return { dataSource, pool: master, close: () => dataSource.destroy() };
}

/**
 * A connection beside the pool, for work that holds one for minutes: the pool stays whole for everything else. One that
 * breaks fails the next statement on it.
 */
export async function openConnection({ pool }: Database): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: pool.options.connectionString, keepAlive: true });
  client.on('error', () => {});
  await client.connect();
  return client;
}
