import { Router, type Response } from 'express';
import type Stripe from 'stripe';
import type { StripePagesPort } from '../port.ts';
import { expiredLinkPage } from '../hosted/expiredLinkPage.ts';
import { unknownInvoicePage } from '../hosted/unknownInvoicePage.ts';
import { shell } from '../shell.ts';
import type { Paper } from './invoicePdf.ts';

// The library that draws is loaded when somebody asks for the first document: it takes longer than all else at the start.
const creditNotePdf = () => import('./creditNotePdf.ts');
const invoicePdf = () => import('./invoicePdf.ts');

/** `invoice_pdf` of an invoice, the receipt of a paid one, and `pdf` of a credit note. */
export function pdfRoutes(port: StripePagesPort): Router {
  const router = Router();

  router.get('/pdf/:account/:token', (request, response) => {
    if (isExpired(request.params, response)) return;
    return send(response, find(request.params), 'Invoice');
  });

  router.get('/pdf/:account/:token/receipt', (request, response) => {
    if (isExpired(request.params, response)) return;
    const invoice = find(request.params);
    return send(response, invoice?.status === 'paid' ? invoice : undefined, 'Receipt');
  });

  router.get('/credit_notes/:account/:token/pdf', async (request, response) => {
    const { account, token } = request.params;
    const note = account === port.accountId ? port.creditNoteByToken(token) : undefined;
    if (!note) {
      response.status(404).send(shell(unknownInvoicePage()));
      return;
    }
    response.type('application/pdf').set('Cache-Control', 'no-store');
    response.set('Content-Disposition', `inline; filename="CreditNote-${fileNameOf(note.number)}.pdf"`);
    (await creditNotePdf()).writeCreditNotePdf(response, note, port);
  });

  /** True when it was answered so. */
  function isExpired({ token }: { token: string }, response: Response): boolean {
    const expired = port.isExpired(token);
    if (expired) response.status(410).send(shell(expiredLinkPage(port.accountName)));
    return expired;
  }

  function find({ account, token }: { account: string; token: string }): Stripe.Invoice | undefined {
    return account === port.accountId ? port.invoiceByToken(token) : undefined;
  }

  async function send(response: Response, invoice: Stripe.Invoice | undefined, paper: Paper): Promise<void> {
    if (!invoice) {
      response.status(404).send(shell(unknownInvoicePage()));
      return;
    }
    response.type('application/pdf');
    response.set(
      'Content-Disposition',
      `inline; filename="${paper}-${fileNameOf(invoice.number ?? invoice.id)}.pdf"`,
    );
    response.set('Cache-Control', 'no-store');
    (await invoicePdf()).writeInvoicePdf(response, {
      paper,
      invoice,
      lines: port.lines(invoice.id),
      names: port.names,
      accountName: port.accountName,
      timeZone: port.timeZone,
    });
  }

  return router;
}

function fileNameOf(number: string): string {
  return number.replace(/[^\w-]/g, '_');
}
