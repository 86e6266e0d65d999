import type pg from 'pg';
import type { CustomerTerms } from '../domain/customer.ts';
import { businessDomain, nameKey, type MatchAccount, type MatchCustomer } from '../domain/matchScore.ts';

/** A customer of Stripe with what the matching needs of it. */
export interface ReadCustomer {
  stripeId: string;
  name: string;
  email: string | null;
  crmId: string | null;
  terms: CustomerTerms;
}

export interface ReadAccount {
  crmId: string;
  name: string;
  website: string | null;
  emails: string[];
  /** The domain of a person's address is the employer's, or a mail provider's: it does not say who it is. */
  isPerson: boolean;
  stripeId: string | null;
}

// All of a domain take part, or the best of them might be missed; of a name that proves nothing, some are enough.
const MOST_OF_A_DOMAIN = 2_000;
const MOST_OF_A_NAME = 25;
const OF_DOMAIN_OR_NAME = `
  UNION (SELECT d.crm_id FROM match_domain d JOIN c USING (domain) LIMIT ${MOST_OF_A_DOMAIN})
  UNION (SELECT a.crm_id FROM match_account a JOIN c USING (name_key) WHERE c.name_key <> '' LIMIT ${MOST_OF_A_NAME})`;

/**
 * Both sides in temporary tables, which end with the connection: however many records there are, this process holds
 * one page of them, and nothing stays behind.
 */
export class MatchTables {
  private readonly client: pg.ClientBase;

  constructor(client: pg.ClientBase) {
    this.client = client;
  }

  async make(): Promise<void> {
    await this.client.query(`
      CREATE TEMP TABLE match_account (crm_id text COLLATE "C" PRIMARY KEY, name text, name_key text, stripe_id text);
      CREATE TEMP TABLE match_mail (email text, crm_id text, UNIQUE (email, crm_id));
      CREATE TEMP TABLE match_domain (domain text, crm_id text, UNIQUE (domain, crm_id));
      CREATE TEMP TABLE match_customer (stripe_id text COLLATE "C" PRIMARY KEY, name text, name_key text, email text, domain text, crm_id text, terms jsonb);
      CREATE INDEX ON match_account (name_key);
      CREATE INDEX ON match_account (stripe_id);
      CREATE INDEX ON match_mail (crm_id);
      CREATE INDEX ON match_domain (crm_id);
      CREATE INDEX ON match_customer (email);
      CREATE INDEX ON match_customer (domain, name_key);
    `);
  }

  async addAccounts(accounts: ReadAccount[]): Promise<void> {
    await this.client.query(
      `INSERT INTO match_account SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::text[]) ON CONFLICT DO NOTHING`,
      [
        accounts.map(({ crmId }) => crmId),
        accounts.map(({ name }) => name),
        accounts.map(({ name }) => nameKey(name)),
        accounts.map(({ stripeId }) => stripeId),
      ],
    );
    await this.addAddresses(accounts);
  }

  /** Also those of an Account's contacts. */
  async addAddresses(
    addresses: (Pick<ReadAccount, 'crmId' | 'emails'> & Partial<ReadAccount>)[],
  ): Promise<void> {
    const mails = addresses.flatMap(({ crmId, emails }) =>
      emails.map((email) => ({ crmId, of: email.toLowerCase() })),
    );
    const domains = addresses
      .filter(({ isPerson }) => !isPerson)
      .flatMap(({ crmId, emails, website = null }) =>
        [...emails, website].map(businessDomain).flatMap((of) => (of ? [{ crmId, of }] : [])),
      );
    for (const [table, rows] of [
      ['match_mail', mails],
      ['match_domain', domains],
    ] as const) {
      await this.client.query(
        `INSERT INTO ${table} SELECT * FROM unnest($1::text[], $2::text[]) ON CONFLICT DO NOTHING`,
        [rows.map(({ of }) => of), rows.map(({ crmId }) => crmId)],
      );
    }
  }

