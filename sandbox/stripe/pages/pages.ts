import { Router } from 'express';
import type { StripePagesPort } from './port.ts';

/** The pages a person sees of the sandbox Stripe: hosted invoice, PDF, dashboard and mailbox. */
export function createPages(port: StripePagesPort): Router {
  const router = Router();
  router.get('/dashboard', (_request, response) => {
    response.type('text').send(`Sandbox Stripe of ${port.accountName}: not Stripe, no real money.`);
  });
  return router;
}
