import { queryPages } from '../audit/auditRow.ts';
import { decideMatch, type MatchDecision } from '../domain/matchScore.ts';
import type { CustomerTerms } from '../domain/customer.ts';
import { toLongId } from '../domain/salesforceId.ts';
import { newRecord } from '../flows/convergePairs.ts';
import { customerKind } from '../flows/customerKind.ts';
import { MatchTables, type ReadCustomer } from '../matching/matchTables.ts';
import { personFields } from '../salesforce/personFields.ts';
import { plainText } from '../salesforce/values.ts';
import { openConnection } from '../store/database.ts';
import { queueCases, type NewCase } from '../store/matchCases.ts';
import { customerSnapshot } from '../stripe/customers.ts';
import { checkpoint, countsOf, note, type BackfillContext } from './context.ts';
import { importRows, KNOWN, type ImportItem } from './importRows.ts';
import { pairAndConverge, type FoundPair } from './pairing.ts';
import { pagesFrom } from './stripePages.ts';

const CUSTOMERS_AT_ONCE = 200;

/**
 * Says of every customer of Stripe which Account it is: by id, by an e-mail or a domain and name that nobody else
 * has. Whoever could be several, or nobody, goes to the match queue; nobody is chosen silently.
 */
export async function customersFromStripe(context: BackfillContext): Promise<void> {
  const connection = await openConnection(context.engine.database);
  try {
    const tables = new MatchTables(connection);
    await tables.make();
    await readAccounts(context, tables);
    await readCustomers(context, tables);
    await tables.takeKnownPairs();
    let after = String(context.run.position?.['after'] ?? '');
    while (!context.signal.aborted) {
      const customers = await tables.customersAfter(after, CUSTOMERS_AT_ONCE);
      if (customers.length === 0) break;
      after = customers.at(-1)!.stripeId;
      await match(context, tables, { customers, after });
    }
  } finally {
    await connection.end();
  }
}

const PERSON_FIELDS = ['IsPersonAccount', 'PersonEmail'];

interface AccountRow {
  Id: string;
  Name: string;
  Website: string | null;
  Billing_Email__c: string | null;
  PersonEmail?: string | null;
  IsPersonAccount?: boolean;
  Stripe_Customer_Id__c: string | null;
}

async function readAccounts({ engine }: BackfillContext, tables: MatchTables): Promise<void> {
  const person = (await personFields(engine.org)).filter((field) => PERSON_FIELDS.includes(field));
  const fields = ['Id, Name, Website, Billing_Email__c, Stripe_Customer_Id__c', ...person].join(', ');
  const accounts = `SELECT ${fields} FROM Account`;
  for await (const rows of queryPages<AccountRow>(engine.org, accounts)) {
    await tables.addAccounts(
      rows.map((row) => ({
        crmId: row.Id,
        name: row.Name,
        website: plainText(row.Website),
        emails: [row.Billing_Email__c, row.PersonEmail].flatMap((email) => plainText(email) ?? []),
        isPerson: row.IsPersonAccount === true,
        stripeId: plainText(row.Stripe_Customer_Id__c),
      })),
    );
  }
  // A person's own contact says what the Account has said.
  const contacts =
    'SELECT AccountId, Email FROM Contact WHERE Email != null AND AccountId != null' +
    (person.length > 0 ? ' AND Account.IsPersonAccount = false' : '');
  for await (const rows of queryPages<{ AccountId: string; Email: string }>(engine.org, contacts)) {
    await tables.addAddresses(rows.map(({ AccountId, Email }) => ({ crmId: AccountId, emails: [Email] })));
  }
}

/** All of them, also those that are known: two that share an e-mail are told apart by nobody. */
async function readCustomers(context: BackfillContext, tables: MatchTables): Promise<void> {
  const { engine } = context;
  const counts = countsOf(context, 'customer');
  counts.read = 0;
  for await (const { data } of pagesFrom((params) => engine.stripe.customers.list(params), null)) {
    await tables.addCustomers(
      data.map((customer) => {
        const { id, otherId, terms } = customerSnapshot(customer);
        const ofThisOrg = [undefined, engine.org.orgId].includes(customer.metadata.salesforce_org_id);
        return {
          stripeId: id,
          name: terms.name,
          email: terms.email,
          crmId: (ofThisOrg && otherId && toLongId(otherId)) || null,
          terms,
        };
      }),
    );
    counts.read += data.length;
    context.onProgress?.('customer', counts);
    if (context.signal.aborted) return;
  }
}

async function match(
  context: BackfillContext,
  tables: MatchTables,
  { customers, after }: { customers: (ReadCustomer & { isKnown: boolean })[]; after: string },
): Promise<void> {
  const { engine, run, dry } = context;
  const pairs: FoundPair<CustomerTerms>[] = [];
  const cases: NewCase[] = [];
  const unmatched: ReadCustomer[] = [];
  for (const one of customers) {
    const { stripeId, name, email, terms } = one;
    if (one.isKnown) {
      note(context, { entity: 'customer', outcome: 'skip', stripeId, crmId: null, fields: [], note: KNOWN });
      continue;
    }
    const decision = await decide(tables, stripeId);
    if (decision.kind === 'paired') {
      // From here on the Account is taken: the next customer that is like it goes to the queue.
      await tables.takeAccount(decision.crmId, stripeId);
      pairs.push({ stripeId, crmId: decision.crmId, terms, because: `matched by ${decision.by}` });
    } else if (decision.kind === 'none' && run.options.unmatched === 'create' && name) unmatched.push(one);
    else {
      const { reason, candidates } =
        decision.kind === 'none' ? { reason: 'No Account is like it.', candidates: [] } : decision;
      cases.push({ stripeId, customer: { name, email }, reason, candidates });
    }
  }
  await pairAndConverge(context, customerKind, pairs);
  if (!dry) await queueCases(engine.database, cases);
  for (const { stripeId, reason } of cases) {
    note(context, {
      entity: 'customer',
      outcome: 'ambiguous',
      stripeId,
      crmId: null,
      fields: [],
      note: reason,
    });
  }
  await create(context, { unmatched, position: { after } });
}

/**
 * Most customers are told by an id or an e-mail, which go before a domain and a name. Only the others are compared with
 * all Accounts of their domain: of 1,000 with one domain, that took a quarter of a second for each.
 */
async function decide(tables: MatchTables, stripeId: string): Promise<MatchDecision> {
  const near = await tables.candidates(stripeId, 'id or e-mail');
  const decision = decideMatch(near.customer, near.accounts);
  if (decision.kind === 'paired') return decision;
  const all = await tables.candidates(stripeId, 'anything');
  return decideMatch(all.customer, all.accounts);
}

async function create(
  context: BackfillContext,
  { unmatched, position }: { unmatched: ReadCustomer[]; position: { after: string } },
): Promise<void> {
  const items = unmatched.map(({ stripeId, terms }): ImportItem => ({
    stripeId,
    fields: {
      ...customerKind.crmFields(terms, newRecord(terms)),
      Stripe_Customer_Id__c: stripeId,
      Sync_Status__c: 'Synced',
      Last_Synced_At__c: context.engine.now().toISOString(),
    },
    base: () => terms,
  }));
  if (items.length === 0) return checkpoint(context, position);
  await importRows(context, { entity: 'customer', externalId: 'Stripe_Customer_Id__c' }, { items, position });
}
