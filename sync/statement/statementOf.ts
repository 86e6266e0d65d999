import type Stripe from 'stripe';
import { periodOf, type AskedPeriod } from '../domain/statementPeriod.ts';
import { PermanentFailure } from '../failure.ts';
import type { Database } from '../store/database.ts';
import { statementCustomers } from '../store/statementCustomers.ts';
import { accountDay, accountZone } from '../stripe/accountZone.ts';
import { readStatement, type Statement } from './readStatement.ts';

/** The statement of an Account, by what Stripe says now. */
export async function statementOf(
  port: { database: Database; stripe: Stripe },
  { accountId, asked, now }: { accountId: string; asked: AskedPeriod; now: Date },
): Promise<Statement> {
  const zone = await accountZone(port.stripe);
  const period = periodOf(asked, { today: await accountDay(port.stripe, now), zone });
  if (typeof period === 'string') throw refused('invalid_period', period);
  return readStatement(port, { customers: await customersOf(port.database, accountId), period, now });
}

async function customersOf(database: Database, accountId: string): Promise<string[]> {
  const known = await statementCustomers(database, accountId);
  const own = known.find(({ isOwn }) => isOwn);
  if (own?.mergedInto)
    throw refused(
      'account_merged',
      `This account was merged into ${own.mergedInto}: ask for the statement of that one.`,
    );
  if (own?.crmGone)
    throw refused('deleted', 'This account was deleted in Salesforce. Restore it, then ask again.');
  const customers = known.flatMap(({ stripeId }) => stripeId ?? []);
  if (customers.length > 0) return customers;
  throw refused(
    'no_customer',
    'This account is no customer in Stripe, so there is nothing to state. Raise its first invoice; if it has invoices in Stripe already, press Sync With Stripe and ask again.',
  );
}

const refused = (code: string, message: string) => new PermanentFailure({ code, stage: 'decide', message });
