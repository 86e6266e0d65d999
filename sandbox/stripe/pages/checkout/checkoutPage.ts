import { paymentForm, type FormState } from '../hosted/paymentForm.ts';
import { html, type Html } from '../html.ts';
import { formatMoney } from '../money.ts';
import type { CheckoutView, StripePagesPort } from '../port.ts';
import type { Page } from '../shell.ts';

/** The page of an open session: what is bought on the left, how to pay it on the right. */
export function checkoutPage(port: StripePagesPort, view: CheckoutView, form: FormState): Page {
  const amount = formatMoney(view.amount, view.currency);
  return {
    title: `Pay ${port.accountName}`,
    styles: ['hosted'],
    script: 'hosted',
    body: html`<main class="hosted">
      <section class="card summary">
        <p class="seller">
          <span class="avatar" aria-hidden="true">${port.accountName.slice(0, 1)}</span>${port.accountName}
        </p>
        <div class="state"><h1 class="amount">${amount}</h1></div>
        ${lineTable(view)} ${view.email !== null && html`<p>Receipt to ${view.email}</p>`}
        ${view.cancelUrl !== null && html`<p><a href="${view.cancelUrl}">Back to ${port.accountName}</a></p>`}
      </section>
      ${paymentForm({ amount, asksEmail: view.email === null }, form)}
    </main>`,
  };
}

function lineTable({ lines, currency }: CheckoutView): Html {
  return html`<table class="lines">
    <thead>
      <tr>
        <th scope="col">Description</th>
        <th scope="col" class="number">Amount</th>
      </tr>
    </thead>
    <tbody>
      ${lines.map(
        ({ description, quantity, amount }) =>
          html`<tr>
            <td>${description} <span class="quantity">Qty ${quantity}</span></td>
            <td class="number">${formatMoney(amount, currency)}</td>
          </tr>`,
      )}
    </tbody>
  </table>`;
}

/** After the payment: the merchant's words, or the way back to the merchant. */
export function completePage(port: StripePagesPort, view: CheckoutView): Page {
  return {
    title: 'Payment complete',
    styles: ['hosted'],
    body: html`<main class="notice">
      <div class="state paid" role="status">
        <span class="tick" aria-hidden="true">✓</span>
        <h1>Thanks for your payment</h1>
        <p>A payment of ${formatMoney(view.amount, view.currency)} to ${port.accountName} has been made.</p>
        ${view.complete.message !== null && html`<p>${view.complete.message}</p>`}
      </div>
      ${view.complete.url !== null && html`<p><a href="${view.complete.url}">Back to ${port.accountName}</a></p>`}
    </main>`,
  };
}

export function noticePage(title: string, words: string): Page {
  return {
    title,
    styles: ['hosted'],
    body: html`<main class="notice">
      <h1>${title}</h1>
      <p>${words}</p>
    </main>`,
  };
}
