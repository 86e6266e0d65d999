import type Stripe from 'stripe';
import { formatDay } from '../dates.ts';
import { html, type Html } from '../html.ts';
import { formatMoney } from '../money.ts';
import type { StripePagesPort } from '../port.ts';
import type { Page } from '../shell.ts';
import { invoiceDetails } from './invoiceDetails.ts';
import { paymentForm, type FormState } from './paymentForm.ts';

/** The hosted invoice page, laid out as Stripe's: what is due on the left, how to pay it on the right. */
export function invoicePage(port: StripePagesPort, invoice: Stripe.Invoice, form: FormState): Page {
  const payable = invoice.status === 'open' || invoice.status === 'uncollectible';
  return {
    title: `Invoice ${invoice.number ?? ''} from ${port.accountName}`,
    styles: ['hosted'],
    script: 'hosted',
    body: html`<main class="hosted">
      <section class="card summary">
        <p class="seller">
          <span class="avatar" aria-hidden="true">${port.accountName.slice(0, 1)}</span>${port.accountName}
        </p>
        ${headline(port, invoice)}
        <dl class="parties">
          <dt>To</dt>
          <dd>${invoice.customer_name ?? invoice.customer_email}</dd>
          <dt>From</dt>
          <dd>${port.accountName}</dd>
          <dt>Invoice</dt>
          <dd>#${invoice.number}</dd>
          ${
            invoice.description &&
            html`<dt>Memo</dt>
              <dd class="memo">${invoice.description}</dd>`
          }
          ${(invoice.custom_fields ?? []).map(
            ({ name, value }) =>
              html`<dt>${name}</dt>
                <dd>${value}</dd>`,
          )}
        </dl>
        <p class="downloads">
          <a href="${invoice.invoice_pdf && new URL(invoice.invoice_pdf).pathname}" download
            >Download invoice PDF</a
          >
          ${
            invoice.status === 'paid' &&
            invoice.invoice_pdf &&
            html`<a href="${new URL(invoice.invoice_pdf).pathname}/receipt" download>Download receipt</a>`
          }
        </p>
        <details>
          <summary>View invoice details</summary>
          ${invoiceDetails(invoice, { lines: port.lines(invoice.id), names: port.names })}
        </details>
        ${invoice.footer && html`<p class="footer">${invoice.footer}</p>`}
      </section>
      ${payable && paymentForm({ amount: formatMoney(invoice.amount_remaining, invoice.currency) }, form)}
    </main>`,
  };
}

function headline(port: StripePagesPort, invoice: Stripe.Invoice): Html {
  const remaining = formatMoney(invoice.amount_remaining, invoice.currency);
  switch (invoice.status) {
    case 'paid':
      return html`<div class="state paid" role="status">
        <span class="tick" aria-hidden="true">✓</span>
        <h1>Invoice paid</h1>
        <p class="amount">${formatMoney(invoice.total, invoice.currency)}</p>
        ${paidOn(port, invoice)}
      </div>`;
    case 'void':
      return html`<div class="state" role="status">
        <h1>Invoice voided</h1>
        <p class="amount struck">${formatMoney(invoice.total, invoice.currency)}</p>
        <p>This invoice can no longer be paid. ${revision(port, invoice)}</p>
      </div>`;
    case 'uncollectible':
      return html`<div class="state">
        <h1 class="amount">${remaining}</h1>
        <p class="late" role="status">
          ${port.accountName} no longer expects this invoice to be paid. You can still pay it here.
        </p>
      </div>`;
    default:
      return html`<div class="state">
        <h1 class="amount">${remaining}</h1>
        ${dueLine(port, invoice)}
      </div>`;
  }
}

function paidOn({ timeZone }: StripePagesPort, invoice: Stripe.Invoice): Html | null {
  const paidAt = invoice.status_transitions.paid_at;
  return paidAt === null ? null : html`<p>Payment date: <time>${formatDay(paidAt, timeZone)}</time></p>`;
}

function dueLine({ timeZone, isLate }: StripePagesPort, invoice: Stripe.Invoice): Html {
  const { due_date: due } = invoice;
  if (due === null) return html`<p>Due on receipt</p>`;
  return isLate(invoice)
    ? html`<p class="late">Past due: was due ${formatDay(due, timeZone)}</p>`
    : html`<p>Due ${formatDay(due, timeZone)}</p>`;
}

/** An invoice is also voided by being replaced: the newer one is a click away. */
function revision(port: StripePagesPort, invoice: Stripe.Invoice): Html {
  const { latest_revision: latest } = invoice;
  const newer = latest ? port.invoice(typeof latest === 'string' ? latest : latest.id) : undefined;
  return newer?.hosted_invoice_url && newer.id !== invoice.id
    ? html`<a href="${new URL(newer.hosted_invoice_url).pathname}"
        >Open invoice #${newer.number}, which replaces it.</a
      >`
    : html`If you think this is a mistake, ask ${port.accountName}.`;
}
