import { audit, type Difference } from '../../sync/audit/audit.ts';
import { invoiceEndsRight, pairEndsRight, readEnding, voidWhatWaits, type Ending } from './endsRight.ts';
import { CatalogueKeeper } from './catalogueKeeper.ts';
import { catalogueEndsRight } from './catalogueRight.ts';
import { CustomerKeeper } from './customerKeeper.ts';
import { customersEndRight, tidyUp } from './customersRight.ts';
import type { Round, Step } from './history.ts';
import { pairedId } from './edits.ts';
import type { KeeperStep } from './keeperSteps.ts';
import type { Journal } from './journal.ts';
import { People } from './people.ts';
import type { Simulated } from './simulated.ts';
import { befall, troubleEnds } from './trouble.ts';

/** What ended wrong, by the history it belongs to; -1 for what cannot be told apart. */
export type Problems = Map<number, string[]>;

const LOSES_EVENTS = new Set(['gap', 'drop', 'overflow', 'expire']);

let rounds = 0;

/**
 * Lets the histories of a round happen side by side, step by step, with the round's trouble before each step; then lets the
 * trouble end and the engine come to rest, and looks at what has become of every record.
 */
export async function runRound(simulated: Simulated, { histories, trouble }: Round): Promise<Problems> {
  await simulated.forgetEarlier();
  rounds += 1;
  const everybody = await Promise.all(
    histories.map((steps, index) => somebody(simulated, { first: steps[0]!, name: `R${rounds} ${index}` })),
  );
  const steps = Math.max(trouble.length, ...histories.map(({ length }) => length));
  try {
    for (let step = 0; step < steps; step++) {
      if (trouble[step]) await befall(simulated, trouble[step]!);
      await Promise.all(
        everybody.map(async (people, index) => {
          const next = histories[index]![step];
          // A history holds the steps of its own kind of people.
          if (next) await people.act(next as never);
        }),
      );
    }
  } finally {
    await simulated.laterDone();
    await troubleEnds(simulated);
    await Promise.all(everybody.flatMap(({ pressed }) => pressed));
  }
  const problems: Problems = new Map();
  await comesToRest(simulated, everybody, problems);
  const eventsWereLost = trouble.some((one) => one.do === 'stream' && LOSES_EVENTS.has(one.kind));
  const ending = await readEnding(simulated, { eventsWereLost });
  await Promise.all(everybody.map(async (people, index) => add(problems, index, await look(ending, people))));
  for (const one of everybody) {
    if (one instanceof CustomerKeeper) await tidyUp(ending, one);
    if (one instanceof People) await voidWhatWaits(ending, one.invoices);
  }
  await simulated.quiet().catch((error: unknown) => add(problems, -1, [String(error)]));
  return problems;
}

type Somebody = People | CustomerKeeper | CatalogueKeeper;

async function somebody(
  simulated: Simulated,
  { first, name }: { first: Step | KeeperStep; name: string },
): Promise<Somebody> {
  if (first.do === 'keepCustomers') return new CustomerKeeper(simulated, name);
  if (first.do === 'keepCatalogue') return new CatalogueKeeper(simulated, name);
  return newPeople(simulated, name);
}

async function comesToRest(simulated: Simulated, everybody: Somebody[], problems: Problems): Promise<void> {
  try {
    await simulated.sweep();
    await simulated.quiet();
    await simulated.streamRead();
    await simulated.quiet();
    await simulated.sweep();
    await simulated.quiet();
    // A second look of the engine at everything must find nothing to write: otherwise the sides would echo for ever.
    await simulated.calls();
    const since = new Date();
    const before = await statuses(simulated);
    await simulated.sweep();
    const records = await markAll(simulated, everybody);
    await simulated.quiet();
    const { writes, stripeReads } = await simulated.calls();
    if (writes.length > 0)
      add(problems, -1, [
        `written though nothing differs: ${writes.join(', ')}; ${await whatWasWritten(simulated, since)}; before ${JSON.stringify(before)}`,
      ]);
    const most = 4 * records + 50;
    if (stripeReads > most)
      add(problems, -1, [`${stripeReads} reads of Stripe to see that ${records} records are in order`]);
  } catch (error) {
    add(problems, -1, [String(error)]);
  }
}

