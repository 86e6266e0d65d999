import type { Logger } from 'pino';
import { RetryableFailure } from '../failure.ts';
import type { Database } from '../store/database.ts';
import { noteServedOrg, servedOrg } from '../store/servedOrg.ts';
import type { Gate } from './gate.ts';

export interface OrgIdentityOptions {
  database: Database;
  gates: { readonly stripe: Gate; readonly salesforce: Gate };
  log: Logger;
}

export const OTHER_ORG = 'other_org';

/**
 * Whether the org is the one whose records we know. A refreshed org has a new id and may hold other records: writing
 * goes on neither there nor in Stripe until somebody has said that this is meant.
 */
export class OrgIdentity {
  private readonly options: OrgIdentityOptions;
  private stranger: string | undefined;

  constructor(options: OrgIdentityOptions) {
    this.options = options;
  }

  /** Told of the org of every login. Throws when it is another one than before, and stops all calls of both sides. */
  async accept(orgId: string): Promise<void> {
    const served = await noteServedOrg(this.options.database, orgId);
    if (served === orgId) return;
    this.stranger = orgId;
    const failure = otherOrg(served, orgId);
    this.options.log.error({ served, found: orgId }, failure.message);
    for (const gate of this.gates) gate.stop(failure);
    throw failure;
  }

  /** Goes on once somebody has adopted the org. */
  async lookAgain(): Promise<void> {
    if (this.stranger === undefined || (await servedOrg(this.options.database)) !== this.stranger) return;
    this.options.log.info({ orgId: this.stranger }, 'This org is the one to be served now. Work goes on.');
    this.stranger = undefined;
    for (const gate of this.gates) gate.resume();
  }

  private get gates(): Gate[] {
    return [this.options.gates.stripe, this.options.gates.salesforce];
  }
}

export const otherOrg = (served: string, found: string) =>
  new RetryableFailure({
    code: OTHER_ORG,
    stage: 'read-crm',
    message: `The org is ${found}, but the records here are those of ${served}: it was refreshed, or SALESFORCE_LOGIN_URL names another one. Nothing is written on either side. If it is meant, run \`invoicebridge adopt-org\`; if not, correct the settings and start anew.`,
  });
