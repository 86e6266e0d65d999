import type Stripe from 'stripe';
import { snapshotAfter } from '../domain/crmSnapshot.ts';
import { toLongId } from '../domain/salesforceId.ts';
import { asKnown, type StripeInvoice } from '../domain/invoice.ts';
import { invoiceBase, planCrmInvoice, type CrmFields } from '../domain/planCrmInvoice.ts';
import { shownIn } from '../domain/recordCurrency.ts';
import { PermanentFailure, isSyncFailure } from '../failure.ts';
import { mapConcurrently } from '../flows/concurrency.ts';
import { STRIPE_CONCURRENCY } from '../flows/convergePairs.ts';
import { fromStripe } from '../audit/auditRow.ts';
import { bulkUpsert } from '../salesforce/bulkUpsert.ts';
import { orgCurrencies } from '../salesforce/orgCurrencies.ts';
import { noteJob } from '../store/backfillRuns.ts';
import { noteRevisions, tellChains } from '../store/revisions.ts';
import { markAllDirty, markDirty } from '../store/syncRecords.ts';
import { markUnknownPayments } from '../store/unknownPayments.ts';
import { INVOICE_LIST_EXPAND, invoiceSnapshot, readStripeInvoice } from '../stripe/readInvoice.ts';
import { adoptLinked } from './adoptLinked.ts';
import { countsOf, note, pairedIds, type BackfillContext } from './context.ts';
import { tellExisting } from './existingInvoices.ts';
import { importRows, newFields, type ImportItem } from './importRows.ts';
import { pagesFrom, placeBehind, type StripePosition } from './stripePages.ts';

// What is held at once, about 15 MB: each chunk is two bulk jobs, from 2,000 rows on.
const INVOICES_AT_ONCE = 2_000;
const LINES_AT_ONCE = 5_000;
// An invoice has up to 250 lines and more; so many are read before the lines are counted.
const READ_AT_ONCE = 25;

export interface InvoiceItem extends ImportItem {
  invoice: StripeInvoice;
  lines: { stripeId: string; fields: CrmFields }[];
  /** The org's line of each line of Stripe, once they are made. */
  lineIds: Map<string, string>;
}

interface Chunk {
  invoices: StripeInvoice[];
  position: StripePosition;
}

/** Brings all invoices with all their lines into the org, newest first. */
export async function invoicesFromStripe(context: BackfillContext): Promise<void> {
  await adoptLinked(context, 'invoice');
  for await (const { invoices, position } of chunks(context)) {
    await importRows(context, invoiceKind, { items: await itemsOf(context, invoices), position });
    if (!context.dry) {
      await tellRevisions(context, invoices);
      // The list of payments does not name them; that of payment records does.
      const marked = invoices.flatMap(({ id, paidOutside }) => (paidOutside > 0 ? [id] : []));
      await markUnknownPayments(context.engine.database, marked);
    }
    if (context.signal.aborted) return;
  }
}

/** Which invoice replaces which is shown by the engine, once the org has both. */
async function tellRevisions({ engine: { database } }: BackfillContext, invoices: StripeInvoice[]) {
  await noteRevisions(database, invoices);
  const revisions = invoices.flatMap(({ id, revisionOf }) => (revisionOf ? [id] : []));
  await markAllDirty(database, 'invoice', { stripeIds: revisions });
  await tellChains(database, { written: revisions, firstWritten: invoices.map(({ id }) => id) });
}

const invoiceKind = {
  entity: 'invoice',
  externalId: 'Stripe_Invoice_Id__c',
  finish: writeLines,
  exists: tellExisting,
} as const;

async function* chunks(context: BackfillContext): AsyncGenerator<Chunk> {
  const { engine, run, signal } = context;
  let invoices: StripeInvoice[] = [];
  let lines = 0;
  let place: StripePosition | undefined;
  const list = (params: Stripe.InvoiceListParams) =>
    engine.stripe.invoices.list({ ...params, expand: INVOICE_LIST_EXPAND });
  for await (const { data } of pagesFrom(list, run.position as StripePosition | null)) {
    for (let start = 0; start < data.length; start += READ_AT_ONCE) {
      const part = data.slice(start, start + READ_AT_ONCE);
      const read = await mapConcurrently(part, STRIPE_CONCURRENCY, (invoice) => readWhole(context, invoice));
      const counts = countsOf(context, 'invoice');
      counts.read += part.length;
      context.onProgress?.('invoice', counts);
      for (const invoice of read) if (invoice) invoices.push(invoice);
      lines += read.reduce((sum, invoice) => sum + (invoice?.lines.length ?? 0), 0);
      place = placeBehind(part);
      if (invoices.length < INVOICES_AT_ONCE && lines < LINES_AT_ONCE && !signal.aborted) continue;
      yield { invoices, position: place };
      invoices = [];
      lines = 0;
    }
  }
  if (place && invoices.length > 0) yield { invoices, position: place };
}

/**
 * The invoice with the lines that the list leaves out. Why a payment failed is not in the list, so that such an invoice is
 * read by itself; null for one that is the engine's or that cannot be read.
 */
