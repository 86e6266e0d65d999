import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { AdjustableClock } from '../adjustableClock.ts';
import { DocumentStore } from '../store/documentStore.ts';
import { readPermissionSets } from './access/permissionSet.ts';
import { Users } from './access/users.ts';
import { apexClasses } from './apex/index.ts';
import type { ApexClasses } from './browser/apexRoute.ts';
import type { NamedCredential } from './browser/callout.ts';
import { ChangeStream } from './browser/changes.ts';
import type { PageLinks } from './browser/sessionRoutes.ts';
import { checkFormulas } from './formula/checkFormulas.ts';
import { orgApp } from './orgApp.ts';
import type { ConnectedApp } from './oauth/grants.ts';
import { Sessions } from './oauth/sessions.ts';
import { Org } from './org.ts';
import { openPubSub } from './pubSub/openPubSub.ts';
import type { ChangeStreamOptions } from './pubSub/openPubSub.ts';
import { ApiUsage } from './rest/apiUsage.ts';
import { keyPrefixes } from './schema/keyPrefixes.ts';
import { addCurrencies, openCurrencies } from './schema/currencies.ts';
import { addPersonFields } from './schema/personAccounts.ts';
import { loadSchema } from './schema/schema.ts';
import { seedData } from './seed/seedData.ts';
import { ensureSetupRecords, orgId, orgUsers } from './seed/users.ts';
import { LayoutSource } from './uiApi/layoutSource.ts';

export type OrgOptions = {
  /** 0 takes any free port. */
  port: number;
  /** Loopback by default, because anybody who reaches the page can act in the org. */
  host?: string;
  /** A SQLite file, or ':memory:'. */
  dataFile: string;
  /** The first app's user is the org's integration user. */
  apps: ConnectedApp[];
  namedCredential: NamedCredential;
  links: PageLinks;
  /** The built page; without it only the APIs are served. */
  pageDir?: string;
  /** Fill an empty org with example records; true unless said otherwise. */
  seed?: boolean;
  /** SFDX source with the custom schema; the project's own by default. */
  metadataDir?: string;
  /** Twins of the Apex classes; the project's own by default. */
  apexClasses?: ApexClasses;
  /** Whether Accounts may be persons; as on the platform, most orgs have none. */
  personAccounts?: boolean;
  /** ISO codes of a multi-currency org, the corporate one first; without them the org has the US dollar alone. */
  currencies?: string[];
  /** How long an access token lives. */
  sessionSeconds?: number;
  /** API calls a day. */
  apiLimit?: number;
  /** Where the Pub/Sub API listens, 0 for any free port; without it there is no change data capture. */
  pubSubPort?: number;
  /** The Pub/Sub API with TLS and a certificate of its own, as on the platform; plain text by default. */
  pubSubTls?: boolean;
  changeStream?: ChangeStreamOptions;
  now?: () => Date;
};

export type StartedOrg = {
  url: string;
  port: number;
  orgId: string;
  /** Where the Pub/Sub API answers: http for plain text, https for TLS. */
  pubSubUrl?: string;
  pubSubCertificate?: string;
  /** What a person gets who approves an app in the browser: tokens of the web server flow. */
  approve(clientId: string, username: string): { accessToken: string; refreshToken: string };
  close(): Promise<void>;
};

/** Opens the org's data and listens: REST API, UI API, OAuth, the page and its control paths on one address. */
export async function startOrg(options: OrgOptions): Promise<StartedOrg> {
  const { metadataDir = join(import.meta.dirname, '..', '..', 'salesforce-metadata'), host = '127.0.0.1' } =
    options;
  const store = new DocumentStore(options.dataFile);
  try {
    const schema = loadSchema(metadataDir, keyPrefixes(store));
    if (options.personAccounts) addPersonFields(schema.object('Account')!);
    const active = options.currencies && addCurrencies(schema);
    checkFormulas(schema);
    const { now: realTime = () => new Date() } = options;
    const clock = new AdjustableClock(() => realTime().getTime());
    const now = () => new Date(clock.now());
    const org = new Org({ id: orgId, name: 'Invoicebridge Sandbox', schema, store, now });
    const people = orgUsers(options.apps[0]?.username ?? 'integration@sandbox.example');
    const users = new Users(people, readPermissionSets(metadataDir));
    ensureSetupRecords(org, people);
    if (active) openCurrencies(org, { currencies: options.currencies!, active });
    if (options.seed !== false) seedData(org);

    const sessions = new Sessions(store, { orgId, lifetimeSeconds: options.sessionSeconds ?? 7200 });
    const changes = new ChangeStream(org);
    let url = '';
    const gate = { users, sessions, orgId, url: () => url };
    const pubSub =
      options.pubSubPort === undefined
        ? undefined
        : await openPubSub(
            store,
            { org, gate },
            {
              ...options.changeStream,
              port: options.pubSubPort,
              tls: options.pubSubTls === true,
              host,
              metadataDir,
              now,
            },
          );
    const app = await orgApp({
      apexClasses,
      ...options,
      org,
      users,
      sessions,
      changes,
      clock,
      usage: new ApiUsage(options.apiLimit ?? 100_000),
      layouts: new LayoutSource(metadataDir),
      url: () => url,
      ...(pubSub && { streamRoutes: pubSub.routes }),
    });
    const server = createServer(app);
    // Clients keep connections for a minute; a server that closes first makes their next request fail.
    server.keepAliveTimeout = 75_000;
    await new Promise<void>((resolve, reject) =>
      server.once('error', reject).listen(options.port, host, resolve),
    );
    const { port } = server.address() as AddressInfo;
    url = `http://127.0.0.1:${port}`;
    return {
      url,
      port,
      orgId,
      ...(pubSub && { pubSubUrl: pubSub.url }),
      ...(pubSub?.certificate && { pubSubCertificate: pubSub.certificate }),
      approve(clientId, username) {
        const user = users.byUsername(username);
        if (!user) throw new Error(`There is no user ${username} in the org.`);
        return {
          accessToken: sessions.open(user.id),
          refreshToken: sessions.grantRefresh(user.id, clientId),
        };
      },
      async close() {
        changes.close();
        pubSub?.close();
        const closed = new Promise<void>((resolve) => server.close(() => resolve()));
        server.closeAllConnections();
        await closed;
        store.close();
      },
    };
  } catch (error) {
    store.close();
    throw error;
  }
}
