import { Router } from 'express';
import type Stripe from 'stripe';
import { formatTime } from '../dates.ts';
import { html } from '../html.ts';
import { formatUnitPrice } from '../money.ts';
import type { StripePagesPort } from '../port.ts';
import { shell } from '../shell.ts';
import { dashboardPage } from './dashboardPage.ts';
import { sliceOf, table } from './table.ts';

export function productSection(port: StripePagesPort): Router {
  const router = Router();

  router.get('/dashboard/products', ({ query }, response) => {
    const { rows, pager } = sliceOf(port.products(), query.page);
    const prices = Map.groupBy(port.prices(), ({ product }) =>
      typeof product === 'string' ? product : product.id,
    );
    const content = html`<h1>Products</h1>
      ${table({
        rows,
        empty: 'No products yet.',
        columns: [
          { title: 'Product', cell: ({ name }) => html`<strong>${name}</strong>` },
          { title: 'Prices', cell: ({ id }) => (prices.get(id) ?? []).map(priceText).join(', ') || '—' },
          { title: 'Active', cell: ({ active }) => (active ? 'Yes' : 'Archived') },
          { title: 'Id', cell: ({ id }) => html`<code>${id}</code>` },
          { title: 'Created', cell: ({ created }) => formatTime(created) },
        ],
      })}
      ${pager}`;
    response.send(shell(dashboardPage(port, { section: 'Products', title: 'Products', content })));
  });

  return router;
}

function priceText(price: Stripe.Price): string {
  const amount = price.unit_amount_decimal ?? price.unit_amount;
  const text = amount === null ? 'Chosen by the customer' : formatUnitPrice(String(amount), price.currency);
  const interval = price.recurring ? ` / ${price.recurring.interval}` : '';
  return `${text}${interval}${price.active ? '' : ' (archived)'}`;
}
