import { orgObjects, type SyncEntity } from '../domain/entity.ts';
import type { Engine } from '../engine.ts';
import type { SalesforceOrg } from '../salesforce/connection.ts';
import { entitiesOfIds } from '../store/knownRecords.ts';

// https://docs.stripe.com/api: what an object's id begins with.
const STRIPE_PREFIXES: Record<string, SyncEntity> = {
  cus: 'customer',
  prod: 'product',
  price: 'price',
  in: 'invoice',
  pi: 'payment',
  pr: 'payment',
  txr: 'tax_rate',
  re: 'refund',
  pyr: 'refund',
  cn: 'credit_note',
};

/** What may be made anew when it is in one system only. */
const NAMED_IN_ORG: SyncEntity[] = ['customer', 'product', 'price', 'invoice'];

/** What each id stands for; absent for an id that is of nothing we keep. Asks the org only about ids it does not know. */
export async function identifyRecords(
  engine: Pick<Engine, 'database' | 'org'>,
  ids: string[],
): Promise<Map<string, SyncEntity>> {
  const found = await entitiesOfIds(engine.database, ids);
  const unknown = ids.filter((id) => !found.has(id));
  const ofOrg = unknown.some((id) => !id.includes('_')) ? await keyPrefixes(engine.org) : undefined;
  for (const id of unknown) {
    const entity = id.includes('_')
      ? STRIPE_PREFIXES[id.slice(0, id.indexOf('_'))]
      : ofOrg!.get(id.slice(0, 3));
    if (entity) found.set(id, entity);
  }
  return found;
}

const prefixes = new WeakMap<SalesforceOrg, Promise<Map<string, SyncEntity>>>();

/** The first three characters of a record id tell the object; for custom objects they differ from org to org. */
function keyPrefixes(org: SalesforceOrg): Promise<Map<string, SyncEntity>> {
  const known = prefixes.get(org);
  if (known) return known;
  const asked = Promise.all(
    NAMED_IN_ORG.map(async (entity) => {
      const { keyPrefix } = await org.request<{ keyPrefix: string }>(
        'GET',
        `/sobjects/${orgObjects[entity]}/describe`,
      );
      return [keyPrefix, entity] as const;
    }),
  ).then((entries) => new Map(entries));
  prefixes.set(org, asked);
  asked.catch(() => prefixes.delete(org));
  return asked;
}
