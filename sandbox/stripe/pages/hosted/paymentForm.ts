import type Stripe from 'stripe';
import { html, type Html } from '../html.ts';
import { formatMoney } from '../money.ts';
import type { CardField } from './readCard.ts';

/** What is left of a submission that did not pay. The card itself is never part of it. */
export interface FormState {
  billingName?: string;
  problems?: Partial<Record<CardField, string>>;
  /** Why the card was not charged, in Stripe's words. */
  alert?: string;
}

/** The card form. It posts to the page itself and works without JavaScript; `hosted.js` groups the digits. */
export function paymentForm(invoice: Stripe.Invoice, { billingName, problems = {}, alert }: FormState): Html {
  const amount = formatMoney(invoice.amount_remaining, invoice.currency);
  return html`<section class="card payment" aria-labelledby="payment-title">
    <h2 id="payment-title">Pay with card</h2>
    ${alert && html`<div class="alert" role="alert"><strong>Payment failed</strong> ${alert}</div>`}
    <form method="post" id="payment-form" novalidate>
      ${field({
        name: 'cardNumber',
        label: 'Card number',
        autocomplete: 'cc-number',
        placeholder: '1234 1234 1234 1234',
        problem: problems.cardNumber,
      })}
      <div class="pair">
        ${field({
          name: 'cardExpiry',
          label: 'Expiration',
          autocomplete: 'cc-exp',
          placeholder: 'MM / YY',
          problem: problems.cardExpiry,
        })}
        ${field({
          name: 'cardCvc',
          label: 'CVC',
          autocomplete: 'cc-csc',
          placeholder: 'CVC',
          problem: problems.cardCvc,
        })}
      </div>
      <div class="field">
        <label for="billingName">Name on card</label>
        <input
          id="billingName"
          name="billingName"
          type="text"
          autocomplete="cc-name"
          value="${billingName}"
        />
      </div>
      <button type="submit" id="pay">Pay ${amount}</button>
      <p class="hint">
        The card number stays in this one request: the sandbox keeps its last four digits at most.
      </p>
    </form>
  </section>`;
}

interface Field {
  name: CardField;
  label: string;
  autocomplete: string;
  placeholder: string;
  problem?: string | undefined;
}

function field({ name, label, autocomplete, placeholder, problem }: Field): Html {
  const described = problem && html`aria-invalid="true" aria-describedby="${name}-problem"`;
  return html`<div class="field">
    <label for="${name}">${label}</label>
    <input
      id="${name}"
      name="${name}"
      type="text"
      inputmode="numeric"
      autocomplete="${autocomplete}"
      placeholder="${placeholder}"
      required
      ${described}
    />
    ${problem && html`<p class="problem" id="${name}-problem">${problem}</p>`}
  </div>`;
}
