import { randomUUID } from 'node:crypto';
import request from 'supertest';
import type { StatementFigures } from '../../sync/statement/statementFigures.ts';
import type { World } from './world.ts';

export interface Version {
  Title: string;
  VersionNumber: string;
  ContentDocumentId: string;
}

export interface StatementSteps {
  get(account: string, asked: { query?: string; accept?: string }): Promise<request.Response>;
  figures(account: string, period: { from: string; to: string }): Promise<StatementFigures>;
  make(account: string, asked: { body: object; key?: string }): Promise<request.Response>;
  /** All versions of the files of an Account, oldest first. */
  versions(account: string): Promise<Version[]>;
}

/** What the org's buttons and a program of its own ask for. */
export function statementSteps(world: World): StatementSteps {
  const asOrg = (call: request.Test) =>
    call.set('authorization', `Bearer ${world.apiToken}`).set('x-salesforce-org-id', world.orgId);
  const pathOf = (account: string) => `/v1/accounts/${account}/statement`;

  const get: StatementSteps['get'] = (account, { query = '', accept = 'application/json' }) =>
    asOrg(
      request(world.webUrl)
        .get(pathOf(account) + query)
        .set('accept', accept),
    );

  return {
    get,
    figures: async (account, { from, to }) => {
      const { status, body } = await get(account, { query: `?from=${from}&to=${to}` });
      if (status !== 200) throw new Error(`${status} ${JSON.stringify(body)}`);
      return body as StatementFigures;
    },
    make: (account, { body, key = randomUUID() }) =>
      asOrg(request(world.webUrl).post(pathOf(account)))
        .set('idempotency-key', key)
        .send(body),
    versions: async (account) => {
      const links = await world.admin.query<Version>(
        `SELECT ContentDocumentId FROM ContentDocumentLink WHERE LinkedEntityId = '${account}'`,
      );
      if (links.length === 0) return [];
      const ids = links.map(({ ContentDocumentId }) => `'${ContentDocumentId}'`).join(', ');
      return world.admin.query<Version>(
        `SELECT Title, VersionNumber, ContentDocumentId FROM ContentVersion WHERE ContentDocumentId IN (${ids}) ORDER BY Id`,
      );
    },
  };
}

export const currencyOf = ({ currencies }: StatementFigures, currency: string) =>
  currencies.find((one) => one.currency === currency.toUpperCase());
