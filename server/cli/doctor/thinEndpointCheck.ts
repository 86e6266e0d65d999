import type Stripe from 'stripe';
import { tellsWhose } from '../../../sync/inbox/receiveStripeEvent.ts';
import { translateStripeError } from '../../../sync/stripe/translateError.ts';
import { checksOf, words, type Check } from './check.ts';

const { ok, warning, failed } = checksOf('stripe');
const NAME = 'thin event destination';

/** Of the events that are needed those that a thin event suffices for. */
export const thinEvents = (needed: readonly string[]) => needed.filter((type) => tellsWhose(type));

/** The event destination of API v2 that sends to `/webhooks/stripe/thin`; only for those who have set its secret. */
export async function checkThinEndpoint(
  stripe: Stripe,
  { publicUrl, needed }: { publicUrl: string | undefined; needed: readonly string[] },
): Promise<Check> {
  const at = publicUrl && `${publicUrl.replace(/\/$/, '')}/webhooks/stripe/thin`;
  if (!at) {
    return warning(NAME, {
      detail: 'Which one is ours is not known.',
      mend: 'Say where Stripe reaches the web process: --url https://bridge.example.com, or PUBLIC_URL.',
    });
  }
  const destinations: Stripe.V2.Core.EventDestination[] = [];
  try {
    const list = stripe.v2.core.eventDestinations.list({ include: ['webhook_endpoint.url'] });
    for await (const destination of list) destinations.push(destination);
  } catch (error) {
    const detail = words(translateStripeError(error, 'read-stripe'));
    const mend =
      'Give the key read access to Event Destinations, or look at the destination in the Dashboard.';
    return warning(NAME, { detail, mend });
  }
  const ours = destinations.filter(({ webhook_endpoint: endpoint }) => endpoint?.url === at);
  const destination = ours.find(({ status }) => status === 'enabled') ?? ours[0];
  if (!destination) {
    return failed(NAME, {
      detail: `None of the ${destinations.length} destinations is ${at}.`,
      mend: 'Add it (Dashboard > Developers > Webhooks > Add destination, thin payload) and put its signing secret into STRIPE_THIN_WEBHOOK_SECRETS, or unset that.',
    });
  }
  return destinationAsItIs(destination, thinEvents(needed));
}

export function destinationAsItIs(
  { id, status, event_payload, enabled_events }: Stripe.V2.Core.EventDestination,
  needed: readonly string[],
): Check {
  if (status !== 'enabled')
    return failed(NAME, {
      detail: `${id} is ${status}.`,
      mend: 'Enable it (Dashboard > Developers > Webhooks).',
    });
  if (event_payload !== 'thin') {
    return failed(NAME, {
      detail: `${id} sends ${event_payload} events.`,
      mend: 'A destination keeps its kind: add another one with thin payload, or point this one to /webhooks/stripe.',
    });
  }
  const missing = enabled_events.includes('*')
    ? []
    : needed.filter((type) => !enabled_events.includes(`v1.${type}`));
  if (missing.length > 0) {
    return failed(NAME, {
      detail: `${id} lacks events: ${missing.map((type) => `v1.${type}`).join(', ')}.`,
      mend: 'Select them for the destination.',
    });
  }
  return ok(NAME, `${id} is enabled`);
}
