import { supportedCurrencies } from '../currencies.ts';
import { resourceMissing } from '../api/errors.ts';
import { route } from '../api/route.ts';
import { sum } from '../money.ts';
import type { Sandbox } from '../sandbox.ts';
import { billingSettings } from '../time/billingSettings.ts';

export const accountRoutes = [
  route('GET', '/v1/account', { parameters: {}, run: ({ sandbox }) => showAccount(sandbox) }),
  route('GET', '/v1/accounts/:account', {
    parameters: {},
    run({ sandbox, path }) {
      const id = path['account'] ?? '';
      if (id !== sandbox.account.id) throw resourceMissing('account', id, 'account');
      return showAccount(sandbox);
    },
  }),
  route('GET', '/v1/country_specs/:country', {
    parameters: {},
    run({ path }) {
      const country = path['country'] ?? '';
      if (country !== COUNTRY) throw resourceMissing('country spec', country, 'country');
      return showCountry();
    },
  }),
  route('GET', '/v1/balance', { parameters: {}, run: ({ sandbox }) => showBalance(sandbox) }),
];

const COUNTRY = 'US';

/** What accounts of the country can do, with nothing about verification. */
function showCountry(): object {
  const nothing = { additional: [], minimum: [] };
  return {
    id: COUNTRY,
    object: 'country_spec',
    default_currency: 'usd',
    supported_bank_account_currencies: { usd: [COUNTRY] },
    supported_payment_currencies: supportedCurrencies(),
    supported_payment_methods: ['ach', 'card', 'stripe'],
    supported_transfer_countries: [COUNTRY],
    verification_fields: { company: nothing, individual: nothing },
  };
}

/** What the secret key belongs to. Only what Stripe always gives, and what names the account. */
function showAccount(sandbox: Sandbox): object {
  const { id, name, created } = sandbox.account;
  return {
    id,
    object: 'account',
    business_profile: {
      annual_revenue: null,
      mcc: null,
      minority_owned_business_designation: null,
      name,
      support_address: {
        city: 'Portland',
        country: 'US',
        line1: '12 Harbor Street',
        line2: null,
        postal_code: '97201',
        state: 'OR',
      },
      support_email: 'billing@sandbox.example',
      support_phone: null,
      support_url: null,
      url: null,
    },
    business_type: null,
    charges_enabled: true,
    country: COUNTRY,
    created,
    default_currency: 'usd',
    details_submitted: true,
    email: null,
    payouts_enabled: true,
    settings: {
      branding: { icon: null, logo: null, primary_color: null, secondary_color: null },
      card_payments: {
        statement_descriptor_prefix: null,
        statement_descriptor_prefix_kana: null,
        statement_descriptor_prefix_kanji: null,
      },
      dashboard: { display_name: name, timezone: billingSettings(sandbox).timeZone },
      payments: {
        statement_descriptor: null,
        statement_descriptor_kana: null,
        statement_descriptor_kanji: null,
        statement_descriptor_prefix_kana: null,
        statement_descriptor_prefix_kanji: null,
      },
    },
    type: 'standard',
  };
}

/** All that was charged and not refunded; the sandbox takes no fees and makes no payouts. */
function showBalance(sandbox: Sandbox): object {
  const taken = new Map<string, number[]>([['usd', []]]);
  for (const { status, currency, amount, amount_refunded: refunded } of sandbox.charges.values())
    if (status === 'succeeded') (taken.get(currency) ?? newEntry(taken, currency)).push(amount - refunded);
  const sums = [...taken].map(([currency, amounts]) => ({ currency, amount: sum(amounts) }));
  return {
    object: 'balance',
    available: sums.map(({ currency }) => ({ amount: 0, currency, source_types: { card: 0 } })),
    livemode: false,
    pending: sums.map(({ currency, amount }) => ({ amount, currency, source_types: { card: amount } })),
  };
}

function newEntry(map: Map<string, number[]>, key: string): number[] {
  const list: number[] = [];
  map.set(key, list);
  return list;
}
