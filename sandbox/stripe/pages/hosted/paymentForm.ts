import { html, type Html } from '../html.ts';
import type { CardField } from './readCard.ts';

/** What is left of a submission that did not pay. The card itself is never part of it. */
export interface FormState {
  billingName?: string;
  email?: string;
  problems?: Partial<Record<CardField | 'email', string>>;
  /** Why the card was not charged, in Stripe's words. */
  alert?: string;
}

export interface Payable {
  /** As it is to be read. */
  amount: string;
  /** Asks for the e-mail address too, where nobody knows the buyer yet. */
  asksEmail?: boolean;
}

/** The card form. It posts to the page itself and works without JavaScript; `hosted.js` groups the digits. */
export function paymentForm({ amount, asksEmail }: Payable, form: FormState): Html {
  const { billingName, problems = {}, alert } = form;
  return html`<section class="card payment" aria-labelledby="payment-title">
    <h2 id="payment-title">Pay with card</h2>
    ${alert && html`<div class="alert" role="alert"><strong>Payment failed</strong> ${alert}</div>`}
    <form method="post" id="payment-form" novalidate>
      ${asksEmail && emailField(form)}
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

function emailField({ email, problems }: FormState): Html {
  const problem = problems?.email;
  const described = problem && html`aria-invalid="true" aria-describedby="email-problem"`;
  return html`<div class="field">
    <label for="email">Email</label>
    <input id="email" name="email" type="email" autocomplete="email" required value="${email}" ${described} />
    ${problem && html`<p class="problem" id="email-problem">${problem}</p>`}
  </div>`;
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
