import { randomInt } from 'node:crypto';

const LETTERS = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const CAPITALS = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ';

/** Customers, products and requests have 14 characters behind the prefix, everything else 24. */
const SHORT = new Set(['cus', 'prod', 'req']);

export function newId(prefix: string): string {
  return `${prefix}_${SHORT.has(prefix) ? random(LETTERS, 14) : `1${random(LETTERS, 23)}`}`;
}

/** The eight capitals that begin the numbers of one customer's invoices. */
export function newInvoicePrefix(): string {
  return random(CAPITALS, 8);
}

/** Of a coupon for which the merchant chose no id. */
export function newCouponId(): string {
  return random(LETTERS, 8);
}

/** Whoever knows it can see and pay the invoice, so it is long enough not to be guessed. */
export function newInvoiceToken(): string {
  return `test_${random(LETTERS, 40)}`;
}

export function newSecret(prefix: string): string {
  return `${prefix}_${random(LETTERS, 32)}`;
}

function random(alphabet: string, length: number): string {
  let text = '';
  for (let index = 0; index < length; index += 1) text += alphabet[randomInt(alphabet.length)];
  return text;
}

/** The end of a payment link's address: whoever knows it can pay. */
export function newLinkToken(): string {
  return `test_${random(LETTERS, 18)}`;
}

/** Sessions have longer ids than everything else, as their addresses hold nothing but them. */
export function newSessionId(): string {
  return `cs_test_a1${random(LETTERS, 56)}`;
}
