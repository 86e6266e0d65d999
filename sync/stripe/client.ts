import Stripe from 'stripe';
import type { Gate } from '../limits/gate.ts';
import { useZone } from './accountZone.ts';
import { gatedHttpClient } from './gatedHttpClient.ts';

/** Pinned in one place: what the client asks for and what webhook endpoints must be made with. */
export const STRIPE_API_VERSION = '2026-10-28.endive';

export interface StripeCredentials {
  secretKey: string;
  /** Another address than https://api.stripe.com, e.g. of a proxy. */
  apiBase?: string | undefined;
  /** Instead of the account's own time zone, an IANA name. */
  timeZone?: string | undefined;
}

/** Without a gate for what makes a call or two by hand, or none. */
export function openStripe({ secretKey, apiBase, timeZone }: StripeCredentials, gate?: Gate): Stripe {
  const address = apiBase ? new URL(apiBase) : undefined;
  const stripe = new Stripe(secretKey, {
    apiVersion: STRIPE_API_VERSION,
    appInfo: { name: 'Invoicebridge' },
    // The gate tries again where that may help, so that each try passes it.
    ...(gate ? { httpClient: gatedHttpClient(gate), maxNetworkRetries: 0 } : { maxNetworkRetries: 2 }),
    timeout: 20_000,
    ...(address && {
      protocol: address.protocol === 'http:' ? 'http' : 'https',
      host: address.hostname,
      port: address.port || (address.protocol === 'http:' ? 80 : 443),
    }),
  });
  if (timeZone) useZone(stripe, timeZone);
  return stripe;
}