async function statuses({ world }: Simulated) {
  const { rows } = await world.database.pool.query(
    `SELECT crm_id AS "Id", state, error_code, error_message, open_conflicts FROM sync_record WHERE entity='invoice' AND (state <> 'clean' OR open_conflicts IS NOT NULL)`,
  );
  const shown = await world.admin.query(
    `SELECT Id, Sync_Status__c, Sync_Error__c FROM Invoice__c WHERE Sync_Status__c != 'Synced'`,
  );
  return [...rows, ...shown] as { Id: string }[];
}

async function whatWasWritten({ world }: Simulated, since: Date): Promise<string> {
  const { rows } = await world.database.pool.query(
    `SELECT r.entity, r.crm_id, r.stripe_id, c.side, c.field, c.from_value, c.to_value FROM change c
     JOIN sync_record r ON r.id = record_id WHERE c.at >= $1 LIMIT 10`,
    [since],
  );
  const { rows: events } = await world.database.pool.query(
    `SELECT source, type, event_id, received_at FROM inbox_event WHERE object_id = ANY($1) ORDER BY id DESC LIMIT 20`,
    [rows.flatMap(({ crm_id, stripe_id }: Record<string, string>) => [crm_id, stripe_id])],
  );
  const touched = await Promise.all(
    ['Account', 'Product2', 'Invoice__c', 'Payment_Confirmation__c', 'Credit_Note__c'].map((object) =>
      world.admin.query(
        `SELECT Id, Sync_Status__c, Sync_Error__c FROM ${object} WHERE SystemModstamp >= ${since.toISOString()}`,
      ),
    ),
  );
  return [rows, events, touched.flat()].map((found) => JSON.stringify(found)).join('; ');
}

/** An administrator makes each history a customer and a product; nobody has billed them yet. */
async function newPeople(simulated: Simulated, name: string): Promise<People> {
  const { admin } = simulated.world;
  const accountId = await admin.create('Account', {
    Name: name,
    Billing_Email__c: `${name.replace(' ', '.')}@example.com`.toLowerCase(),
  });
  const productId = await admin.create('Product2', { Name: `${name} product`, IsActive: true });
  return new People(simulated, { name, accountId, productId });
}

/** As if both sides had told of every record once more. */
async function markAll({ world }: Simulated, everybody: Somebody[]): Promise<number> {
  const ids = everybody.flatMap(({ crmIds }) => crmIds);
  const { rowCount } = await world.database.pool.query(
    `SELECT mark_dirty(entity, stripe_id, crm_id, side)
     FROM sync_record, unnest(ARRAY['stripe', 'salesforce']) side WHERE crm_id = ANY($1)`,
    [ids],
  );
  return rowCount! / 2;
}

async function look(ending: Ending, people: Somebody): Promise<string[]> {
  if (people instanceof CustomerKeeper) return customersEndRight(ending, people);
  if (people instanceof CatalogueKeeper) return catalogueEndsRight(ending, people);
  const problems: string[] = [];
  for (const journal of [people.customer, people.product]) {
    await pairedId(ending.simulated, journal);
    problems.push(...inWords(journal, await pairEndsRight(ending, journal)));
  }
  for (const journal of people.invoices) {
    await pairedId(ending.simulated, journal);
    problems.push(...inWords(journal, await invoiceEndsRight(ending, journal)));
  }
  return problems;
}

const inWords = ({ entity, crmId, stripeId }: Journal, found: string[]) =>
  found.map((problem) => `${entity} ${crmId ?? stripeId}: ${problem}`);

function add(problems: Problems, index: number, found: string[]): void {
  if (found.length > 0) problems.set(index, [...(problems.get(index) ?? []), ...found]);
}

/** The product's own audit of both sides whole, which must see no difference either. */
export async function auditFinds({ engine }: Simulated): Promise<string[]> {
  const found: Difference[] = [];
  await audit(engine, { heal: false, onDifference: (difference) => void found.push(difference) });
  return Promise.all(
    found.map(async (one) => {
      const { rows } = await engine.database.pool.query(
        `SELECT state, crm_id, stripe_id, error_message, crm_gone_at, stripe_gone_at, base FROM sync_record
         WHERE stripe_id = $1 OR crm_id = $2`,
        [one.stripeId, one.crmId],
      );
      return `the audit finds: ${JSON.stringify(one)} of ${JSON.stringify(rows)}`;
    }),
  );
}
