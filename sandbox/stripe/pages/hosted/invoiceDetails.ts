import type Stripe from 'stripe';
import { html, type Html } from '../html.ts';
import { invoiceTotals, lineDiscounts, quantityOf, unitPriceOf } from '../invoiceFigures.ts';
import { formatMoney } from '../money.ts';
import type { PaperNames } from '../port.ts';

/** The lines and totals behind "View invoice details". */
export function invoiceDetails(
  invoice: Stripe.Invoice,
  { lines, names }: { lines: Stripe.InvoiceLineItem[]; names: PaperNames },
): Html {
  return html`<table class="lines">
    <thead>
      <tr>
        <th scope="col">Description</th>
        <th scope="col" class="number">Amount</th>
      </tr>
    </thead>
    <tbody>
      ${lines.map(
        (line) =>
          html`<tr>
            <td>
              ${line.description}
              <span class="quantity"
                >Qty ${quantityOf(line)}${unitPriceOf(line) && html` × ${unitPriceOf(line)}`}</span
              >
              ${lineDiscounts(line, names).map((words) => html`<span class="quantity">${words}</span>`)}
            </td>
            <td class="number">${formatMoney(line.amount, line.currency)}</td>
          </tr>`,
      )}
    </tbody>
    <tfoot>
      ${invoiceTotals(invoice, names).map(
        ({ label, amount, strong }) =>
          html`<tr class="${strong && 'strong'}">
            <th scope="row">${label}</th>
            <td class="number">${formatMoney(amount, invoice.currency)}</td>
          </tr>`,
      )}
    </tfoot>
  </table>`;
}
