import type Stripe from 'stripe';
import { PermanentFailure } from '../failure.ts';
import { mapConcurrently } from '../flows/concurrency.ts';
import {
  currenciesFor,
  fieldsToWrite,
  mirrorBase,
  type Mirrored,
  type MirrorKind,
} from '../flows/convergeMirrors.ts';
import { STRIPE_CONCURRENCY } from '../flows/convergePairs.ts';
import { creditNoteKind, paymentKind, refundKind, taxRateKind } from '../flows/mirrorKinds.ts';
import { fromStripe } from '../audit/auditRow.ts';
import { markAllDirty } from '../store/syncRecords.ts';
import { creditNoteSnapshot, PAYMENT_EXPAND, paymentOf } from '../stripe/readPayment.ts';
import { taxRateSnapshot } from '../stripe/taxRates.ts';
import { adoptLinked } from './adoptLinked.ts';
import { countsOf, pairedIds, type BackfillContext } from './context.ts';
import { importRows, type ImportItem } from './importRows.ts';
import { pagesFrom, type StripePosition } from './stripePages.ts';

interface Found {
  stripeId: string;
  mirrored: Mirrored;
}

interface MirrorSource {
  kind: MirrorKind;
  pages(
    stripe: Stripe,
    position: StripePosition | null,
  ): AsyncIterable<{ data: Found[]; position: StripePosition }>;
}

const MIRRORS_AT_ONCE = 2_000;

export const paymentsFromStripe = (context: BackfillContext) => mirrorsFromStripe(context, payments);
export const refundsFromStripe = (context: BackfillContext) => mirrorsFromStripe(context, refunds);
export const taxRatesFromStripe = (context: BackfillContext) => mirrorsFromStripe(context, taxRates);
export const creditNotesFromStripe = (context: BackfillContext) => mirrorsFromStripe(context, creditNotes);

/** Brings what Stripe did with money into the org, under the invoices that are there. */
async function mirrorsFromStripe(context: BackfillContext, source: MirrorSource): Promise<void> {
  const { engine, run, signal } = context;
  const { entity } = source.kind;
  await adoptLinked(context, entity);
  let found: Found[] = [];
  let place: StripePosition | undefined;
  for await (const { data, position } of source.pages(engine.stripe, run.position as StripePosition | null)) {
    countsOf(context, entity).read += data.length;
    context.onProgress?.(entity, countsOf(context, entity));
    found.push(...data);
    place = position;
    if (found.length < MIRRORS_AT_ONCE && !signal.aborted) continue;
    await takeIn(context, source.kind, { found, position });
    found = [];
    if (signal.aborted) return;
  }
  if (place) await takeIn(context, source.kind, { found, position: place });
}

async function takeIn(
  context: BackfillContext,
  kind: MirrorKind,
  { found, position }: { found: Found[]; position: StripePosition },
): Promise<void> {
  const invoices = await pairedIds(
    context,
    'invoice',
    found.flatMap(({ mirrored }) => mirrored.invoiceId ?? []),
  );
  const accounts = await pairedIds(
    context,
    'customer',
    found.flatMap(({ mirrored }) => mirrored.customerId ?? []),
  );
  const parents = ({ invoiceId, customerId }: Mirrored) =>
    invoiceId === null
      ? {}
      : {
          Invoice__c: invoices.get(invoiceId) ?? null,
          Account__c: (customerId && accounts.get(customerId)) ?? null,
        };
  const currencies = await currenciesFor(
    context.engine,
    found.map(({ mirrored }) => mirrored),
  );
  const items = found
    .filter(({ mirrored }) => mirrored.makesRecord)
    .map(({ stripeId, mirrored }): ImportItem => ({
      stripeId,
      fields: {
        ...fieldsToWrite(context.engine, mirrored, { row: undefined, parents, currencies }),
        [kind.externalId]: stripeId,
      },
      base: () => mirrorBase(mirrored),
      ...(mirrored.invoiceId === null || invoices.has(mirrored.invoiceId)
        ? {}
        : { failure: withoutInvoice(mirrored.invoiceId) }),
    }));
  await importRows(context, kind, { items, position });
  if (kind.entity !== 'refund' || context.dry) return;
  // What was refunded stands on the invoice too.
  const refunded = new Set(
    found.flatMap(({ mirrored: { invoiceId } }) => (invoiceId && invoices.has(invoiceId) ? invoiceId : [])),
  );
  await markAllDirty(context.engine.database, 'invoice', { stripeIds: [...refunded] });
}

const withoutInvoice = (invoiceId: string) =>
  new PermanentFailure({
    code: 'unlinked_customer',
    stage: 'decide',
    message: `Its invoice ${invoiceId} is not in the org. It comes over once that is: \`invoicebridge parked\` says why not.`,
  });

const payments: MirrorSource = {
  kind: paymentKind,
  // A payment does not name its invoice, so the list is of what joins the two.
  async *pages(stripe, from) {
    const list = (params: Stripe.InvoicePaymentListParams) =>
      stripe.invoicePayments.list({ ...params, expand: PAYMENT_EXPAND });
    for await (const { data, position } of pagesFrom(list, from)) {
      yield { data: data.flatMap((one) => paymentOf(one) ?? []), position };
    }
  },
};

const refunds: MirrorSource = {
  kind: refundKind,
  async *pages(stripe, from) {
    for await (const { data, position } of pagesFrom((params) => stripe.refunds.list(params), from)) {
      const read = await mapConcurrently(data, STRIPE_CONCURRENCY, async ({ id }) => ({
        stripeId: id,
        mirrored: await fromStripe(() => refundKind.read(stripe, id)),
      }));
      yield { data: read.filter((one): one is Found => one.mirrored !== null), position };
    }
  },
};

const creditNotes: MirrorSource = {
  kind: creditNoteKind,
  async *pages(stripe, from) {
    for await (const { data, position } of pagesFrom((params) => stripe.creditNotes.list(params), from)) {
      yield { data: data.map((one) => ({ stripeId: one.id, mirrored: creditNoteSnapshot(one) })), position };
    }
  },
};

const taxRates: MirrorSource = {
  kind: taxRateKind,
  async *pages(stripe, from) {
    for await (const { data, position } of pagesFrom((params) => stripe.taxRates.list(params), from)) {
      yield { data: data.map((one) => ({ stripeId: one.id, mirrored: taxRateSnapshot(one) })), position };
    }
  },
};
