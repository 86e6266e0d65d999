import type Stripe from 'stripe';
import type { SyncEntity } from '../domain/entity.ts';
import type { Engine } from '../engine.ts';
import { patiently } from './patiently.ts';
import { translateStripeError } from '../stripe/translateError.ts';
import { SALESFORCE_API_VERSION, type SalesforceOrg } from '../salesforce/connection.ts';

/** What an audit works with. */
export type AuditEngine = Pick<Engine, 'database' | 'stripe' | 'org' | 'settings' | 'now'>;

/** One record of one side, reduced to what is compared; `fields` has the same shape on both sides. */
export interface AuditRow {
  id: string;
  /** The id on the other side, as this side has it. */
  otherId: string | null;
  /** ISO 4217, upper case; null for what has no money in it. */
  currency: string | null;
  fields: Record<string, unknown>;
  /** Stripe's customer that it belongs to: while that one is nobody's in the org, it cannot come over. */
  customerId?: string | null;
  /** Whether it is no difference that the other side lacks it: a payment that failed makes no record. */
  optional?: boolean;
}

/** An invoice line of the org; lines are counted, added up and joined to their invoice in the database. */
export interface AuditLine {
  invoiceId: string;
  /** Stripe's id of the line; of one that Stripe does not have, the org's. */
  lineId: string;
  terms: LineFields;
}

/** What is compared of a line; amounts in major units. */
export interface LineFields {
  description: string;
  unitPrice: number | null;
  /** What the org keeps beside a number that has more decimals than its field. */
  unitPriceExact: string | null;
  quantity: number | null;
  quantityExact: string | null;
  amount: number | null;
  /** In an org with several currencies, in which the org's record is. */
  recordCurrency?: string;
}

/** How one kind of record is read whole from both sides, a page at a time. */
export interface AuditedKind {
  entity: SyncEntity;
  /** The field of the org's record that holds Stripe's id. */
  stripeIdField: string;
  /** Whether a record that is in no pair yet is the engine's to deal with: not a product, which the org decides about. */
  takesInNew: boolean;
  stripePages(stripe: Stripe): AsyncIterable<AuditRow[]>;
  stripeRecord(stripe: Stripe, id: string): Promise<AuditRow | null>;
  /** `where` is a SOQL condition that begins with a field. */
  crmPages(org: SalesforceOrg, where?: string): AsyncIterable<AuditRow[]>;
  crmLinePages?(org: SalesforceOrg, invoiceIds?: string[]): AsyncIterable<AuditLine[]>;
}

/** A list of Stripe's page by page, newest first. */
export async function* pagesOf<T extends { id: string }>(
  list: (params: {
    limit: number;
    starting_after?: string;
  }) => Promise<Pick<Stripe.ApiList<T>, 'data' | 'has_more'>>,
): AsyncGenerator<T[]> {
  let after: string | undefined;
  for (;;) {
    const params = { limit: 100, ...(after ? { starting_after: after } : {}) };
    const page = await fromStripe(() => list(params));
    yield page.data;
    if (!page.has_more || page.data.length === 0) return;
    after = page.data.at(-1)!.id;
  }
}

/** A reading call of Stripe, tried again where that may help. */
export function fromStripe<T>(read: () => Promise<T>): Promise<T> {
  return patiently(async () => {
    try {
      return await read();
    } catch (error) {
      throw translateStripeError(error, 'read-stripe');
    }
  });
}

interface QueryPage<T> {
  records: T[];
  done: boolean;
  nextRecordsUrl?: string;
}

/** A query page by page (2,000 rows by the platform's default), so that its whole answer is never held. */
export async function* queryPages<T>(org: SalesforceOrg, soql: string): AsyncGenerator<T[]> {
  let path: string | undefined = `/query?q=${encodeURIComponent(soql)}`;
  while (path) {
    const url: string = path;
    const page = await patiently(() => org.request<QueryPage<T>>('GET', url));
    yield page.records;
    path = page.done
      ? undefined
      : page.nextRecordsUrl?.replace(`/services/data/v${SALESFORCE_API_VERSION}`, '');
  }
}
