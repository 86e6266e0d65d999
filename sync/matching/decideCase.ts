import type { Database } from '../store/database.ts';
import { joinPairs } from '../store/importedRecords.ts';
import { findCase, moveCase, type MatchCase } from '../store/matchCases.ts';
import { isPairedCustomer, retryParked } from '../store/parkedRecords.ts';

/** What a person says of a customer of Stripe. */
export type CaseDecision = { accountId: string } | 'create' | 'ignore';

export type Decided =
  | { kind: 'decided'; case: MatchCase }
  | { kind: 'unknown' }
  | { kind: 'closed'; case: MatchCase }
  | { kind: 'taken'; accountId: string };

/**
 * Takes in a decision. The worker carries it out: it pairs them, or makes the Account, and tries again what was parked
 * because of this customer. The same decision a second time changes nothing.
 */
export async function decideCase(
  database: Database,
  { id, decision, by }: { id: string; decision: CaseDecision; by: string | null },
): Promise<Decided> {
  const found = await findCase(database, id);
  if (!found) return { kind: 'unknown' };
  const accountId = typeof decision === 'object' ? decision.accountId : null;
  if (accountId && (await isPairedCustomer(database, accountId, found.stripeId))) {
    return { kind: 'taken', accountId };
  }
  const state = decision === 'ignore' ? 'ignored' : 'resolving';
  const moved = await moveCase(
    database,
    { id: found.id, from: ['open', 'ignored', state] },
    { state, accountId, by },
  );
  if (!moved) return { kind: 'closed', case: found };
  if (accountId) await joinPairs(database, 'customer', [{ stripeId: found.stripeId, crmId: accountId }]);
  await retryParked(database, { ids: [found.stripeId], entity: 'customer' });
  return { kind: 'decided', case: (await findCase(database, found.id))! };
}
