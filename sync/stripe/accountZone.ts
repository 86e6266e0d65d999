import Stripe from 'stripe';
import { dayIn, endOfDay, isZone, momentOf } from '../domain/civilDay.ts';
import { PermanentFailure } from '../failure.ts';
import { translateStripeError } from './translateError.ts';

interface Known {
  zone: Promise<string>;
  /** Milliseconds since 1970; from then on Stripe is asked again. Never where the zone was set by hand. */
  until: number;
}

// Who changes it in the Dashboard sees the days of Stripe's pages move at once, and ours within that time.
const KEPT_MS = 3_600_000;

const known = new WeakMap<Stripe, Known>();

/** Days are those of this zone, whatever the account says: for a key that may not read its account. */
export function useZone(stripe: Stripe, zone: string): void {
  known.set(stripe, { zone: Promise.resolve(zone), until: Infinity });
}

/** The time zone of the account, an IANA name: Stripe shows its invoices' days in it. Asked once an hour. */
export async function accountZone(stripe: Stripe): Promise<string> {
  const now = Date.now();
  const before = known.get(stripe);
  if (before && before.until > now) return before.zone;
  const zone = readZone(stripe);
  const asked = { zone, until: now + KEPT_MS };
  known.set(stripe, asked);
  // What is known goes on to hold while Stripe does not answer.
  zone.catch(
    () => known.get(stripe) === asked && (before ? known.set(stripe, before) : known.delete(stripe)),
  );
  return before ? zone.catch(() => before.zone) : zone;
}

async function readZone(stripe: Stripe): Promise<string> {
  try {
    const { settings } = await stripe.accounts.retrieveCurrent();
    const zone = settings?.dashboard.timezone ?? 'Etc/UTC';
    if (!isZone(zone))
      throw noZone(`Stripe names "${zone}" as the account's time zone, which this machine does not know.`);
    return zone;
  } catch (error) {
    if (error instanceof Stripe.errors.StripePermissionError)
      throw noZone("Stripe does not let our key read the account's time zone.", error);
    throw translateStripeError(error, 'read-stripe');
  }
}

/** The account's day at a moment. */
export const accountDay = async (stripe: Stripe, at: Date): Promise<string> =>
  dayIn(await accountZone(stripe), at.getTime() / 1000);

/** The last second of a day of the account, so that what is due today can still be paid in time today. */
export const lastSecondOf = async (stripe: Stripe, day: string): Promise<number> =>
  endOfDay(await accountZone(stripe), day);

// Few, so that a request that is repeated says the same: the first one is meant for all days but today.
const FINALIZES_AT_HOURS = [8, 12, 16, 20, 23];
// Stripe takes no time that has passed by when the request arrives.
const SOON_SECONDS = 300;

/** When Stripe shall finalize an invoice on a day of the account: in the morning, or today at the next of these hours. */
export async function finalizationOn(stripe: Stripe, day: string): Promise<number> {
  const zone = await accountZone(stripe);
  const soon = Date.now() / 1000 + SOON_SECONDS;
  const at = FINALIZES_AT_HOURS.map((hour) => momentOf(zone, day, hour)).find((moment) => moment >= soon);
  if (at !== undefined) return at;
  throw new PermanentFailure({
    code: 'finalize_in_the_past',
    stage: 'write-stripe',
    message: `Finalize And Send On is ${day}, which is over. Choose a later day, or clear it and send the invoice by hand.`,
  });
}

const noZone = (message: string, cause?: unknown) =>
  new PermanentFailure({
    code: 'no_time_zone',
    stage: 'read-stripe',
    message: `${message} Set STRIPE_TIME_ZONE, e.g. to Europe/Berlin, and start anew.`,
    cause,
  });
