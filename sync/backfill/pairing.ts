import { differingFields } from '../domain/merge.ts';
import { planPair, type PairSide } from '../domain/planPair.ts';
import { mapConcurrently } from '../flows/concurrency.ts';
import { convergePairs, type CrmSide, type PairKind } from '../flows/convergePairs.ts';
import { convergeProducts } from '../flows/convergeProducts.ts';
import { settleAll } from '../flows/settle.ts';
import { nextLeaseOwner } from '../leases.ts';
import { followUpCustomers } from '../matching/followUpCustomers.ts';
import { joinPairs, type KnownPair } from '../store/importedRecords.ts';
import { claimRecord } from '../store/syncRecords.ts';
import { note, type BackfillContext, type Effect } from './context.ts';

const CLAIMS_AT_ONCE = 8;

/** A pair that was found, with what Stripe says of it. */
export interface FoundPair<T> extends KnownPair {
  terms: T;
  because: string;
}

/** Pairs records and converges them as the engine does: three ways, the loser of a conflict kept. */
export async function pairAndConverge<T extends object>(
  context: BackfillContext,
  kind: PairKind<T>,
  found: FoundPair<T>[],
): Promise<void> {
  const { engine, dry } = context;
  if (found.length === 0) return;
  if (dry) return tellDifferences(context, kind, found);
  await joinPairs(engine.database, kind.entity, found);
  const owner = nextLeaseOwner(engine);
  const claims = await mapConcurrently(found, CLAIMS_AT_ONCE, ({ crmId }) =>
    claimRecord(engine.database, kind.entity, {
      crmId,
      owner,
      leaseSeconds: engine.settings.leaseSeconds,
    }),
  );
  // What a worker holds already it converges by itself.
  const claimed = claims.filter((record) => record !== undefined);
  const convergences =
    kind.entity === 'product'
      ? await convergeProducts(engine, { records: claimed })
      : await convergePairs(engine, kind, { records: claimed });
  await settleAll(engine, convergences);
  if (kind.entity === 'customer') await followUpCustomers(engine);
  for (const [index, { stripeId, crmId, because }] of found.entries()) {
    const ids = { entity: kind.entity, stripeId, crmId };
    const convergence = convergences.find(({ record }) => record === claims[index]);
    if (convergence?.kind === 'failed') {
      note(context, { ...ids, outcome: 'failed', fields: [], note: convergence.failure.message });
    } else {
      const changes = convergence?.changes ?? [];
      note(context, {
        ...ids,
        outcome: 'update',
        note: because,
        fields: changes.map(({ side, field, from, to }) => ({ side, field, from, to })),
      });
    }
  }
}

/** What the first merge would write to either side. */
async function tellDifferences<T extends object>(
  context: BackfillContext,
  kind: PairKind<T>,
  found: FoundPair<T>[],
): Promise<void> {
  await context.dry!.notePairs(kind.entity, found);
  const sides = await kind.readCrm(context.engine.org, {
    crmIds: found.map(({ crmId }) => crmId),
    stripeIds: [],
  });
  for (const one of found) {
    const crm = sides.find(({ id }) => id === one.crmId);
    note(context, {
      entity: kind.entity,
      outcome: crm ? 'update' : 'failed',
      stripeId: one.stripeId,
      crmId: one.crmId,
      note: crm ? one.because : `${kind.object} ${one.crmId} is not in the org.`,
      fields: crm ? differences(kind, crm, { id: one.stripeId, otherId: one.crmId, terms: one.terms }) : [],
    });
  }
}

function differences<T extends object>(
  kind: PairKind<T>,
  crm: CrmSide<T>,
  stripe: PairSide<T>,
): Effect['fields'] {
  const plan = planPair<T>(null, { crm: crm.terms, stripe: stripe.terms }, kind.owners);
  const inOrg = { ...kind.crmFields(plan.crmChange, crm), [kind.externalId]: stripe.id };
  return [
    ...differingFields(stripe.terms, plan.stripeChange).map((field) => ({
      side: 'stripe' as const,
      field,
      from: stripe.terms[field],
      to: plan.stripeChange[field],
    })),
    ...Object.entries(inOrg)
      .filter(([field, to]) => (crm.fields[field] ?? null) !== to)
      .map(([field, to]) => ({ side: 'salesforce' as const, field, from: crm.fields[field] ?? null, to })),
  ];
}
