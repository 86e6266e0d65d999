/**
 * How long a repeated request is safely known by its key: Stripe may forget a key 24 hours after its first use
 * (https://docs.stripe.com/api/idempotent_requests), and what comes later is then done once more.
 */
export const KEY_HOLDS_MS = 23 * 3_600_000;
