import { decideMatch } from '../domain/matchScore.ts';
import { toLongId } from '../domain/salesforceId.ts';
import type { Convergence, Engine } from '../engine.ts';
import { newRecord } from '../flows/convergePairs.ts';
import { customerKind } from '../flows/customerKind.ts';
import { upsertRecords } from '../salesforce/writeRecords.ts';
import { joinPairs } from '../store/importedRecords.ts';
import { casesOfCustomers, moveCase, queueCases, type MatchCase } from '../store/matchCases.ts';
import { unpair, settleIgnored } from '../store/unpaired.ts';
import { readStripeCustomer } from '../stripe/customers.ts';
import { findCandidates } from './findCandidates.ts';
import { retryWaiting } from './retryWaiting.ts';

/**
 * What follows for the match queue once customers have been converged: a customer whom no Account is linked with gets a
 * case, a decision is carried out, and what waited for a customer is tried again.
 */
export async function afterCustomers(engine: Engine, convergences: Convergence[]): Promise<void> {
  const stripeIds = convergences.flatMap(({ record }) => record.stripeId ?? []);
  const cases = new Map(
    (await casesOfCustomers(engine.database, stripeIds)).map((one) => [one.stripeId, one]),
  );
  for (const convergence of convergences) {
    const { stripeId } = convergence.record;
    if (!stripeId) continue;
    const known = cases.get(stripeId);
    if (convergence.kind === 'synced') await paired(engine, convergence.record, known);
    else if (convergence.failure.code === 'unpaired') await unpaired(engine, stripeId, known);
    else if (convergence.failure.code === 'crm_record_gone' && known?.state === 'resolving') {
      await unpair(engine.database, stripeId);
      const reason = `${convergence.failure.message} Choose another one.`;
      await moveCase(
        engine.database,
        { id: known.id, from: ['resolving'] },
        { state: 'open', accountId: null, reason },
      );
    }
  }
}

async function paired(
  engine: Engine,
  { stripeId, crmId, base }: Convergence['record'],
  known: MatchCase | undefined,
): Promise<void> {
  if (known && known.state !== 'resolved') {
    const from: MatchCase['state'][] = ['open', 'resolving', 'ignored'];
    await moveCase(engine.database, { id: known.id, from }, { state: 'resolved', accountId: crmId });
  }
  // Its first convergence: whatever was parked until now had no Account to go to.
  if (base === null) await retryWaiting(engine, stripeId!);
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
