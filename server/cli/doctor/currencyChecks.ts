import Stripe from 'stripe';
import { currencyExponent } from '../../../sync/domain/money.ts';
import { isSyncFailure } from '../../../sync/failure.ts';
import { SalesforceOrg, type SalesforceCredentials } from '../../../sync/salesforce/connection.ts';
import { activeCurrencies } from '../../../sync/salesforce/orgCurrencies.ts';
import { openStripe, type StripeCredentials } from '../../../sync/stripe/client.ts';
import { CURRENCY_FIELD } from '../../../sync/domain/trackedFields.ts';
import { translateStripeError } from '../../../sync/stripe/translateError.ts';
import { checksOf, words, type Check } from './check.ts';

const WITH_AMOUNTS = ['Invoice__c', 'Invoice_Line__c', 'Payment_Confirmation__c', 'Credit_Note__c'];
const MANAGE = 'Setup > Company Settings > Manage Currencies';
// Their amounts are sent with two decimals that are always 0: see `sync/domain/money.ts`.
const WITHOUT_FRACTIONS = ['ISK', 'UGX'];

export interface CurrencyOptions {
  salesforce: SalesforceCredentials;
  stripe: StripeCredentials;
}

/**
 * Which currencies the org has, whether the engine may write them, and whether Stripe takes them. What cannot be reached at
 * all has been told by the other checks.
 */
export async function checkCurrencies({ salesforce, stripe }: CurrencyOptions): Promise<Check[]> {
  const { check, currencies } = await ofOrg(new SalesforceOrg(salesforce));
  return [...check, ...(await ofStripe(openStripe(stripe), currencies ?? []))];
}

interface Described {
  fields: {
    name: string;
    createable: boolean;
    updateable: boolean;
    picklistValues: { active: boolean; value: string }[];
  }[];
}

async function ofOrg(org: SalesforceOrg): Promise<{ check: Check[]; currencies: readonly string[] | null }> {
  const { ok, warning, failed } = checksOf('salesforce');
  const name = 'currencies';
  try {
    const described = await Promise.all(
      WITH_AMOUNTS.map((object) => org.request<Described>('GET', `/sobjects/${object}/describe`)),
    );
    const currencies = activeCurrencies(described[0]!.fields);
    if (!currencies)
      return { check: [ok(name, 'one; what each invoice is in, its Currency says')], currencies };
    const detail = `several: ${currencies.join(', ')}`;
    const lacking = WITH_AMOUNTS.filter((_, index) => {
      const field = described[index]!.fields.find((one) => one.name === CURRENCY_FIELD);
      return !field?.createable || !field.updateable;
    });
    if (lacking.length > 0) {
      const mend = `Let the integration user create and edit Currency ISO Code of these objects.`;
      return {
        check: [failed(name, { detail: `${detail}; may not be set on ${lacking.join(', ')}`, mend })],
        currencies,
      };
    }
    const coarse = await tooCoarse(org);
    if (coarse.length === 0) return { check: [ok(name, detail)], currencies };
    const found = {
      detail: `${detail}; shown with too few decimals: ${coarse.join(', ')}`,
      mend: `Give them the decimals of the currency (${MANAGE}).`,
    };
    return { check: [warning(name, found)], currencies };
  } catch (error) {
    if (!isSyncFailure(error)) throw error;
    return {
      check: [
        warning(name, { detail: words(error), mend: 'Mend what the other checks say, then look again.' }),
      ],
      currencies: null,
    };
  }
}

/** Currencies that the org shows with fewer decimals than their amounts have. */
async function tooCoarse(org: SalesforceOrg): Promise<string[]> {
  const types = await org.query<{ IsoCode: string; DecimalPlaces: number }>(
    'SELECT IsoCode, DecimalPlaces FROM CurrencyType WHERE IsActive = true ORDER BY IsoCode',
  );
  return types
    .filter(
      ({ IsoCode: code, DecimalPlaces: places }) =>
        !WITHOUT_FRACTIONS.includes(code) && places < currencyExponent(code),
    )
    .map(({ IsoCode: code, DecimalPlaces: places }) => `${code} (${places} of ${currencyExponent(code)})`);
}

async function ofStripe(stripe: Stripe, inOrg: readonly string[]): Promise<Check[]> {
  const { ok, warning } = checksOf('stripe');
  const name = 'currencies';
  try {
    const account = await stripe.accounts.retrieveCurrent();
    const [balance, country] = await Promise.all([
      stripe.balance.retrieve(),
      stripe.countrySpecs.retrieve(account.country ?? 'US'),
    ]);
    const settled = new Set(balance.available.map(({ currency }) => currency.toUpperCase()));
    if (account.default_currency) settled.add(account.default_currency.toUpperCase());
    const taken = country.supported_payment_currencies;
    const detail = `settles in ${[...settled].join(', ')}; customers can pay in ${taken.length} currencies`;
    const others = inOrg.filter((code) => !taken.includes(code.toLowerCase()));
    if (others.length === 0) return [ok(name, detail)];
    const mend = `Leave them out of invoices, or deactivate them in the org (${MANAGE}).`;
    return [warning(name, { detail: `${detail}, but not in ${others.join(', ')} of the org`, mend })];
  } catch (error) {
    // A restricted key may do all the engine needs without being allowed to look at these.
    if (error instanceof Stripe.errors.StripePermissionError)
      return [ok(name, 'not known: the key may not read the account, its balance or its country')];
    const detail = words(translateStripeError(error, 'read-stripe'));
    return [warning(name, { detail, mend: 'Try again; Stripe did not say which currencies it takes.' })];
  }
}
