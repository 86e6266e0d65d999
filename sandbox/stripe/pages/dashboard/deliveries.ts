import { Router } from 'express';
import { formatTime } from '../dates.ts';
import { html, type Html } from '../html.ts';
import type { Delivery, StripePagesPort } from '../port.ts';
import { sameSiteOnly } from '../security.ts';
import { shell } from '../shell.ts';
import { deliveryBadge } from './badges.ts';
import { dashboardPage } from './dashboardPage.ts';
import { notFound } from './details.ts';
import { sliceOf, table } from './table.ts';

export function deliverySection(port: StripePagesPort): Router {
  const router = Router();

  router.get('/dashboard/deliveries', ({ query }, response) => {
    const { rows, pager } = sliceOf(port.deliveries(), query.page);
    const content = html`<h1>Webhook deliveries</h1>
      ${deliveryTable(rows)} ${pager}`;
    response.send(
      shell(dashboardPage(port, { section: 'Webhook deliveries', title: 'Webhook deliveries', content })),
    );
  });

  router.post('/dashboard/events/:id/resend', sameSiteOnly, ({ params }, response) => {
    const id = String(params.id);
    if (!port.events().some((event) => event.id === id)) {
      const content = notFound('event', id);
      response.status(404).send(shell(dashboardPage(port, { section: 'Events', title: id, content })));
      return;
    }
    port.resendEvent(id);
    response.redirect(303, '/dashboard/deliveries');
  });

  return router;
}

export function deliveryTable(deliveries: Delivery[]): Html {
  return table({
    rows: deliveries,
    empty: 'No deliveries yet. They need a webhook endpoint and an event.',
    columns: [
      {
        title: 'Event',
        cell: ({ event, eventType }) =>
          html`<a href="/dashboard/events/${event}"><strong>${eventType}</strong></a>`,
      },
      { title: 'Status', cell: deliveryBadge },
      {
        title: 'Endpoint',
        cell: ({ url, error }) => html`${url} ${error && html`<span class="error">${error}</span>`}`,
      },
      { title: 'Attempt', number: true, cell: ({ attempt }) => String(attempt) },
      { title: 'Time', cell: timesOf },
      { title: 'Resend', cell: ({ event }) => resendButton(event) },
    ],
  });
}

export function resendButton(eventId: string): Html {
  return html`<form method="post" action="/dashboard/events/${eventId}/resend">
    <button>Resend</button>
  </form>`;
}

function timesOf({ created, nextAttemptAt }: Delivery): Html {
  return html`${formatTime(created)}
  ${nextAttemptAt !== null && html`<span class="next">Next attempt ${formatTime(nextAttemptAt)}</span>`}`;
}
