import { newId } from '../ids.ts';
import { formatDay } from '../pages/dates.ts';
import { formatMoney } from '../pages/money.ts';
import type { Mail } from '../pages/port.ts';
import type { Sandbox } from '../sandbox.ts';
import { billingSettings } from '../time/billingSettings.ts';
import type { ShownInvoice } from './invoiceObject.ts';

/** The mail that Stripe would send for this invoice, with the address where it is paid. */
export function composeInvoiceMail(sandbox: Sandbox, invoice: ShownInvoice): Mail {
  const { name } = sandbox.account;
  const amount = formatMoney(invoice.amount_due, invoice.currency);
  const due =
    invoice.due_date === null ? null : formatDay(invoice.due_date, billingSettings(sandbox).timeZone);
  const link = invoice.hosted_invoice_url ?? '';
  const pdf = invoice.invoice_pdf ?? '';
  const subject = `Invoice ${invoice.number ?? ''} from ${name}`;
  const sentences = [
    `${invoice.customer_name ?? 'Hello'},`,
    `${name} sent you invoice ${invoice.number ?? ''} for ${amount}${due ? `, due ${due}` : ''}.`,
    ...(invoice.description ? [invoice.description] : []),
  ];
  return {
    id: newId('mail'),
    to: invoice.customer_email ?? '',
    from: `${name} <invoices@sandbox.invalid>`,
    subject,
    text: [...sentences, `View and pay the invoice: ${link}`, `Download the invoice: ${pdf}`].join('\n\n'),
    html: [
      ...sentences.map((sentence) => `<p>${escaped(sentence)}</p>`),
      `<p><a href="${escaped(link)}">View and pay the invoice</a></p>`,
      `<p><a href="${escaped(pdf)}">Download the invoice</a></p>`,
    ].join('\n'),
    created: sandbox.clock(),
    invoice: invoice.id,
  };
}

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);
}
