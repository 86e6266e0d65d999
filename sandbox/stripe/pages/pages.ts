import path from 'node:path';
import express, { Router } from 'express';
import { checkoutRoutes } from './checkout/checkoutRoutes.ts';
import { customerSection } from './dashboard/customers.ts';
import { deliverySection } from './dashboard/deliveries.ts';
import { eventSection } from './dashboard/events.ts';
import { invoiceSection } from './dashboard/invoices.ts';
import { productSection } from './dashboard/products.ts';
import { hostedRoutes } from './hosted/hostedRoutes.ts';
import { mailboxRoutes } from './mailbox/mailboxRoutes.ts';
import { pdfRoutes } from './pdf/pdfRoutes.ts';
import type { StripePagesPort } from './port.ts';
import { failurePage } from './failurePage.ts';
import { secureHeaders } from './security.ts';
import { assetsPath } from './shell.ts';

/**
 * The pages a person sees of the sandbox Stripe: the hosted invoice page and its PDF, the dashboard and the mailbox.
 * To be mounted at the root, beside the API.
 */
export function createPages(port: StripePagesPort): Router {
  const router = Router();
  router.use(
    ['/i', '/b', '/c', '/pdf', '/credit_notes', '/dashboard', '/mailbox', assetsPath],
    secureHeaders,
  );
  router.use(assetsPath, express.static(path.join(import.meta.dirname, 'assets'), { index: false }));
  router.use(hostedRoutes(port), checkoutRoutes(port), pdfRoutes(port));
  router.get('/dashboard', (_request, response) => response.redirect('/dashboard/invoices'));
  router.use(invoiceSection(port), customerSection(port), productSection(port));
  router.use(eventSection(port), deliverySection(port), mailboxRoutes(port));
  router.use(failurePage);
  return router;
}
