import type { SyncEntity } from '../domain/entity.ts';
import { differingFields } from '../domain/merge.ts';
import { mapConcurrently } from '../flows/concurrency.ts';
import { soqlList } from '../salesforce/connection.ts';
import { auditLinks } from './auditLinks.ts';
import { auditedKinds } from './auditedKinds.ts';
import type { AuditedKind, AuditEngine, LineFields } from './auditRow.ts';
import { openConnection } from '../store/database.ts';
import {
  AuditTables,
  isDifference,
  type CurrencySums,
  type DifferenceKind,
  type FoundPair,
} from './auditTables.ts';

export interface Difference {
  entity: SyncEntity;
  kind: DifferenceKind;
  stripeId: string | null;
  crmId: string | null;
  /** Where both sides have the record: what each of them says. */
  fields: { field: string; stripe: unknown; salesforce: unknown }[];
}

export interface EntityAudit {
  entity: SyncEntity;
  stripe: number;
  salesforce: number;
  differing: number;
  /** Also what is no difference: what waits for a person's decision, and what is left alone. */
  byKind: Partial<Record<DifferenceKind, number>>;
  sums: CurrencySums[];
  /** How many records were marked to be converged. */
  healed: number;
}

export interface AuditReport {
  startedAt: Date;
  finishedAt: Date;
  orgId: string;
  entities: EntityAudit[];
}

export interface AuditOptions {
  heal: boolean;
  /** Told of all of `byKind`. */
  onDifference(difference: Difference): void;
  onProgress?(progress: {
    entity: SyncEntity;
    side: 'stripe' | 'salesforce';
    read: number;
  }): void | Promise<void>;
}

const STRIPE_CALLS_AT_ONCE = 4;

/**
 * Compares both sides whole, whatever events have or have not said. What seems to differ is read once more at the end:
 * the two sides are read minutes apart, and people go on working meanwhile.
 */
export async function audit(engine: AuditEngine, options: AuditOptions): Promise<AuditReport> {
  const startedAt = engine.now();
  const orgId = await engine.org.identify();
  const connection = await openConnection(engine.database);
  try {
    const tables = new AuditTables(connection);
    const entities: EntityAudit[] = [];
    for (const kind of await auditedKinds(engine)) {
      await tables.reset();
      const audited = await auditKind(engine, kind, { tables, options });
      entities.push(kind.entity === 'invoice' ? await withLinks(engine, audited, options) : audited);
    }
    return { startedAt, finishedAt: engine.now(), orgId, entities };
  } finally {
    await connection.end();
  }
}

async function auditKind(
  engine: AuditEngine,
  kind: AuditedKind,
  { tables, options }: { tables: AuditTables; options: AuditOptions },
): Promise<EntityAudit> {
  await readBothSides(engine, kind, { tables, options });
  const withLines = kind.crmLinePages !== undefined;
  const { entity } = kind;
  if ((await tables.compare({ entity, withLines })) > 0) {
    for await (const page of tables.found({ unsettled: true }))
      await readAgain(engine, kind, { tables, page });
    await tables.compare({ entity, withLines });
  }

  const byKind: EntityAudit['byKind'] = {};
  let differing = 0;
  for await (const page of tables.found()) {
    for (const found of page) {
      byKind[found.kind] = (byKind[found.kind] ?? 0) + 1;
      if (isDifference(found.kind)) differing += 1;
      options.onDifference(difference(kind, found));
    }
  }
  return {
    entity,
    ...(await tables.counts()),
    differing,
    byKind,
    sums: await tables.sums(),
    healed: options.heal ? await tables.heal(kind) : 0,
  };
}

/** What differs in its payment links is a difference of the invoice. */
async function withLinks(
  engine: AuditEngine,
  audited: EntityAudit,
  options: AuditOptions,
): Promise<EntityAudit> {
  const differing = await auditLinks(engine, options);
  if (differing === 0) return audited;
  return {
    ...audited,
    differing: audited.differing + differing,
    byKind: { ...audited.byKind, differs: (audited.byKind.differs ?? 0) + differing },
    healed: audited.healed + (options.heal ? differing : 0),
  };
}

async function readBothSides(
  { stripe, org }: AuditEngine,
  kind: AuditedKind,
  { tables, options }: { tables: AuditTables; options: AuditOptions },
): Promise<void> {
  const { entity } = kind;
  let read = 0;
  for await (const rows of kind.stripePages(stripe)) {
    await tables.add('stripe', rows);
    read += rows.length;
    await options.onProgress?.({ entity, side: 'stripe', read });
  }
  read = 0;
  for await (const rows of kind.crmPages(org)) {
    await tables.add('crm', rows);
    read += rows.length;
    await options.onProgress?.({ entity, side: 'salesforce', read });
  }
  for await (const lines of kind.crmLinePages?.(org) ?? []) await tables.addLines(lines);
}

async function readAgain(
  { stripe, org }: AuditEngine,
  kind: AuditedKind,
  { tables, page }: { tables: AuditTables; page: FoundPair[] },
): Promise<void> {
  const stripeIds = new Set(page.flatMap(({ stripeId }) => stripeId ?? []));
  const crmIds = new Set(page.flatMap(({ crmId }) => crmId ?? []));
  const conditions = [
    crmIds.size > 0 ? `Id IN ${soqlList([...crmIds])}` : '',
    stripeIds.size > 0 ? `${kind.stripeIdField} IN ${soqlList([...stripeIds])}` : '',
  ].filter(Boolean);
  const crmRows = [];
  for await (const rows of kind.crmPages(org, conditions.join(' OR '))) crmRows.push(...rows);
  for (const { id, otherId } of crmRows) {
    crmIds.add(id);
    if (otherId) stripeIds.add(otherId);
  }
  const stripeRows = await mapConcurrently([...stripeIds], STRIPE_CALLS_AT_ONCE, (id) =>
    kind.stripeRecord(stripe, id),
  );
  await tables.remove({ stripeIds: [...stripeIds], crmIds: [...crmIds] });
  await tables.add(
    'stripe',
    stripeRows.filter((row) => row !== null),
  );
  await tables.add('crm', crmRows);
  if (kind.crmLinePages && crmIds.size > 0) {
    for await (const lines of kind.crmLinePages(org, [...crmIds])) await tables.addLines(lines);
  }
}

function difference({ entity }: AuditedKind, { kind, stripeId, crmId, stripe, crm }: FoundPair): Difference {
  const fields = stripe && crm ? differingFields(stripe, crm) : [];
  return {
    entity,
    kind,
    stripeId,
    crmId,
    fields: fields.flatMap((field) =>
      field === 'lineTerms'
        ? lineDifferences(stripe![field] as Lines, crm![field] as Lines)
        : { field, stripe: stripe![field], salesforce: crm![field] },
    ),
  };
}

type Lines = Record<string, LineFields>;

/** The fields in which the lines of both sides differ; of a line that only one side has, all of it. */
function lineDifferences(stripe: Lines, crm: Lines): Difference['fields'] {
  const ids = [...new Set([...Object.keys(stripe), ...Object.keys(crm)])];
  return ids.flatMap((id): Difference['fields'] => {
    const [theirs, ours] = [stripe[id], crm[id]];
    if (!theirs || !ours) {
      return [{ field: `lines.${id}`, stripe: theirs ?? null, salesforce: ours ?? null }];
    }
    return differingFields(theirs, ours).map((field) => ({
      field: `lines.${id}.${field}`,
      stripe: theirs[field],
      salesforce: ours[field],
    }));
  });
}