async function readWhole(context: BackfillContext, invoice: Stripe.Invoice): Promise<StripeInvoice | null> {
  const { engine } = context;
  const crmId = invoice.metadata?.salesforce_id && toLongId(invoice.metadata.salesforce_id);
  try {
    if (crmId && !context.dry) {
      // Raised in the org, or a copy of such an invoice: the engine knows which.
      await markDirty(engine.database, 'invoice', { stripeId: invoice.id, crmId, side: 'stripe' });
      const words = 'raised in Salesforce: left to the engine';
      note(context, {
        entity: 'invoice',
        outcome: 'skip',
        stripeId: invoice.id,
        crmId,
        fields: [],
        note: words,
      });
      return null;
    }
    const unpaidAfterTry = invoice.attempted && ['open', 'uncollectible'].includes(invoice.status ?? '');
    return await fromStripe(() =>
      unpaidAfterTry ? readStripeInvoice(engine.stripe, invoice.id) : invoiceSnapshot(engine.stripe, invoice),
    );
  } catch (error) {
    if (!(error instanceof PermanentFailure)) throw error;
    const { message } = error;
    note(context, {
      entity: 'invoice',
      outcome: 'failed',
      stripeId: invoice.id,
      crmId: null,
      fields: [],
      note: message,
    });
    return null;
  }
}

async function itemsOf(context: BackfillContext, invoices: StripeInvoice[]): Promise<InvoiceItem[]> {
  const products = await pairedIds(
    context,
    'product',
    invoices.flatMap(({ lines }) => lines.flatMap(({ terms }) => terms.product ?? [])),
  );
  const taxRates = await pairedIds(
    context,
    'tax_rate',
    invoices
      .flatMap(({ terms, lines }) => [terms.taxRate ?? [], ...lines.map((line) => line.terms.taxRate ?? [])])
      .flat(),
  );
  const accounts = await pairedIds(
    context,
    'customer',
    invoices.flatMap(({ customerId }) => customerId ?? []),
  );
  const now = context.engine.now().toISOString();
  const currencies = await orgCurrencies(
    context.engine.org,
    invoices.map(({ currency }) => currency),
  );
  return invoices.map((read): InvoiceItem => {
    const invoice = asKnown(read, { product: (id) => products.has(id), taxRate: (id) => taxRates.has(id) });
    const plan = planCrmInvoice(null, invoice, {
      sentAt: null,
      amountRefunded: 0,
      productOf: (id) => products.get(id) ?? null,
      taxRateOf: (id) => taxRates.get(id) ?? null,
      touch: false,
      conflictNote: null,
      currencies,
      now,
    });
    const account = invoice.customerId ? accounts.get(invoice.customerId) : undefined;
    plan.fields.Account__c = account ?? null;
    const lineIds = new Map<string, string>();
    return {
      stripeId: invoice.id,
      invoice,
      fields: plan.fields,
      lines: plan.insertLines,
      lineIds,
      ...(account !== undefined ? {} : { failure: unmatchedCustomer(invoice) }),
      base: () => ({ ...invoiceBase(lineIds, invoice), ...shownIn(plan.fields) }),
      snapshot: (id) =>
        snapshotAfter({ id, name: '', fields: {}, lines: [] }, invoice, { plan, ids: lineIds }),
      more: () => plan.insertLines.flatMap((line, index) => lineEffects(index + 1, line.fields)),
    };
  });
}

/** The lines of all new invoices together; an invoice that lacks one of them is tried again by the engine. */
async function writeLines(
  context: BackfillContext,
  items: (InvoiceItem & { crmId: string })[],
): Promise<void> {
  const { engine, run } = context;
  const lines = items.flatMap((item) => item.lines.map((line) => ({ item, ...line })));
  const target = {
    object: 'Invoice_Line__c',
    externalId: 'Stripe_Line_Id__c',
    onJob: (job: string) => noteJob(engine.database, run.id, job),
  };
  const rows = lines.map(({ item, fields }) => ({
    ...fields,
    Invoice__r: { Stripe_Invoice_Id__c: item.stripeId },
  }));
  const answers = await bulkUpsert(engine.org, target, rows);
  for (const [index, { item, stripeId }] of lines.entries()) {
    const answer = answers[index]!;
    if ('id' in answer) item.lineIds.set(stripeId, answer.id);
    else if (isSyncFailure(answer.failure)) item.failure ??= answer.failure;
  }
}

const lineEffects = (number: number, fields: CrmFields) =>
  newFields(fields).map((one) => ({ ...one, field: `line ${number} ${one.field}` }));

const unmatchedCustomer = ({ id, number, customerId }: StripeInvoice) =>
  new PermanentFailure({
    code: 'unlinked_customer',
    stage: 'decide',
    message:
      `${number ?? id} belongs to the Stripe customer ${customerId ?? '(none)'}, which no Account is linked to. ` +
      'Say which Account it is: `invoicebridge matches` shows the open ones.',
  });
