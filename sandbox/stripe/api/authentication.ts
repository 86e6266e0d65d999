import { timingSafeEqual } from 'node:crypto';
import { StripeError, invalidParameter } from './errors.ts';

/** The secret key as Bearer or as the user of Basic, as Stripe takes it. */
export function authenticate(header: string | undefined, secretKeys: readonly string[]): void {
  const key = keyIn(header);
  if (!key)
    throw unauthorized(
      "You did not provide an API key. You need to provide your API key in the Authorization header, using Bearer auth (e.g. 'Authorization: Bearer YOUR_SECRET_KEY'). See https://stripe.com/docs/api#authentication for details, or we can help at https://support.stripe.com/.",
    );
  if (!secretKeys.some((known) => same(known, key)))
    throw unauthorized(`Invalid API Key provided: ${masked(key)}`);
}

/** Stripe's versions look like 2026-10-28.endive, and before 2024-09-30 like 2024-06-20. */
export function checkVersion(version: string | undefined): void {
  if (version !== undefined && !/^\d{4}-\d{2}-\d{2}(\.[a-z]+)?$/.test(version))
    throw invalidParameter(`Invalid Stripe API version: ${version}`);
}

function keyIn(header: string | undefined): string | undefined {
  const [scheme = '', value = ''] = (header ?? '').split(' ');
  if (scheme.toLowerCase() === 'bearer') return value || undefined;
  if (scheme.toLowerCase() !== 'basic') return undefined;
  return Buffer.from(value, 'base64').toString().split(':')[0] || undefined;
}

function same(known: string, given: string): boolean {
  const [a, b] = [Buffer.from(known), Buffer.from(given)];
  return a.length === b.length && timingSafeEqual(a, b);
}

function masked(key: string): string {
  const prefix = /^[a-z]+_(test|live)_/.exec(key)?.[0] ?? '';
  return `${prefix}${'*'.repeat(Math.max(0, key.length - prefix.length - 4))}${key.slice(-4)}`;
}

function unauthorized(message: string): StripeError {
  return new StripeError(401, { type: 'invalid_request_error', message });
}
