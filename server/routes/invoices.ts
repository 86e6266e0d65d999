import express, { type Router } from 'express';
import { actionParams } from '../../sync/actions/actionParams.ts';
import { invoiceActions } from '../../sync/domain/invoiceActions.ts';
import type { InvoiceCommandKind } from '../../sync/store/entities.ts';
import { describeInvoice } from '../../sync/store/describeInvoice.ts';
import { Problem } from '../problem.ts';
import { answerCommand, parsed, recordId, type CommandPort } from './commandRoute.ts';

/** `/v1/invoices/{crmId}`: what the engine knows of an invoice, and the commands of the org's buttons. */
export function invoices(port: CommandPort): Router {
  const router = express.Router();

  router.get('/v1/invoices/:crmId', async (request, response) => {
    const crmId = parsed(recordId, 'The invoice id', request.params.crmId);
    const invoice = await describeInvoice(port.database, crmId);
    if (!invoice)
      throw new Problem('unknown_invoice', `Nothing is known of ${crmId}. Press Sync Invoice on the record.`);
    response.json(invoice);
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
