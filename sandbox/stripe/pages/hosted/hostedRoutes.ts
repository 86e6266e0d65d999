import express, { Router, type Request, type Response } from 'express';
import type Stripe from 'stripe';
import type { Card, PaymentOutcome, StripePagesPort } from '../port.ts';
import { sameSiteOnly } from '../security.ts';
import { shell } from '../shell.ts';
import { expiredLinkPage } from './expiredLinkPage.ts';
import { invoicePage } from './invoicePage.ts';
import type { FormState } from './paymentForm.ts';
import { payOnceAtATime } from './payOnceAtATime.ts';
import { readCard } from './readCard.ts';
import { unknownInvoicePage } from './unknownInvoicePage.ts';

/** The page a customer gets by mail: `GET` shows the invoice, `POST` pays it with a card. */
export function hostedRoutes(port: StripePagesPort): Router {
  const router = Router();
  const pay = payOnceAtATime((id, card: Card) => port.payInvoice(id, card));

  router.use('/i/:account/:token', (_request, response, next) => {
    // Neither the page nor the form may come back from a cache after the invoice was paid.
    response.set('Cache-Control', 'no-store');
    next();
  });

  router.get('/i/:account/:token', (request, response) => {
    const invoice = find(request);
    if (invoice) show(response, invoice);
    else sendUnknown(request, response);
  });

  router.post(
    '/i/:account/:token',
    sameSiteOnly,
    express.urlencoded({ extended: false, limit: '10kb' }),
    async (request, response) => {
      const invoice = find(request);
      if (!invoice) return sendUnknown(request, response);
      const form = (request.body ?? {}) as Record<string, unknown>;
      const reading = readCard(form, new Date());
      const kept = { billingName: String(form.billingName ?? '').slice(0, 200) };
      if ('problems' in reading)
        return show(response.status(400), invoice, { ...kept, problems: reading.problems });

      const outcome = await pay(invoice.id, reading.card);
      const alert = alertOf(outcome);
      const now = find(request) ?? invoice;
      // Paid, by this submission or by one just before it: the redirect keeps a reload from paying again.
      if (!alert || now.status === 'paid') return response.redirect(303, request.baseUrl + request.path);
      return show(response.status(402), now, { ...kept, alert });
    },
  );

  function find(request: Request): Stripe.Invoice | undefined {
    const { account, token } = request.params;
    return account === port.accountId && typeof token === 'string' ? port.invoiceByToken(token) : undefined;
  }

  function show(response: Response, invoice: Stripe.Invoice, form: FormState = {}): void {
    response.send(shell(invoicePage(port, invoice, form)));
  }

  /** 410: it was there. Stripe says the same to everybody who has the old link. */
  function sendUnknown(request: Request, response: Response): void {
    const { token } = request.params;
    if (typeof token === 'string' && port.isExpired(token))
      response.status(410).send(shell(expiredLinkPage(port.accountName)));
    else response.status(404).send(shell(unknownInvoicePage()));
  }

  return router;
}

function alertOf(outcome: PaymentOutcome): string | undefined {
  return outcome.kind === 'paid' ? undefined : outcome.message;
}
