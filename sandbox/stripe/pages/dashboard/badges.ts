import type Stripe from 'stripe';
import { html, type Html } from '../html.ts';
import type { Delivery, StripePagesPort } from '../port.ts';

type Tone = 'green' | 'blue' | 'grey' | 'red' | 'amber';

function badge(text: string, tone: Tone): Html {
  return html`<span class="badge ${tone}">${text}</span>`;
}

/** The words of Stripe's dashboard: "Past due" is no status of the API but an open invoice that is late. */
export function invoiceBadge(port: StripePagesPort, invoice: Stripe.Invoice): Html {
  switch (invoice.status) {
    case 'draft':
      return badge('Draft', 'grey');
    case 'open':
      return port.isLate(invoice) ? badge('Past due', 'red') : badge('Open', 'blue');
    case 'paid':
      return badge('Paid', 'green');
    case 'uncollectible':
      return badge('Uncollectible', 'amber');
    case 'void':
      return badge('Void', 'grey');
    default:
      return badge(String(invoice.status), 'grey');
  }
}

const deliveryTones: Record<Delivery['status'], Tone> = {
  pending: 'blue',
  held: 'amber',
  succeeded: 'green',
  failed: 'red',
  dropped: 'grey',
};

export function deliveryBadge({ status, httpStatus }: Delivery): Html {
  const word = status.slice(0, 1).toUpperCase() + status.slice(1);
  return badge(httpStatus === null ? word : `${word} · ${httpStatus}`, deliveryTones[status]);
}
