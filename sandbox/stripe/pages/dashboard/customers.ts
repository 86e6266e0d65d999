import { Router } from 'express';
import type Stripe from 'stripe';
import { formatTime } from '../dates.ts';
import { html, type Html } from '../html.ts';
import { formatMoney } from '../money.ts';
import type { StripePagesPort } from '../port.ts';
import { shell } from '../shell.ts';
import { dashboardPage } from './dashboardPage.ts';
import { facts, jsonBlock, metadataTable, notFound, section } from './details.ts';
import { invoiceTable } from './invoices.ts';
import { sliceOf, table } from './table.ts';

export function customerSection(port: StripePagesPort): Router {
  const router = Router();

  router.get('/dashboard/customers', ({ query }, response) => {
    const { rows, pager } = sliceOf(port.customers(), query.page);
    const content = html`<h1>Customers</h1>
      ${customerTable(rows)} ${pager}`;
    response.send(shell(dashboardPage(port, { section: 'Customers', title: 'Customers', content })));
  });

  router.get('/dashboard/customers/:id', ({ params }, response) => {
    const customer = port.customer(params.id);
    const content = customer ? detail(port, customer) : notFound('customer', params.id);
    const title = customer?.name ?? params.id;
    response.status(customer ? 200 : 404);
    response.send(shell(dashboardPage(port, { section: 'Customers', title, content })));
  });

  return router;
}

function customerTable(customers: Stripe.Customer[]): Html {
  return table({
    rows: customers,
    empty: 'No customers yet.',
    href: ({ id }) => `/dashboard/customers/${id}`,
    columns: [
      { title: 'Customer', cell: (one) => html`<strong>${one.name ?? one.email ?? one.id}</strong>` },
      { title: 'Email', cell: ({ email }) => email ?? '—' },
      { title: 'Id', cell: ({ id }) => html`<code>${id}</code>` },
      { title: 'Created', cell: ({ created }) => formatTime(created) },
    ],
  });
}

function detail(port: StripePagesPort, customer: Stripe.Customer): Html {
  const invoices = port.invoices().filter((invoice) => customerOf(invoice) === customer.id);
  const currency = customer.currency ?? 'usd';
  return html`<p class="crumb"><a href="/dashboard/customers">Customers</a></p>
    <header class="title">
      <h1>${customer.name ?? customer.email ?? customer.id}</h1>
      <span class="id"><code>${customer.id}</code></span>
    </header>
    ${section(
      'Details',
      facts([
        ['Email', customer.email],
        ['Phone', customer.phone],
        ['Address', addressOf(customer)],
        ['Description', customer.description],
        ['Credit balance', customer.balance ? formatMoney(-customer.balance, currency) : null],
        ['Invoice prefix', customer.invoice_prefix],
        ['Created', formatTime(customer.created)],
      ]),
    )}
    ${section('Invoices', invoiceTable(invoices, port))}
    ${section('Metadata', metadataTable(customer.metadata))}
    <details class="raw">
      <summary>JSON</summary>
      ${jsonBlock(customer)}
    </details>`;
}

function customerOf({ customer }: Stripe.Invoice): string | undefined {
  return typeof customer === 'string' ? customer : customer?.id;
}

function addressOf({ address }: Stripe.Customer): string {
  const parts = [
    address?.line1,
    address?.line2,
    address?.postal_code,
    address?.city,
    address?.state,
    address?.country,
  ];
  return parts.filter(Boolean).join(', ');
}
