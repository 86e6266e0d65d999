import type Stripe from 'stripe';
import { differences, history, invoiceEndsRight, statusRight, type Ending } from './endsRight.ts';
import type { CustomerKeeper, KeptInvoice, Stray } from './customerKeeper.ts';
import { pairedId } from './edits.ts';
import { editsKept, type Seen } from './editsKept.ts';
import { emailOf, living, readAccount, type KeptAccount } from './keptAccount.ts';

/** Everything that is wrong with the customers of a history in the end, in words. */
export async function customersEndRight(ending: Ending, keeper: CustomerKeeper): Promise<string[]> {
  const problems: string[] = [];
  for (const account of keeper.accounts) {
    const found = account.mergedInto ? [] : await accountEndsRight(ending, { account, keeper });
    problems.push(...found.map((one) => `${inWords(account)}: ${one}`));
  }
  for (const invoice of keeper.invoices) {
    const found = await billEndsRight(ending, invoice);
    problems.push(
      ...found.map((one) => `invoice ${invoice.journal.crmId ?? invoice.journal.stripeId}: ${one}`),
    );
  }
  for (const stray of keeper.strays) {
    const found = await strayEndsRight(ending, stray);
    problems.push(...found.map((one) => `${stray.stripeId}, ${stray.decision ?? 'undecided'}: ${one}`));
  }
  return problems;
}

const inWords = ({ journal, kind }: KeptAccount) => `account ${journal.crmId} (${kind})`;

/** The customers that were made for these Accounts, and what Stripe says of each now. */
function customersOf({ made, bornFor, customers }: Ending, group: KeptAccount[]) {
  const ids = new Set(group.flatMap(({ journal }) => [journal.crmId!]));
  const linked = [...ids].flatMap((id) => made.get(id) ?? []);
  const born = [...bornFor].flatMap(([customer, account]) => (ids.has(account) ? [customer] : []));
  return { born, all: [...new Set([...born, ...linked])].map((id) => customers.get(id)) };
}

async function accountEndsRight(
  ending: Ending,
  { account, keeper }: { account: KeptAccount; keeper: CustomerKeeper },
): Promise<string[]> {
  const { journal, kind } = account;
  const group = keeper.accounts.filter((one) => living(one) === account);
  const { born, all } = customersOf(ending, group);
  const problems: string[] = [];
  for (const { journal: one, mayHaveMade } of group) {
    const own = born.filter((id) => ending.bornFor.get(id) === one.crmId);
    // One that was merged into it may have been too late to make the customer that it would have brought.
    if (own.length > (mayHaveMade || born.length === own.length ? 1 : 0))
      problems.push(`customers ${own.join(', ')} were made for ${one.crmId}`);
  }
  const missing = all.filter((customer) => !customer);
  if (missing.length > 0) problems.push('a customer was deleted in Stripe');
  const record = await readAccount(ending.simulated, account);
  if (account.deleted) return record ? [...problems, 'was deleted and is in the org'] : problems;
  if (!record) return [...problems, 'is not in the org'];
  const astray = (all as Stripe.Customer[]).filter(
    ({ metadata }) => metadata.salesforce_id !== journal.crmId,
  );
  problems.push(
    ...astray.map(({ id, metadata }) => `its customer ${id} names ${String(metadata.salesforce_id)}`),
  );
  const stripeId = record.Stripe_Customer_Id__c as string | null;
  if (!stripeId)
    return all.length > 0 || account.wasSynced
      ? [
          ...problems,
          `has no customer, though there are ${born.join(', ') || 'none'}; ${record.Sync_Error__c}`,
        ]
      : problems;
  const stripe = ending.customers.get(stripeId);
  if (!stripe) return [...problems, `its customer ${stripeId} is not in Stripe`];
  const email = emailOf(kind, record);
  const seen: Seen = {
    value: (key) => ({ name: record.Name, phone: record.Phone ?? null, email })[key] ?? null,
    isDraft: true,
    ...(await history(ending, journal)),
  };
  return [
    ...problems,
    ...differences({ ...record, email }, [
      ['Name', stripe.name],
      ['Phone', stripe.phone],
      ['email', stripe.email],
    ]),
    ...statusRight(record, seen),
    ...editsKept(journal, seen),
  ];
}

