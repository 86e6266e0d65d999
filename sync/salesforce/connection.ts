import { Connection } from 'jsforce';
import jsonwebtoken from 'jsonwebtoken';
import { toLongId } from '../domain/salesforceId.ts';
import type { Gate } from '../limits/gate.ts';
import { GatedTransport } from './gatedTransport.ts';
import { sessionsRefused } from './refusal.ts';
import { translateSalesforceError } from './translateError.ts';

/** Pinned in one place: the REST API version that every call of the middleware speaks. */
export const SALESFORCE_API_VERSION = '67.0';

/** Names us in the header Sforce-Call-Options, and so in the origin of the change events of our writes. */
export const CLIENT = 'Invoicebridge';

export interface SalesforceCredentials {
  loginUrl: string;
  clientId: string;
  /** JWT bearer: the integration user and the key whose certificate the External Client App holds. */
  username?: string | undefined;
  privateKey?: string | undefined;
  /** Client credentials, where no username and key are given. */
  clientSecret?: string | undefined;
}

/** What other protocols than REST authenticate with. Never log it. */
export interface CrmSession {
  accessToken: string;
  instanceUrl: string;
  orgId: string;
}

export interface OrgOptions {
  /** Without one for what makes a call or two by hand. */
  gate?: Gate;
  /** Told of the org of every login before the session is used; throws when it must not be used. */
  onLogin?: (orgId: string) => Promise<void>;
}

const REQUEST_TIMEOUT_MS = 30_000;
const UPLOAD_TIMEOUT_MS = 120_000;
// jsforce refreshes on every 401 without a guard; an org that refuses fresh tokens would be asked for ever.
const REFRESHES_IN_A_ROW = 2;
const REFRESH_WINDOW_MS = 10_000;

/** One authenticated connection to the org; it logs in when first used and whenever its session has ended. */
export class SalesforceOrg {
  private readonly credentials: SalesforceCredentials;
  private readonly connection: Connection;
  private readonly onLogin: OrgOptions['onLogin'];
  private readonly gate: Gate | undefined;
  private login: Promise<string> | undefined;
  private refreshes: number[] = [];
  private refreshFailure: unknown;
  /** The org's 18-character id, once logged in. */
  orgId: string | undefined;

  constructor(credentials: SalesforceCredentials, { gate, onLogin }: OrgOptions = {}) {
    this.credentials = credentials;
    this.onLogin = onLogin;
    this.gate = gate;
    this.connection = new Connection({
      loginUrl: credentials.loginUrl,
      version: SALESFORCE_API_VERSION,
      oauth2: {
        loginUrl: credentials.loginUrl,
        clientId: credentials.clientId,
        ...(credentials.clientSecret ? { clientSecret: credentials.clientSecret } : {}),
      },
      callOptions: { client: CLIENT },
      refreshFn: (_connection, done) => {
        this.refresh().then(
          (token) => done(null, token),
          (error: Error) => {
            this.refreshFailure = error;
            done(error);
          },
        );
      },
    });
    if (gate) {
      const transport = new GatedTransport(gate);
      this.connection._transport = transport;
      this.connection.oauth2._transport = transport;
    }
  }

  /** The org's 18-character id; logs in when that has not happened yet. */
  async identify(): Promise<string> {
    return this.call('read-crm', async () => this.orgId!);
  }

  /** The session, logged in when there is none; a new one when the org has refused the token of this one. */
  async session(refusedToken?: string): Promise<CrmSession> {
    return this.call('read-crm', async (connection) => {
      if (connection.accessToken === refusedToken) await this.refresh();
      return {
        accessToken: connection.accessToken!,
        instanceUrl: connection.instanceUrl,
        orgId: this.orgId!,
      };
    });
  }

  /** All rows of a query, over all its pages. `T` names the selected fields. */
  async query<T extends object>(soql: string): Promise<T[]> {
    return this.call('read-crm', async (connection) => {
      const rows: T[] = [];
      let page = await connection.query<T>(soql);
      rows.push(...page.records);
      while (!page.done && page.nextRecordsUrl) {
        page = await connection.queryMore<T>(page.nextRecordsUrl);
        rows.push(...page.records);
      }
      return rows;
    });
  }

