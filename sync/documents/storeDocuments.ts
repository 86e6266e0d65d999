import { backoffMs } from '../domain/backoff.ts';
import type { Engine } from '../engine.ts';
import { isSyncFailure, PermanentFailure } from '../failure.ts';
import { internalFailure } from '../flows/convergeDue.ts';
import { storeFile } from '../salesforce/storeFile.ts';
import { claimDocuments, noteNotStored, noteStored, type DueDocument } from '../store/documents.ts';
import { downloadFromStripe, TOO_LARGE } from '../stripe/download.ts';
import { readStripeInvoice } from '../stripe/readInvoice.ts';
import { readPayment } from '../stripe/readPayment.ts';

const AT_ONCE = 10;
// In an outage, and where a file is gone, the next try comes no later than that.
const LONGEST_PAUSE_MS = 3_600_000;

/** Brings documents that are due from Stripe to the org, one after the other. Returns how many it had in hand. */
export async function storeDocuments(engine: Engine): Promise<number> {
  if (!engine.settings.documents) return 0;
  const due = await claimDocuments(engine.database, AT_ONCE);
  for (const document of due) {
    try {
      await noteStored(engine.database, document, await store(engine, document));
    } catch (error) {
      const failure = isSyncFailure(error) ? error : internalFailure(error);
      engine.log.warn(
        { error, document: document.stripeId, kind: document.kind },
        'A document was not stored.',
      );
      await noteNotStored(engine.database, document, {
        error: failure.message,
        delayMs: Math.min(LONGEST_PAUSE_MS, backoffMs(document.attempts, engine.random())),
        // Somebody has deleted the file: the new version is a file of its own.
        giveUp: failure.code === TOO_LARGE,
        forgetFile: document.fileId !== null && failure.code === 'crm_entity_is_deleted',
      });
    }
  }
  return due.length;
}

/** Asks Stripe for the document's address anew, because an address holds for a while only. */
async function store(engine: Engine, document: DueDocument): Promise<string> {
  const { kind, stripeId, crmId, fileId, version } = document;
  const found = kind === 'pdf' ? await invoicePdf(engine, stripeId) : await receipt(engine, stripeId);
  if (!found)
    throw new PermanentFailure({
      code: 'no_document',
      stage: 'read-stripe',
      message: `Stripe has no ${kind === 'pdf' ? 'PDF' : 'receipt'} of ${stripeId} any more.`,
    });
  const { bytes, type } = await downloadFromStripe(found.url, {
    alsoFrom: engine.settings.documents!.alsoFrom,
  });
  return storeFile(engine.org, {
    recordId: crmId,
    fileId,
    key: `${kind} ${stripeId} ${version}`,
    title: found.title,
    name: `${found.title}.${type === 'application/pdf' ? 'pdf' : 'html'}`,
    bytes,
  });
}

async function invoicePdf(engine: Engine, id: string): Promise<{ url: string; title: string } | null> {
  const invoice = await readStripeInvoice(engine.stripe, id);
  return invoice?.invoicePdf ? { url: invoice.invoicePdf, title: `Invoice ${invoice.number ?? id}` } : null;
}

async function receipt(engine: Engine, id: string): Promise<{ url: string; title: string } | null> {
  const url = (await readPayment(engine.stripe, id))?.fields.Receipt_Url__c;
  return typeof url === 'string' ? { url, title: `Receipt ${id}` } : null;
}
