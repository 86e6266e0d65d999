import type { Card } from '../port.ts';

export type CardField = 'cardNumber' | 'cardExpiry' | 'cardCvc';
export type CardReading = { card: Card } | { problems: Partial<Record<CardField, string>> };

/** Reads the fields of the payment form. The words of the problems are those of Stripe's own form. */
export function readCard(form: Record<string, unknown>, today: Date): CardReading {
  const number = digitsOf(form.cardNumber);
  const cvc = digitsOf(form.cardCvc);
  const expiry = readExpiry(textOf(form.cardExpiry));
  const problems: Partial<Record<CardField, string>> = {};

  if (number.length < 12) problems.cardNumber = 'Your card number is incomplete.';
  else if (number.length > 19 || !passesLuhn(number)) problems.cardNumber = 'Your card number is invalid.';
  if (!expiry) problems.cardExpiry = "Your card's expiration date is incomplete.";
  else if (isPast(expiry, today)) problems.cardExpiry = "Your card's expiration date is in the past.";
  if (cvc.length < 3 || cvc.length > 4) problems.cardCvc = "Your card's security code is incomplete.";

  if (!expiry || Object.keys(problems).length > 0) return { problems };
  const name = textOf(form.billingName).trim();
  return { card: { number, ...expiry, cvc, ...(name && { name }) } };
}

/** Takes "12 / 34", "12/34", "1234" and "12/2034". */
function readExpiry(text: string): { expMonth: number; expYear: number } | undefined {
  const [, month, year] = /^\s*(0?[1-9]|1[0-2])\s*\/?\s*(\d{4}|\d{2})\s*$/.exec(text) ?? [];
  if (!month || !year) return undefined;
  return { expMonth: Number(month), expYear: year.length === 2 ? 2000 + Number(year) : Number(year) };
}

/** A card can be used to the end of its month. */
function isPast({ expMonth, expYear }: { expMonth: number; expYear: number }, today: Date): boolean {
  return expYear * 12 + expMonth < today.getUTCFullYear() * 12 + today.getUTCMonth() + 1;
}

/** The check digit of ISO/IEC 7812, which every card number has. */
function passesLuhn(number: string): boolean {
  const sum = [...number].reverse().reduce((total, character, place) => {
    const digit = Number(character) * (place % 2 === 1 ? 2 : 1);
    return total + (digit > 9 ? digit - 9 : digit);
  }, 0);
  return sum % 10 === 0;
}

function digitsOf(value: unknown): string {
  return textOf(value).replace(/[\s-]/g, '').replace(/\D.*$/, '');
}

/** A repeated or nested field is not what the form sends. */
function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
