import { decideMatch } from '../domain/matchScore.ts';
import { toLongId } from '../domain/salesforceId.ts';
import type { Engine } from '../engine.ts';
import { newRecord } from '../flows/convergePairs.ts';
import { customerKind } from '../flows/customerKind.ts';
import { soqlList } from '../salesforce/connection.ts';
import { upsertRecords } from '../salesforce/writeRecords.ts';
import { claimFollowUps, settleFollowUps, type FollowUp } from '../store/followUps.ts';
import { joinPairs } from '../store/importedRecords.ts';
import { casesOfCustomers, moveCase, queueCases, type MatchCase } from '../store/matchCases.ts';
import { markAllDirty } from '../store/syncRecords.ts';
import { unpair, settleIgnored } from '../store/unpaired.ts';
import { readStripeCustomer } from '../stripe/customers.ts';
import { findCandidates } from './findCandidates.ts';
import { retryWaiting } from './retryWaiting.ts';

const MOST_AT_ONCE = 200;

/**
 * What follows for others once customers have been settled: invoices that were parked because of one are tried again, a
 * customer whom no Account is linked with gets a case in the match queue, a decision is carried out, and what waited for
 * a customer comes. It was noted in the commit that settled the customer, and each part may be done twice. Returns how many.
 */
export async function followUpCustomers(engine: Engine): Promise<number> {
  const { leaseSeconds } = engine.settings;
  const due = await claimFollowUps(engine.database, { leaseSeconds, limit: MOST_AT_ONCE });
  if (due.length === 0) return 0;
  await retryInvoicesOf(engine, due);
  const stripeIds = due.flatMap(({ stripeId }) => stripeId ?? []);
  const cases = new Map(
    (await casesOfCustomers(engine.database, stripeIds)).map((one) => [one.stripeId, one]),
  );
  const done: FollowUp[] = [];
  for (const one of due) {
    try {
      await followOne(engine, one, cases.get(one.stripeId ?? ''));
      done.push(one);
    } catch (error) {
      // It stays due, and must not hold up the others.
      engine.log.warn({ error, ...one }, 'What follows from a settled customer is tried again by itself.');
    }
  }
  await settleFollowUps(engine.database, done);
  return due.length;
}

/** Invoices that are parked because of their customer have a chance again once the customer has changed. */
async function retryInvoicesOf(engine: Engine, due: FollowUp[]): Promise<void> {
  const accountIds = due.flatMap(({ kind, crmId }) =>
    (kind === 'first' || kind === 'changed') && crmId ? crmId : [],
  );
  if (accountIds.length === 0) return;
  const rows = await engine.org.query<{ Id: string }>(
    `SELECT Id FROM Invoice__c WHERE Sync_Status__c = 'Error' AND Account__c IN ${soqlList(accountIds)}`,
  );
  await markAllDirty(engine.database, 'invoice', { crmIds: rows.map(({ Id }) => Id) });
}

async function followOne(
  engine: Engine,
  { kind, stripeId, crmId, message }: FollowUp,
  known: MatchCase | undefined,
): Promise<void> {
  if (!stripeId) return;
  if (kind === 'unpaired') return unpaired(engine, stripeId, known);
  if (kind === 'gone') {
    if (known?.state !== 'resolving') return;
    await unpair(engine.database, stripeId);
    const reason = `${message ?? 'The Account is not in the org.'} Choose another one.`;
    const change = { state: 'open', accountId: null, reason } as const;
    return void (await moveCase(engine.database, { id: known.id, from: ['resolving'] }, change));
  }
  if (known && known.state !== 'resolved') {
    const from: MatchCase['state'][] = ['open', 'resolving', 'ignored'];
    await moveCase(engine.database, { id: known.id, from }, { state: 'resolved', accountId: crmId });
  }
  // Whatever was parked until its first convergence had no Account to go to.
  if (kind === 'first') await retryWaiting(engine, stripeId);
}

async function unpaired(engine: Engine, stripeId: string, known: MatchCase | undefined): Promise<void> {
  if (known?.state === 'ignored') return settleIgnored(engine.database, stripeId);
  if (known?.state === 'resolving' && known.accountId === null) return makeAccount(engine, known);
  if (known?.state === 'open') return;
  const customer = await readStripeCustomer(engine.stripe, stripeId);
  if (!customer) return;
  const { name, email } = customer.terms;
  const crmId = customer.otherId ? (toLongId(customer.otherId) ?? null) : null;
  const accounts = await findCandidates(engine.org, { name, email, crmId });
  const decision = decideMatch(
    { stripeId, name, email, crmId, sharesEmail: false, sharesName: false },
    accounts,
  );
  // Outside a backfill nobody has asked for matching, so that even a sure one is only proposed.
  const proposal =
    decision.kind === 'paired'
      ? { reason: `One Account has the same ${decision.by}.`, candidates: proposed(decision.crmId, accounts) }
      : decision.kind === 'none'
        ? { reason: 'No Account is like it.', candidates: [] }
        : decision;
  await queueCases(engine.database, [
    { stripeId, customer: { name, email }, reason: proposal.reason, candidates: proposal.candidates },
  ]);
}

function proposed(crmId: string, accounts: Parameters<typeof decideMatch>[1]) {
  const account = accounts.find((one) => one.crmId === crmId);
  return account ? [{ accountId: crmId, name: account.name, score: 1, because: 'the only one' }] : [];
}

/** Once, however often it is tried: Stripe's id is unique in the org. */
async function makeAccount(engine: Engine, { id, stripeId }: MatchCase): Promise<void> {
  const customer = await readStripeCustomer(engine.stripe, stripeId);
  const reopen = (reason: string) =>
    moveCase(engine.database, { id, from: ['resolving'] }, { state: 'open', reason });
  if (!customer) return void (await reopen('The customer is no longer in Stripe.'));
  if (!customer.terms.name) {
    return void (await reopen('An Account needs a name. Give the customer one in Stripe.'));
  }
  const [answer] = await upsertRecords(
    engine.org,
    { object: customerKind.object, externalId: customerKind.externalId },
    [
      {
        fields: {
          ...customerKind.crmFields(customer.terms, newRecord(customer.terms)),
          [customerKind.externalId]: stripeId,
        },
      },
    ],
  );
  if ('failure' in answer!) return void (await reopen(answer.failure.message));
  await joinPairs(engine.database, 'customer', [{ stripeId, crmId: answer!.id }]);
}
