import Stripe from 'stripe';
import { dayIn } from '../domain/civilDay.ts';
import type { InvoiceHistory, Movement } from '../domain/invoiceHistory.ts';
import { Ledger, type Period, type StatementSection } from '../domain/statement.ts';
import { PermanentFailure } from '../failure.ts';
import { mapConcurrently } from '../flows/concurrency.ts';
import type { Database } from '../store/database.ts';
import { paymentsBehind } from '../store/statementCustomers.ts';
import { historyOf, readSources, type HistorySources } from '../stripe/readHistory.ts';
import { readReceiver, readSender, type Party } from '../stripe/readParties.ts';
import { paymentRecordSnapshot } from '../stripe/readPayment.ts';
import { isMissing, translateStripeError } from '../stripe/translateError.ts';

/** An Account's statement as it is printed. */
export interface Statement {
  period: Period;
  /** The account's day on which it was made. */
  madeOn: string;
  sender: Party;
  receiver: Party;
  /** The Account's customers in Stripe, its own first. */
  customers: string[];
  sections: StatementSection[];
  /** How a payment was made, by its id: "Visa •••• 4242", "Bank transfer, RF18 5390 0754 7034". */
  details: Map<string, string>;
}

export interface StatementOrder {
  /** Stripe's ids, the Account's own customer first. */
  customers: string[];
  period: Period;
  now: Date;
  mostRows?: number;
}

const PAGE = 100;
const AT_ONCE = 4;
// About a hundred pages of paper.
const MOST_ROWS = 5000;

/**
 * Reads all invoices of the customers, a page at a time, and everything that moved on them. Only rows of the period are
 * held, with the credit notes and the charges that explain them.
 */
export async function readStatement(
  { database, stripe }: { database: Database; stripe: Stripe },
  { customers, period, now, mostRows = MOST_ROWS }: StatementOrder,
): Promise<Statement> {
  try {
    const ledger = new Ledger(period);
    const details = new Map<string, string>();
    const reported = new Map<string, string>();
    let newest: Stripe.Invoice | undefined;
    for (const customer of customers) {
      const sources = await readSources(stripe, customer, period);
      for await (const page of pagesOf(stripe, customer, period)) {
        newest ??= page[0];
        const behind = await paymentsBehind(
          database,
          page.map(({ id }) => id),
        );
        const histories = await mapConcurrently(page, AT_ONCE, (invoice) =>
          historyOf(stripe, invoice, { sources, behind }),
        );
        for (const history of histories) {
          if (!history) continue;
          noteDetails(ledger.add(history), { history, sources, details, reported });
          if (ledger.rowCount > mostRows) throw tooManyRows(mostRows);
        }
      }
    }
    for (const [id, words] of await reportedDetails(stripe, reported)) details.set(id, words);
    return {
      period,
      madeOn: dayIn(period.zone, now.getTime() / 1000),
      sender: await readSender(stripe, newest),
      receiver: await readReceiver(stripe, customers[0]!, newest),
      customers,
      sections: ledger.sections(await balancesAt(stripe, customers, period.ends)),
      details,
    };
  } catch (error) {
    throw error instanceof Stripe.errors.StripeError ? translateStripeError(error, 'read-stripe') : error;
  }
}

/** Invoices that were made until the end, the newest first; Stripe tells of no other order. */
async function* pagesOf(
  stripe: Stripe,
  customer: string,
  { ends }: Period,
): AsyncGenerator<Stripe.Invoice[]> {
  const asked = { customer, created: { lte: ends }, limit: PAGE, expand: ['data.payments'] };
  let page = await stripe.invoices.list(asked);
  while (page.data.length > 0) {
    yield page.data;
    if (!page.has_more) return;
    page = await stripe.invoices.list({ ...asked, starting_after: page.data.at(-1)!.id });
  }
}

interface Noting {
  history: InvoiceHistory;
  sources: HistorySources;
  details: Map<string, string>;
  /** Payments from outside whose record has to be asked, each with its invoice. */
  reported: Map<string, string>;
}

function noteDetails(rows: Movement[], { history, sources, details, reported }: Noting): void {
  for (const { kind, source } of rows) {
    if (kind !== 'payment') continue;
    const words = sources.charges.get(source)?.words;
    if (words) details.set(source, words);
    else if (source.startsWith('pr_')) reported.set(source, history.id);
  }
}

async function reportedDetails(
  stripe: Stripe,
  reported: Map<string, string>,
): Promise<(readonly [string, string])[]> {
  return mapConcurrently([...reported], AT_ONCE, async ([id, invoice]) => {
    const { fields } = paymentRecordSnapshot(await stripe.paymentRecords.retrieve(id), invoice);
    return [id, [fields.Method__c, fields.Reference__c].filter(Boolean).join(', ')] as const;
  });
}

/** What the customers' balances came to at the end: after the last change until then, in each currency. */
async function balancesAt(stripe: Stripe, customers: string[], ends: number): Promise<Map<string, number>> {
  const balances = new Map<string, number>();
  for (const customer of customers)
    for (const [currency, balance] of await balancesOf(stripe, customer, ends))
      balances.set(currency, (balances.get(currency) ?? 0) + balance);
  return balances;
}

/** The newest come first. A customer that was deleted has no balance any more. */
async function balancesOf(stripe: Stripe, customer: string, ends: number): Promise<Map<string, number>> {
  const balances = new Map<string, number>();
  const asked = { created: { lte: ends }, limit: PAGE };
  try {
    for await (const { currency, ending_balance: balance } of stripe.customers.listBalanceTransactions(
      customer,
      asked,
    ))
      if (!balances.has(currency)) balances.set(currency, balance);
  } catch (error) {
    if (!isMissing(error)) throw error;
  }
  return balances;
}

const tooManyRows = (most: number) =>
  new PermanentFailure({
    code: 'too_many_rows',
    stage: 'decide',
    message: `The statement would have more than ${most.toLocaleString('en')} rows. Choose a shorter period.`,
  });
