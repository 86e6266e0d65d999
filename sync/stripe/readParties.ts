import Stripe from 'stripe';
import { countryName } from '../domain/country.ts';
import { isMissing } from './translateError.ts';

/** Who stands on a paper: a name, and below it the lines of an address and how to reach them. */
export interface Party {
  name: string;
  lines: string[];
}

/** The business as it presents itself; with a key that may not read its account, as its invoices name it. */
export async function readSender(stripe: Stripe, newest: Stripe.Invoice | undefined): Promise<Party> {
  try {
    const { business_profile: profile, company, settings, email } = await stripe.accounts.retrieveCurrent();
    const name = profile?.name || company?.name || settings?.dashboard.display_name || newest?.account_name;
    const address = addressLines(profile?.support_address ?? company?.address ?? null);
    const reach = [profile?.support_email ?? email, profile?.support_phone, profile?.url];
    return { name: name ?? '', lines: [...address, ...reach.flatMap((line) => line || [])] };
  } catch (error) {
    if (!(error instanceof Stripe.errors.StripePermissionError)) throw error;
    return { name: newest?.account_name ?? '', lines: [] };
  }
}

/** The customer as it is now; one that was deleted in Stripe as its newest invoice shows it. */
export async function readReceiver(
  stripe: Stripe,
  id: string,
  newest: Stripe.Invoice | undefined,
): Promise<Party> {
  const customer = await customerOrNull(stripe, id);
  const { name, address, email } = customer ?? {
    name: newest?.customer_name,
    address: newest?.customer_address,
    email: newest?.customer_email,
  };
  return { name: name || email || id, lines: addressLines(address ?? null) };
}

async function customerOrNull(stripe: Stripe, id: string): Promise<Stripe.Customer | null> {
  try {
    const customer = await stripe.customers.retrieve(id);
    return customer.deleted ? null : customer;
  } catch (error) {
    if (isMissing(error)) return null;
    throw error;
  }
}

/** Where the postal code stands behind the state; elsewhere it stands before the town. */
const CODE_LAST = new Set(['US', 'CA', 'AU', 'GB', 'IE', 'IN', 'NZ', 'SG']);

function addressLines(address: Pick<Stripe.Address, keyof Stripe.Address> | null): string[] {
  if (!address) return [];
  const { line1, line2, city, state, postal_code: code, country } = address;
  const region = CODE_LAST.has(country ?? '')
    ? [city, [state, code].filter(Boolean).join(' ')].filter(Boolean).join(', ')
    : [[code, city].filter(Boolean).join(' '), state].filter(Boolean).join(', ');
  return [line1, line2, region, countryName(country)].flatMap((line) => line || []);
}
