import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { startOrg } from '../../sandbox/salesforce/start.ts';
import { loadConfig } from '../../server/config.ts';
import { openEngine } from '../../server/wiring.ts';
import type { Engine } from '../../sync/engine.ts';
import { CrmChangeFollower } from '../../sync/inbox/followCrmChanges.ts';
import { PubSubClient } from '../../sync/salesforce/changeStream/pubSubClient.ts';
import { OrgUser } from '../integration/orgUser.ts';
import { createDatabase } from '../setup/database.ts';
import { sandboxSecrets } from '../setup/sandboxSecrets.ts';
import { TestPubSubServer } from './testServer.ts';

export const TOPIC = '/data/ChangeEvents';

export interface LogLine {
  level: number;
  msg: string;
}

/** One worker's half of the change stream: real database, real org for its queries, and a stream in the test's hands. */
export interface StreamWorld {
  engine: Engine;
  databaseUrl: string;
  server: TestPubSubServer;
  log: LogLine[];
  rep: OrgUser;
  /** Starts to follow; stopped with the world at the latest. */
  follow(options?: { silenceMs?: number; askAgainMs?: number }): CrmChangeFollower;
  unfollow(follower: CrmChangeFollower): Promise<void>;
  unfollowAll(): Promise<void>;
  rows<T = Record<string, unknown>>(sql: string, values?: unknown[]): Promise<T[]>;
  stop(): Promise<void>;
}

export async function startStreamWorld(): Promise<StreamWorld> {
  const directory = mkdtempSync(join(tmpdir(), 'invoicebridge-stream-'));
  const secrets = await sandboxSecrets(directory);
  const testDatabase = await createDatabase();
  const server = await new TestPubSubServer().start();
  const org = await startOrg({
    port: 0,
    dataFile: ':memory:',
    apps: [
      {
        clientId: secrets.salesforceClientId,
        username: secrets.salesforceUsername,
        certificatePem: secrets.certificatePem,
      },
    ],
    namedCredential: { url: 'http://127.0.0.1:9', token: secrets.apiToken },
    links: { stripeDashboard: '', mailbox: '' },
    seed: true,
  });
  const config = loadConfig({
    DATABASE_URL: testDatabase.url,
    STRIPE_SECRET_KEY: secrets.stripeSecretKey,
    STRIPE_WEBHOOK_SECRETS: secrets.stripeWebhookSecret,
    SALESFORCE_LOGIN_URL: org.url,
    SALESFORCE_CLIENT_ID: secrets.salesforceClientId,
    SALESFORCE_USERNAME: secrets.salesforceUsername,
    SALESFORCE_PRIVATE_KEY: secrets.privateKeyPem,
  });
  const log: LogLine[] = [];
  const logger = pino({ level: 'info' }, { write: (line) => log.push(JSON.parse(line) as LogLine) });
  const { engine, close } = await openEngine(config, logger);
  const followers = new Set<CrmChangeFollower>();
  const world: StreamWorld = {
    engine,
    databaseUrl: testDatabase.url,
    server,
    log,
    rep: await OrgUser.login(org.url, 'Ada Admin'),
    follow: (options = {}) => {
      const client = new PubSubClient({
        url: server.url,
        session: (refused) => engine.org.session(refused),
        gate: engine.gates.salesforce,
      });
      const follower = new CrmChangeFollower(engine, {
        client,
        topic: TOPIC,
        databaseUrl: testDatabase.url,
        ...options,
      });
      followers.add(follower);
      follower.start();
      return follower;
    },
    unfollow: async (follower) => {
      followers.delete(follower);
      await follower.stop();
    },
    unfollowAll: async () => {
      for (const follower of followers) await world.unfollow(follower);
    },
    rows: async (sql, values) => (await engine.database.pool.query(sql, values)).rows as never,
    stop: async () => {
      await world.unfollowAll();
      server.stop();
      await close();
      await org.close();
      await testDatabase.drop();
      rmSync(directory, { recursive: true, force: true });
    },
  };
  return world;
}

/** An invoice in the org that nothing of ours has heard of. */
export async function raiseInvoice({ rep }: StreamWorld): Promise<string> {
  const [account] = await rep.query('SELECT Name FROM Account WHERE Billing_Email__c != null LIMIT 1');
  const [product] = await rep.apex<{ name: string }[]>('RaiseInvoiceController', 'getProducts', {
    searchText: '',
  });
  return rep.raiseInvoice({
    account: String(account!.Name),
    lines: [{ product: product!.name, quantity: 1 }],
  });
}
