import { invalidParameter } from '../api/errors.ts';
import { metadata } from '../api/commonRules.ts';
import { notInSandbox } from '../api/parameters.ts';
import { clearable, flag, hash, integer, list, oneOf, required, text, timestamp } from '../api/rules.ts';
import type { Rule } from '../api/rules.ts';
import { discountRules } from '../discounts/discounts.ts';
import { accountTaxIds } from '../taxes/taxIds.ts';
import { taxRateIds } from '../taxes/taxRates.ts';

/** Taxes are not computed here, so only "no" can be said. */
const automaticTax: Rule<{ enabled: boolean }> = {
  read(value, name) {
    const given = hash({ enabled: required(flag) }, ['liability']).read(value, name);
    if (given.enabled) throw notInSandbox(`${name}[enabled]`);
    return given;
  },
};

const paymentMethodTypes: Rule<string[]> = {
  read(value, name) {
    const types = list(text()).read(value, name);
    if (types.some((type) => type !== 'card' && type !== 'us_bank_account'))
      throw invalidParameter(
        `The sandbox Stripe takes cards and bank debits only; '${name}' may hold 'card' and 'us_bank_account' (real Stripe has more).`,
        name,
        'sandbox_unsupported',
      );
    return types;
  },
};

/** What both the creation and the update of an invoice take. */
export const invoiceRules = {
  account_tax_ids: accountTaxIds,
  auto_advance: flag,
  automatic_tax: automaticTax,
  automatically_finalizes_at: timestamp,
  collection_method: oneOf('charge_automatically', 'send_invoice'),
  custom_fields: clearable(
    list(hash({ name: required(text({ max: 40 })), value: required(text({ max: 140 })) }), { max: 4 }),
  ),
  days_until_due: integer({ min: 0 }),
  default_payment_method: clearable(text()),
  default_tax_rates: taxRateIds,
  description: clearable(text({ max: 1500 })),
  discounts: discountRules,
  due_date: timestamp,
  effective_at: clearable(timestamp),
  footer: clearable(text({ max: 5000 })),
  metadata,
  number: clearable(text({ max: 26 })),
  payment_settings: hash({ payment_method_types: clearable(paymentMethodTypes) }, [
    'default_mandate',
    'payment_method_options',
  ]),
  rendering: hash(
    {
      amount_tax_display: clearable(oneOf('exclude_tax', 'include_inclusive_tax')),
      pdf: hash({ page_size: oneOf('a4', 'auto', 'letter') }),
    },
    ['template', 'template_version'],
  ),
  statement_descriptor: clearable(text({ max: 22 })),
};

export const unsupportedInInvoices = [
  ...['application_fee_amount', 'customer_account'],
  ...['default_source', 'issuer', 'on_behalf_of', 'shipping_cost'],
  ...['shipping_details', 'subscription', 'transfer_data'],
];
