import express, { Router, type Response } from 'express';
import { payOnceAtATime } from '../hosted/payOnceAtATime.ts';
import type { FormState } from '../hosted/paymentForm.ts';
import { readCard } from '../hosted/readCard.ts';
import type { Card, CheckoutView, StripePagesPort } from '../port.ts';
import { sameSiteOnly } from '../security.ts';
import { shell } from '../shell.ts';
import { checkoutPage, completePage, noticePage } from './checkoutPage.ts';

/** Payment links lead to a session of their own; the page of a session takes the card. */
export function checkoutRoutes(port: StripePagesPort): Router {
  const router = Router();
  const { checkout } = port;
  const pay = payOnceAtATime((id, typed: { card: Card; email: string }) => checkout.pay(id, typed));

  router.use(['/b/:token', '/c/pay/:session'], (_request, response, next) => {
    response.set('Cache-Control', 'no-store');
    next();
  });

  router.get('/b/:token', (request, response) => {
    const opened = checkout.openLink(request.params.token);
    if (!opened) return sendUnknown(response);
    if ('inactive' in opened) return sendInactive(response, opened.inactive);
    response.redirect(303, `/c/pay/${opened.session}`);
  });

  router.get('/c/pay/:session', (request, response) => {
    const view = checkout.session(request.params.session);
    if (view) show(response, view);
    else sendUnknown(response);
  });

  router.post(
    '/c/pay/:session',
    sameSiteOnly,
    express.urlencoded({ extended: false, limit: '10kb' }),
    async (request, response) => {
      const id = String(request.params.session);
      const view = checkout.session(id);
      if (!view) return sendUnknown(response);
      const form = (request.body ?? {}) as Record<string, unknown>;
      const typed = { email: textOf(form.email), billingName: textOf(form.billingName) };
      const email = view.email ?? typed.email;
      const reading = readCard(form, new Date());
      const problems = {
        ...('problems' in reading && reading.problems),
        ...(!isEmail(email) && { email: 'Your email is incomplete.' }),
      };
      if ('problems' in reading || problems.email !== undefined)
        return show(response.status(400), view, { ...typed, problems });
      const outcome = await pay(id, { card: reading.card, email });
      const now = checkout.session(id) ?? view;
      // Paid, by this submission or by one just before it: the redirect keeps a reload from paying again.
      if (outcome.kind === 'paid' || now.status === 'complete') return response.redirect(303, `/c/pay/${id}`);
      return show(response.status(402), now, { ...typed, alert: outcome.message });
    },
  );

  function show(response: Response, view: CheckoutView, form: FormState = {}): void {
    if (view.status === 'expired')
      return send(response, noticePage('This page has expired', 'Open the link to pay once more.'));
    if (view.status === 'open' && view.inactive !== null) return sendInactive(response, view.inactive);
    if (view.status === 'open') return send(response, checkoutPage(port, view, form));
    // A redirect of the form would be held back by the page's own rules for forms, so the browser goes by itself.
    if (view.complete.url !== null) response.set('Refresh', `3; url=${view.complete.url}`);
    send(response, completePage(port, view));
  }

  return router;
}

function send(response: Response, page: Parameters<typeof shell>[0]): void {
  response.send(shell(page));
}

function sendUnknown(response: Response): void {
  const words =
    'The link may be incomplete. Open it again where you got it from, or ask the sender for a new one.';
  send(response.status(404), noticePage('This page was not found', words));
}

function sendInactive(response: Response, words: string): void {
  send(response, noticePage('This link is not active', words));
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value.trim().slice(0, 200) : '';
}

function isEmail(text: string): boolean {
  return /^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(text);
}
