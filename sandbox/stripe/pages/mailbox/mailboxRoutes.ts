import { Router } from 'express';
import { dashboardPage } from '../dashboard/dashboardPage.ts';
import { facts, notFound, section } from '../dashboard/details.ts';
import { sliceOf, table } from '../dashboard/table.ts';
import { formatTime } from '../dates.ts';
import { html, type Html } from '../html.ts';
import type { Mail, StripePagesPort } from '../port.ts';
import { allowInlineStyles } from '../security.ts';
import { shell } from '../shell.ts';

/** The mails that customers would have got. */
export function mailboxRoutes(port: StripePagesPort): Router {
  const router = Router();

  router.get('/mailbox', ({ query }, response) => {
    const { rows, pager } = sliceOf(port.mails(), query.page);
    const content = html`<h1>Mailbox</h1>
      <p class="lead">The mails that customers would have got. None of them left this machine.</p>
      ${mailTable(rows)} ${pager}`;
    response.send(shell(dashboardPage(port, { section: 'Mailbox', title: 'Mailbox', content })));
  });

  router.get('/mailbox/:id', ({ params }, response) => {
    const mail = port.mails().find(({ id }) => id === params.id);
    const content = mail ? detail(port, mail) : notFound('mail', params.id);
    if (mail) allowInlineStyles(response);
    response.status(mail ? 200 : 404);
    response.send(
      shell(dashboardPage(port, { section: 'Mailbox', title: mail?.subject ?? params.id, content })),
    );
  });

  return router;
}

function mailTable(mails: Mail[]): Html {
  return table({
    rows: mails,
    empty: 'No mails yet. Sending an invoice makes one.',
    href: ({ id }) => `/mailbox/${id}`,
    columns: [
      { title: 'Subject', cell: ({ subject }) => html`<strong>${subject}</strong>` },
      { title: 'To', cell: ({ to }) => to },
      { title: 'Received', cell: ({ created }) => formatTime(created) },
    ],
  });
}

/** Mail programs show plain markup in a sans-serif face too; what the mail styles itself goes over it. */
const mailClientDefaults = 'body { margin: 24px; font: 15px/1.6 system-ui, "Liberation Sans", sans-serif }';

function detail(port: StripePagesPort, mail: Mail): Html {
  const invoice = port.invoice(mail.invoice);
  const page = invoice?.hosted_invoice_url;
  // The frame runs no scripts and has no origin; its links open in a tab of their own, outside the sandbox.
  const framed = `<base target="_blank"><style>${mailClientDefaults}</style>${mail.html}`;
  return html`<p class="crumb"><a href="/mailbox">Mailbox</a></p>
    <header class="title">
      <h1>${mail.subject}</h1>
      <span class="actions">
        ${page && html`<a class="button primary" href="${new URL(page).pathname}">Open the invoice to pay it</a>`}
        ${invoice && html`<a class="button" href="/dashboard/invoices/${invoice.id}">Invoice in the dashboard</a>`}
      </span>
    </header>
    ${facts([
      ['From', mail.from],
      ['To', mail.to],
      ['Received', formatTime(mail.created)],
    ])}
    <iframe
      class="mail"
      title="The mail as the customer sees it"
      sandbox="allow-popups allow-popups-to-escape-sandbox"
      srcdoc="${framed}"
    ></iframe>
    ${section('Plain text', html`<pre class="plain" tabindex="0">${mail.text}</pre>`)}`;
}