/** An invoice goes to the Account that stayed. One of a deleted Account waits, with words, until it is restored. */
async function billEndsRight(ending: Ending, { journal, account }: KeptInvoice): Promise<string[]> {
  const { simulated } = ending;
  await pairedId(simulated, journal);
  const owner = living(account);
  const { rep, database } = simulated.world;
  if (owner.deleted && !journal.crmId) {
    const { rows } = await database.pool.query<{ state: string; error_message: string | null }>(
      `SELECT state, error_message FROM sync_record WHERE entity = 'invoice' AND stripe_id = $1`,
      [journal.stripeId],
    );
    return rows[0]?.state === 'parked' && rows[0].error_message
      ? []
      : [`does not wait: ${JSON.stringify(rows)}`];
  }
  const problems = await invoiceEndsRight(ending, journal);
  if (!journal.crmId) return problems;
  const [record] = await rep.query(`SELECT Id, Account__c FROM Invoice__c WHERE Id = '${journal.crmId}'`);
  if (record?.Account__c !== owner.journal.crmId)
    problems.push(`belongs to ${String(record?.Account__c)} instead of ${owner.journal.crmId}`);
  return problems;
}

/** A customer that was made in Stripe is paired as somebody decided, or waits in the queue, or is left alone. */
async function strayEndsRight(
  { simulated }: Ending,
  { stripeId, decision, account, invoice }: Stray,
): Promise<string[]> {
  const { admin, database } = simulated.world;
  const accounts = await admin.query(
    `SELECT Id, Sync_Status__c, Sync_Error__c FROM Account WHERE Stripe_Customer_Id__c = '${stripeId}'`,
  );
  const { rows } = await database.pool.query<{ state: string; reason: string }>(
    'SELECT state, reason FROM match_case WHERE stripe_id = $1',
    [stripeId],
  );
  const [found] = rows;
  const told = `${JSON.stringify(accounts)}, ${JSON.stringify(rows)}`;
  if (accounts.length > 1) return [`has several Accounts: ${told}`];
  const bills = invoice
    ? await admin.query(`SELECT Id, Account__c FROM Invoice__c WHERE Stripe_Invoice_Id__c = '${invoice}'`)
    : [];
  if (invoice && bills.length !== accounts.length) return [`its invoice is not where it is: ${told}`];
  if (decision === null || decision === 'ignore') {
    const right = accounts.length === 0 && found?.state === (decision ? 'ignored' : 'open');
    return right ? [] : [`is not as it was left: ${told}`];
  }
  // A decision that could not be carried out comes back to the queue, with the reason.
  if (found?.state === 'open' && found.reason && accounts.length === 0) return [];
  if (decision === 'create')
    return accounts.length === 1 && accounts[0]!.Sync_Status__c === 'Synced'
      ? []
      : [`has no Account: ${told}`];
  const owner = living(account!);
  if (owner.deleted || owner !== account) return [];
  return accounts[0]?.Id === owner.journal.crmId ? [] : [`is not paired as it was decided: ${told}`];
}

/** What waits for nobody any more is taken away, so that an audit of both sides finds no difference. */
export async function tidyUp({ simulated }: Ending, keeper: CustomerKeeper): Promise<void> {
  const { stripe } = simulated.world;
  for (const { journal, account } of keeper.invoices)
    if (living(account).deleted && !journal.crmId) await stripe.invoices.del(journal.stripeId!);
  for (const { stripeId, invoice } of keeper.strays) {
    const [account] = await simulated.world.admin.query(
      `SELECT Id FROM Account WHERE Stripe_Customer_Id__c = '${stripeId}'`,
    );
    if (account) continue;
    if (invoice) await stripe.invoices.del(invoice);
    await stripe.customers.del(stripeId);
  }
}
