import { createHmac } from 'node:crypto';

/** The Stripe-Signature header: an HMAC over `t.payload` (docs.stripe.com/webhooks#verify-manually). */
export function signatureHeader(payload: string, secret: string, seconds: number): string {
  const v1 = createHmac('sha256', secret).update(`${seconds}.${payload}`).digest('hex');
  return `t=${seconds},v1=${v1}`;
}
