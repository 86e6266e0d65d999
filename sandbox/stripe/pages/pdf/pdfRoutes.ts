import { Router, type Response } from 'express';
import type Stripe from 'stripe';
import type { StripePagesPort } from '../port.ts';
import { unknownInvoicePage } from '../hosted/unknownInvoicePage.ts';
import { shell } from '../shell.ts';
import { writeInvoicePdf, type Paper } from './invoicePdf.ts';

/** `invoice_pdf` of an invoice, and the receipt of a paid one. */
export function pdfRoutes(port: StripePagesPort): Router {
  const router = Router();

  router.get('/pdf/:account/:token', (request, response) => {
    send(response, find(request.params), 'Invoice');
  });

  router.get('/pdf/:account/:token/receipt', (request, response) => {
    const invoice = find(request.params);
    send(response, invoice?.status === 'paid' ? invoice : undefined, 'Receipt');
  });

  function find({ account, token }: { account: string; token: string }): Stripe.Invoice | undefined {
    return account === port.accountId ? port.invoiceByToken(token) : undefined;
  }

  function send(response: Response, invoice: Stripe.Invoice | undefined, paper: Paper): void {
    if (!invoice) {
      response.status(404).send(shell(unknownInvoicePage()));
      return;
    }
    response.type('application/pdf');
    response.set('Content-Disposition', `inline; filename="${paper}-${fileNameOf(invoice)}.pdf"`);
    response.set('Cache-Control', 'no-store');
    writeInvoicePdf(response, {
      paper,
      invoice,
      lines: port.lines(invoice.id),
      accountName: port.accountName,
    });
  }

  return router;
}

function fileNameOf(invoice: Stripe.Invoice): string {
  return (invoice.number ?? invoice.id).replace(/[^\w-]/g, '_');
}