  /** A call below /services/data/vNN.0; `path` starts with a slash. */
  async request<T>(method: 'GET' | 'POST' | 'PATCH' | 'DELETE', path: string, body?: unknown): Promise<T> {
    return this.call(method === 'GET' ? 'read-crm' : 'write-crm', (connection) =>
      connection.request<T>(
        {
          method,
          url: `${connection.instanceUrl}/services/data/v${SALESFORCE_API_VERSION}${path}`,
          ...(body === undefined
            ? {}
            : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
        },
        { timeout: REQUEST_TIMEOUT_MS } as object,
      ),
    );
  }

  /** The same for the CSV that bulk jobs take and give. */
  async requestCsv(method: 'GET' | 'PUT', path: string, csv?: string): Promise<string> {
    return this.call(method === 'GET' ? 'read-crm' : 'write-crm', (connection) =>
      connection.request<string>(
        {
          method,
          url: `${connection.instanceUrl}/services/data/v${SALESFORCE_API_VERSION}${path}`,
          ...(csv === undefined ? {} : { body: csv, headers: { 'content-type': 'text/csv' } }),
        },
        // As text: jsforce itself would take semicolons and tabs for delimiters, too.
        { timeout: UPLOAD_TIMEOUT_MS, responseType: 'text/plain' } as object,
      ),
    );
  }

  private async call<T>(
    stage: 'read-crm' | 'write-crm',
    work: (connection: Connection) => Promise<T>,
  ): Promise<T> {
    try {
      if (!this.connection.accessToken) await this.authorize();
      const result = await work(this.connection);
      this.refreshes = [];
      return result;
    } catch (error) {
      // jsforce makes an error of its own out of what kept it from getting a new session, without its cause.
      const refreshing = error instanceof Error && error.message.startsWith('Unable to refresh session');
      throw translateSalesforceError(refreshing ? this.refreshFailure : error, stage);
    }
  }

  private async refresh(): Promise<string> {
    const now = Date.now();
    this.refreshes = [...this.refreshes.filter((at) => now - at < REFRESH_WINDOW_MS), now];
    if (this.refreshes.length > REFRESHES_IN_A_ROW) {
      const refusal = sessionsRefused();
      this.gate?.refused(refusal);
      throw refusal;
    }
    return this.authorize();
  }

  /** Logs in once, however many calls ask for it at the same time. */
  private authorize(): Promise<string> {
    this.login ??= this.requestToken().finally(() => (this.login = undefined));
    return this.login;
  }

  private async requestToken(): Promise<string> {
    const { clientId, clientSecret, loginUrl, username, privateKey } = this.credentials;
    const answer = await this.connection.oauth2.requestToken(
      username && privateKey
        ? {
            grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer',
            assertion: jsonwebtoken.sign({ iss: clientId, sub: username, aud: loginUrl }, privateKey, {
              algorithm: 'RS256',
              expiresIn: 180,
            }),
          }
        : { grant_type: 'client_credentials', client_id: clientId, client_secret: clientSecret ?? '' },
    );
    // The identity URL ends in /id/<org>/<user>.
    const named = new URL(answer.id).pathname.split('/').at(-2)!;
    const orgId = toLongId(named) ?? named;
    await this.onLogin?.(orgId);
    this.orgId = orgId;
    this.connection.instanceUrl = answer.instance_url;
    this.connection.accessToken = answer.access_token;
    return answer.access_token;
  }
}

/** A text as a SOQL string literal, quotes included. */
export function soqlString(text: string): string {
  return `'${text.replace(/[\\']/g, '\\$&').replace(/\n/g, '\\n').replace(/\r/g, '\\r')}'`;
}

export const soqlList = (texts: string[]) => `(${texts.map(soqlString).join(', ')})`;
