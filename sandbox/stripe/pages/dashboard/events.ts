import { Router } from 'express';
import type Stripe from 'stripe';
import { formatTime } from '../dates.ts';
import { html, type Html } from '../html.ts';
import type { StripePagesPort } from '../port.ts';
import { shell } from '../shell.ts';
import { dashboardPage } from './dashboardPage.ts';
import { deliveryTable, resendButton } from './deliveries.ts';
import { facts, jsonBlock, notFound, section } from './details.ts';
import { sliceOf, table } from './table.ts';

export function eventSection(port: StripePagesPort): Router {
  const router = Router();

  router.get('/dashboard/events', ({ query }, response) => {
    const { rows, pager } = sliceOf(port.events(), query.page);
    const content = html`<h1>Events</h1>
      ${table({
        rows,
        empty: 'No events yet. Every change through the API makes some.',
        href: ({ id }) => `/dashboard/events/${id}`,
        columns: [
          { title: 'Event', cell: ({ type }) => html`<strong>${type}</strong>` },
          { title: 'Object', cell: (event) => html`<code>${objectIdOf(event)}</code>` },
          { title: 'Id', cell: ({ id }) => html`<code>${id}</code>` },
          { title: 'Time', cell: ({ created }) => formatTime(created) },
        ],
      })}
      ${pager}`;
    response.send(shell(dashboardPage(port, { section: 'Events', title: 'Events', content })));
  });

  router.get('/dashboard/events/:id', ({ params }, response) => {
    const event = port.events().find(({ id }) => id === params.id);
    const content = event ? detail(port, event) : notFound('event', params.id);
    response.status(event ? 200 : 404);
    response.send(
      shell(dashboardPage(port, { section: 'Events', title: event?.type ?? params.id, content })),
    );
  });

  return router;
}

/** What happened to one object, newest first, each with its way to the whole event. */
export function eventTimeline(events: Stripe.Event[]): Html {
  if (events.length === 0) return html`<p class="empty">No events yet.</p>`;
  return html`<ol class="timeline">
    ${events.map(
      ({ id, type, created }) =>
        html`<li>
          <a href="/dashboard/events/${id}">${type}</a>
          <time>${formatTime(created)}</time>
        </li>`,
    )}
  </ol>`;
}

function detail(port: StripePagesPort, event: Stripe.Event): Html {
  return html`<p class="crumb"><a href="/dashboard/events">Events</a></p>
    <header class="title">
      <h1>${event.type}</h1>
      <span class="id"><code>${event.id}</code></span>
      <span class="actions">${resendButton(event.id)}</span>
    </header>
    ${section(
      'Summary',
      facts([
        ['Time', formatTime(event.created)],
        ['Object', html`<code>${objectIdOf(event)}</code>`],
        ['API version', event.api_version],
        ['Request', event.request?.id && html`<code>${event.request.id}</code>`],
        ['Webhooks still to deliver', event.pending_webhooks],
      ]),
    )}
    ${section('Deliveries', deliveryTable(port.deliveries().filter((delivery) => delivery.event === event.id)))}
    ${section('Event data', jsonBlock(event))}`;
}

function objectIdOf(event: Stripe.Event): string {
  return String((event.data.object as { id?: unknown }).id ?? '—');
}
