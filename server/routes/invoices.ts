import express, { type Router } from 'express';
import type Stripe from 'stripe';
import { actionParams, type ActionParams } from '../../sync/actions/actionParams.ts';
import { creditSums } from '../../sync/actions/creditSums.ts';
import { livingLinks } from '../../sync/actions/livingLinks.ts';
import { invoiceActions } from '../../sync/domain/invoiceActions.ts';
import type { InvoiceCommandKind } from '../../sync/store/entities.ts';
import { describeInvoice } from '../../sync/store/describeInvoice.ts';
import { Problem } from '../problem.ts';
import { answerCommand, type CommandPort } from './commandRoute.ts';
import { parsed, recordId } from './parsed.ts';

/** `/v1/invoices/{crmId}`: what the engine knows of an invoice, and the commands of the org's buttons. */
export function invoices(port: CommandPort & { stripe: Stripe }): Router {
  const router = express.Router();

  router.get('/v1/invoices/:crmId', async (request, response) => {
    const crmId = parsed(recordId, 'The invoice id', request.params.crmId);
    const invoice = await describeInvoice(port.database, crmId);
    if (!invoice)
      throw new Problem('unknown_invoice', `Nothing is known of ${crmId}. Press Sync Invoice on the record.`);
    response.json(invoice);
  });

  router.get('/v1/invoices/:crmId/links', async (request, response) => {
    const crmId = parsed(recordId, 'The invoice id', request.params.crmId);
    response.json(await inStripe(crmId, () => livingLinks(port, crmId)));
  });

  router.post('/v1/invoices/:crmId/credit-preview', express.json(), async (request, response) => {
    const crmId = parsed(recordId, 'The invoice id', request.params.crmId);
    const asked = parsed<ActionParams<'credit'>>(actionParams.credit, 'The body', request.body ?? {});
    response.json(await inStripe(crmId, () => creditSums(port, crmId, asked)));
  });

  for (const kind of ['raise', 'sync', ...invoiceActions] satisfies InvoiceCommandKind[]) {
    router.post(`/v1/invoices/:crmId/${kind}`, express.json(), (request, response) => {
      const crmId = parsed(recordId, 'The invoice id', request.params.crmId);
      const params = parsed<Record<string, unknown>>(
        actionParams[kind],
        'The body',
        (request.body ?? {}) as unknown,
      );
      return answerCommand(port, { request, response }, { kind, entity: 'invoice', crmId, params });
    });
  }
  return router;
}

/** What is asked of Stripe while somebody waits; it does nothing there. */
async function inStripe<T>(crmId: string, ask: () => Promise<T | null>): Promise<T> {
  const told = await ask();
  if (told) return told;
  throw new Problem('unknown_invoice', `${crmId} is not in Stripe. Press Sync Invoice on the record.`);
}
