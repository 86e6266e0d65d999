import { Router } from 'express';
import type Stripe from 'stripe';
import { formatShortDay, formatTime } from '../dates.ts';
import { html, type Html } from '../html.ts';
import { invoiceTotals, lineDiscounts, quantityOf, unitPriceOf } from '../invoiceFigures.ts';
import { formatMoney } from '../money.ts';
import type { PaperNames, StripePagesPort } from '../port.ts';
import { shell } from '../shell.ts';
import { invoiceBadge } from './badges.ts';
import { dashboardPage } from './dashboardPage.ts';
import { facts, jsonBlock, metadataTable, notFound, section } from './details.ts';
import { eventTimeline } from './events.ts';
import { sliceOf, table } from './table.ts';

const filters = ['draft', 'open', 'paid', 'uncollectible', 'void'];

export function invoiceSection(port: StripePagesPort): Router {
  const router = Router();

  router.get('/dashboard/invoices', ({ query }, response) => {
    const status = filters.includes(String(query.status)) ? String(query.status) : undefined;
    const all = port.invoices().filter((invoice) => !status || invoice.status === status);
    const { rows, pager } = sliceOf(all, query.page, status ? { status } : {});
    const content = html`<h1>Invoices</h1>
      ${statusFilter(status)} ${invoiceTable(rows, port)} ${pager}`;
    response.send(shell(dashboardPage(port, { section: 'Invoices', title: 'Invoices', content })));
  });

  router.get('/dashboard/invoices/:id', ({ params }, response) => {
    const invoice = port.invoice(params.id);
    const content = invoice ? detail(port, invoice) : notFound('invoice', params.id);
    const title = invoice?.number ?? params.id;
    response.status(invoice ? 200 : 404);
    response.send(shell(dashboardPage(port, { section: 'Invoices', title, content })));
  });

  return router;
}

function statusFilter(current: string | undefined): Html {
  const tab = (status: string | undefined, text: string) =>
    html`<a
      href="/dashboard/invoices${status && `?status=${status}`}"
      ${status === current && html`aria-current="page"`}
      >${text}</a
    >`;
  const names = filters.map((status) => tab(status, status.slice(0, 1).toUpperCase() + status.slice(1)));
  return html`<nav class="tabs" aria-label="Status">${tab(undefined, 'All invoices')}${names}</nav>`;
}

export function invoiceTable(invoices: Stripe.Invoice[], port: StripePagesPort): Html {
  return table({
    rows: invoices,
    empty: 'No invoices here. They appear as soon as one is made through the API.',
    href: ({ id }) => `/dashboard/invoices/${id}`,
    columns: [
      {
        title: 'Amount',
        number: true,
        cell: (one) => html`<strong>${formatMoney(one.total, one.currency)}</strong>`,
      },
      { title: 'Status', cell: (one) => invoiceBadge(port, one) },
      { title: 'Number', cell: ({ number }) => number ?? '—' },
      { title: 'Customer', cell: (one) => one.customer_name ?? one.customer_email ?? '—' },
      {
        title: 'Due',
        cell: ({ due_date }) => (due_date === null ? '—' : formatShortDay(due_date, port.timeZone)),
      },
      { title: 'Created', cell: ({ created }) => formatTime(created) },
    ],
  });
}

function detail(port: StripePagesPort, invoice: Stripe.Invoice): Html {
  const lines = port.lines(invoice.id);
  return html`<p class="crumb"><a href="/dashboard/invoices">Invoices</a></p>
    <header class="title">
      <h1>${formatMoney(invoice.total, invoice.currency)}</h1>
      ${invoiceBadge(port, invoice)}
      <span class="id"><code>${invoice.id}</code></span>
      ${actions(invoice)}
    </header>
    ${section('Summary', summary(invoice))} ${section('Lines', lineTable(invoice, lines, port.names))}
    ${section('Metadata', metadataTable(invoice.metadata))}
    ${section('Events', eventTimeline(port.events().filter((event) => concerns(event, invoice.id))))}
    <details class="raw">
      <summary>JSON</summary>
      ${jsonBlock(invoice)}
    </details>`;
}

function actions({ hosted_invoice_url: page, invoice_pdf: pdf }: Stripe.Invoice): Html | null {
  if (!page || !pdf) return null;
  return html`<span class="actions">
    <a class="button primary" href="${new URL(page).pathname}">Hosted invoice page</a>
    <a class="button" href="${new URL(pdf).pathname}">PDF</a>
  </span>`;
}

const taxStatuses: Record<string, string> = { exempt: 'Exempt', reverse: 'Reverse charge' };

function summary(invoice: Stripe.Invoice): Html {
  const customer = typeof invoice.customer === 'string' ? invoice.customer : invoice.customer?.id;
  const { finalized_at, paid_at, voided_at, marked_uncollectible_at } = invoice.status_transitions;
  const time = (seconds: number | null) => seconds !== null && formatTime(seconds);
  return facts([
    ['Number', invoice.number],
    [
      'Customer',
      customer && html`<a href="/dashboard/customers/${customer}">${invoice.customer_name ?? customer}</a>`,
    ],
    ['Billed to', invoice.customer_email],
    ['Memo', invoice.description],
    ...(invoice.custom_fields ?? []).map(({ name, value }): [string, string] => [name, value]),
    ['Footer', invoice.footer],
    ['Tax status', taxStatuses[invoice.customer_tax_exempt ?? '']],
    [
      'Collection',
      invoice.collection_method === 'send_invoice' ? 'Sent to the customer' : 'Charged automatically',
    ],
    ['Created', formatTime(invoice.created)],
    ['Due', time(invoice.due_date)],
    ['Finalized', time(finalized_at)],
    ['Paid', time(paid_at)],
    ['Voided', time(voided_at)],
    ['Uncollectible since', time(marked_uncollectible_at)],
    ['Attempts to pay', invoice.attempt_count],
  ]);
}

function lineTable(invoice: Stripe.Invoice, lines: Stripe.InvoiceLineItem[], names: PaperNames): Html {
  const money = (amount: number) => formatMoney(amount, invoice.currency);
  return html`${table({
      rows: lines,
      empty: 'No lines yet.',
      columns: [
        {
          title: 'Description',
          cell: (line) => [line.description ?? '—', ...lineDiscounts(line, names)].join(' · '),
        },
        { title: 'Qty', number: true, cell: quantityOf },
        { title: 'Unit price', number: true, cell: (line) => unitPriceOf(line) ?? '—' },
        { title: 'Amount', number: true, cell: ({ amount }) => money(amount) },
      ],
    })}
    <dl class="totals">
      ${invoiceTotals(invoice, names).map(
        ({ label, amount, strong }) =>
          html`<div class="${strong && 'strong'}">
            <dt>${label}</dt>
            <dd>${money(amount)}</dd>
          </div>`,
      )}
    </dl>`;
}

/** The events of the invoice itself and of what belongs to it, such as its payments and items. */
function concerns(event: Stripe.Event, invoiceId: string): boolean {
  const object = event.data.object as { id?: string; invoice?: unknown };
  return object.id === invoiceId || object.invoice === invoiceId;
}