  async addCustomers(customers: ReadCustomer[]): Promise<void> {
    await this.client.query(
      `INSERT INTO match_customer SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::jsonb[])
       ON CONFLICT DO NOTHING`,
      [
        customers.map(({ stripeId }) => stripeId),
        customers.map(({ name }) => name),
        customers.map(({ name }) => nameKey(name)),
        customers.map(({ email }) => email?.trim().toLowerCase() ?? null),
        customers.map(({ email }) => businessDomain(email)),
        customers.map(({ crmId }) => crmId),
        customers.map(({ terms }) => JSON.stringify(terms)),
      ],
    );
  }

  /** Customers that are paired already do not take part, and their Accounts are taken. */
  async takeKnownPairs(): Promise<void> {
    await this.client.query(`
      ANALYZE match_account; ANALYZE match_customer; ANALYZE match_mail; ANALYZE match_domain;
      UPDATE match_account SET stripe_id = r.stripe_id FROM sync_record r
        WHERE r.entity = 'customer' AND r.crm_id = match_account.crm_id AND r.stripe_id IS NOT NULL;
    `);
  }

  async takeAccount(crmId: string, stripeId: string): Promise<void> {
    await this.client.query('UPDATE match_account SET stripe_id = $2 WHERE crm_id = $1', [crmId, stripeId]);
  }

  /** Unpaired customers in the order of their ids, a page at a time. */
  async customersAfter(stripeId: string, limit: number): Promise<(ReadCustomer & { isKnown: boolean })[]> {
    const { rows } = await this.client.query<ReadCustomer & { isKnown: boolean }>(
      `SELECT stripe_id AS "stripeId", name, email, crm_id AS "crmId", terms,
              EXISTS (SELECT FROM sync_record r WHERE r.entity = 'customer' AND r.stripe_id = match_customer.stripe_id
                        AND r.crm_id IS NOT NULL) AS "isKnown"
       FROM match_customer WHERE stripe_id > $1 ORDER BY match_customer.stripe_id LIMIT $2`,
      [stripeId, limit],
    );
    return rows;
  }

  /** The customer as the decision needs it, and the Accounts that have an id or an e-mail in common with it, or anything. */
  async candidates(
    stripeId: string,
    inCommon: 'id or e-mail' | 'anything',
  ): Promise<{ customer: MatchCustomer; accounts: MatchAccount[] }> {
    const customers = await this.client.query<MatchCustomer>(
      `SELECT stripe_id AS "stripeId", name, email, crm_id AS "crmId",
         EXISTS (SELECT FROM match_customer o WHERE o.email = c.email AND o.stripe_id <> c.stripe_id) AS "sharesEmail",
         EXISTS (SELECT FROM match_customer o WHERE o.domain = c.domain AND o.name_key = c.name_key
                   AND o.stripe_id <> c.stripe_id) AS "sharesName"
       FROM match_customer c WHERE stripe_id = $1`,
      [stripeId],
    );
    const accounts = await this.client.query<MatchAccount>(
      `WITH c AS (SELECT * FROM match_customer WHERE stripe_id = $1), found AS (
         SELECT a.crm_id FROM match_account a JOIN c ON a.stripe_id = c.stripe_id
         UNION SELECT c.crm_id FROM c
         UNION SELECT m.crm_id FROM match_mail m JOIN c USING (email)
         ${inCommon === 'anything' ? OF_DOMAIN_OR_NAME : ''}
       )
       SELECT crm_id AS "crmId", name, stripe_id AS "stripeId",
         ARRAY(SELECT email FROM match_mail m WHERE m.crm_id = match_account.crm_id) AS emails,
         ARRAY(SELECT domain FROM match_domain d WHERE d.crm_id = match_account.crm_id) AS domains
       FROM match_account JOIN found USING (crm_id) ORDER BY crm_id`,
      [stripeId],
    );
    return { customer: customers.rows[0]!, accounts: accounts.rows };
  }
}
