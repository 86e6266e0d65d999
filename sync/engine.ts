import type { Logger } from 'pino';
import type Stripe from 'stripe';
import type { FieldChange, FieldConflict } from './domain/change.ts';
import type { OpenConflict } from './domain/openConflict.ts';
import type { ToldValues } from './domain/overwritten.ts';
import type { SyncFailure } from './failure.ts';
import type { Gate } from './limits/gate.ts';
import type { SalesforceOrg } from './salesforce/connection.ts';
import type { Database } from './store/database.ts';
import type { DocumentKind } from './store/documents.ts';
import type { ClaimedRecord } from './store/syncRecords.ts';

/** What every flow works with; made once a process by `server/wiring.ts`. */
export interface Engine {
  readonly database: Database;
  readonly stripe: Stripe;
  readonly org: SalesforceOrg;
  /** Where every call of each side passes. */
  readonly gates: { readonly stripe: Gate; readonly salesforce: Gate };
  readonly log: Logger;
  /** Unique to this process; every lease it takes starts with it. */
  readonly workerId: string;
  readonly settings: {
    leaseSeconds: number;
    /** ISO 4217, lower case: the currency of records that name none. */
    defaultCurrency: string;
    /** How soon the org is asked how many API calls are left, while they are kept for people. */
    askForBudgetMs?: number;
    /** Whose entries are kept the same as Stripe's prices: `standard`, another book's name or id, or `off`. */
    priceBook: string;
    /** Days from the due date on which customers are reminded, negative before it; none when left out. */
    reminders?: readonly number[];
    /** The file of the font of statements; PDF's own one, which has Western letters alone, when left out. */
    statementFont?: string | undefined;
    /** Which documents of Stripe the org keeps as files; `alsoFrom`: a host beside Stripe's own. None when left out. */
    documents?: { kinds: readonly DocumentKind[]; alsoFrom: string | null } | undefined;
  };
  now(): Date;
  /** In [0, 1). */
  random(): number;
}

/** How the convergence of one claimed record ended. */
export type Convergence =
  | {
      record: ClaimedRecord;
      kind: 'synced';
      base: unknown;
      /** What the org's record says now: see `sync/domain/crmSnapshot.ts`. Left out where no echo is looked for. */
      crmSnapshot?: unknown;
      changes: FieldChange[];
      conflicts: FieldConflict[];
      /** What the org has told and is still open: see `sync/domain/overwritten.ts`. */
      crmTold?: ToldValues;
      /** In words: the record was deleted on one side, and that was followed. */
      gone?: string;
      /** What the org's record shows from now on: conflicts of this and of earlier syncs that nobody has looked at. */
      openConflicts?: OpenConflict[];
    }
  | { record: ClaimedRecord; kind: 'failed'; failure: SyncFailure };
