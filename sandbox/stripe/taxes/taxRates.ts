import type { Call } from '../api/call.ts';
import { changedMetadata, inRange, metadata, pageRules, timeRange } from '../api/commonRules.ts';
import { invalidParameter, missingReference, refused, resourceMissing } from '../api/errors.ts';
import { given } from '../api/given.ts';
import { newestFirst, page } from '../api/pagination.ts';
import type { Values } from '../api/parameters.ts';
import { route } from '../api/route.ts';
import { clearable, flag, fraction, list, oneOf, required, text } from '../api/rules.ts';
import { newId } from '../ids.ts';
import { saveItem } from '../invoices/items.ts';
import type { Sandbox } from '../sandbox.ts';
import { emit, emitChange } from '../webhooks/events.ts';
import type { TaxRate } from '../wire.ts';

const described = {
  active: flag,
  country: text(),
  description: text(),
  jurisdiction: text({ max: 50 }),
  metadata,
  state: text(),
  tax_type: oneOf(
    ...([
      'admissions_tax',
      'amusement_tax',
      'attendance_tax',
      'communications_tax',
      'digital_excise_tax',
      'entertainment_tax',
      'get_fund',
    ] as const),
    ...(['gross_receipts_tax', 'gst', 'hospitality_tax', 'hst', 'igst', 'jct', 'lease_tax'] as const),
    ...([
      'luxury_tax',
      'mass_transit_parking_tax',
      'nhil',
      'parking_tax',
      'pst',
      'qst',
      'resort_tax',
    ] as const),
    ...([
      'retail_delivery_fee',
      'rst',
      'sales_tax',
      'service_tax',
      'tourism_tax',
      'utility_users_tax',
      'vat',
    ] as const),
  ),
};
const createRules = {
  ...described,
  display_name: required(text({ max: 50 })),
  inclusive: required(flag),
  percentage: required(fraction({ max: 100, places: 4 })),
};
/** "You can't change the percentage [...] properties after you set them": those are no parameters here. */
const updateRules = { ...described, display_name: text({ max: 50 }) };

/** docs.stripe.com/billing/taxes/tax-rates: "You can set up to five tax rates per line item." */
export const taxRateIds = clearable(list(text(), { max: 5 }));

export const taxRateRoutes = [
  route('POST', '/v1/tax_rates', { parameters: createRules, run: createTaxRate }),
  route('GET', '/v1/tax_rates/:rate', { parameters: {}, run: (call) => found(call) }),
  route('POST', '/v1/tax_rates/:rate', { parameters: updateRules, run: updateTaxRate }),
  route('GET', '/v1/tax_rates', {
    parameters: { ...pageRules, active: flag, created: timeRange, inclusive: flag },
    run({ sandbox }, values) {
      return page(newestFirst(sandbox.taxRates.values()), values, {
        url: '/v1/tax_rates',
        kind: 'tax rate',
        show: (rate) => rate,
        matches: (rate) =>
          inRange(rate.created, values.created) &&
          (values.active ?? rate.active) === rate.active &&
          (values.inclusive ?? rate.inclusive) === rate.inclusive,
      });
    },
  }),
];

function createTaxRate(call: Call, values: Values<typeof createRules>): object {
  const { country = null, description = null, jurisdiction = null, state = null, tax_type = null } = values;
  const { display_name, inclusive, percentage, active = true } = values;
  const rate: TaxRate = {
    id: newId('txr'),
    object: 'tax_rate',
    active,
    country,
    created: call.sandbox.clock(),
    description,
    display_name,
    // Of rates that Stripe Tax works out; these are the merchant's own.
    effective_percentage: null,
    flat_amount: null,
    inclusive,
    jurisdiction,
    jurisdiction_level: null,
    livemode: false,
    metadata: changedMetadata({}, values.metadata),
    percentage,
    rate_type: 'percentage',
    state,
    tax_type,
  };
  call.sandbox.taxRates.put(rate);
  emit(call, 'tax_rate.created', rate);
  return rate;
}

function updateTaxRate(call: Call, values: Values<typeof updateRules>): object {
  const before = found(call);
  const after: TaxRate = {
    ...before,
    ...given(values),
    metadata: changedMetadata(before.metadata, values.metadata),
  };
  if (JSON.stringify(before) === JSON.stringify(after)) return before;
  call.sandbox.taxRates.put(after);
  renameInDrafts(call.sandbox, after);
  emitChange(call, 'tax_rate.updated', { before, after });
  return after;
}

/** What is not finalized yet shows the rate as it is now. */
function renameInDrafts(sandbox: Sandbox, rate: TaxRate): void {
  const renamed = (rates: readonly TaxRate[]) => rates.map((one) => (one.id === rate.id ? rate : one));
  const uses = (rates: readonly TaxRate[]) => rates.some((one) => one.id === rate.id);
  for (const item of [...sandbox.items.values()]) {
    const open = item.invoice === null || sandbox.invoices.get(item.invoice)?.status === 'draft';
    if (open && uses(item.tax_rates)) saveItem(sandbox, { ...item, tax_rates: renamed(item.tax_rates) });
  }
  for (const invoice of [...sandbox.invoices.values()])
    if (invoice.status === 'draft' && uses(invoice.default_tax_rates))
      sandbox.invoices.put({ ...invoice, default_tax_rates: renamed(invoice.default_tax_rates) });
}

/** The rates that a parameter names; undefined leaves what is there, and null takes it away. */
export function namedTaxRates(
  sandbox: Sandbox,
  ids: readonly string[] | null | undefined,
  { current, param }: { current: TaxRate[]; param: string },
): TaxRate[] {
  if (ids === undefined) return current;
  const named = (ids ?? []).map((id, index) => {
    const rate = sandbox.taxRates.get(id);
    if (!rate) throw missingReference('tax rate', id, `${param}[${index}]`);
    if (!rate.active && !current.some((one) => one.id === id))
      throw refused(`The tax rate ${id} is archived and cannot be added. Use one that is active.`, {
        param: `${param}[${index}]`,
      });
    return rate;
  });
  if (new Set(named).size < named.length)
    throw invalidParameter('The same tax rate cannot be applied twice.', param);
  return named;
}

function found(call: Call): TaxRate {
  const id = call.path['rate'] ?? '';
  const rate = call.sandbox.taxRates.get(id);
  if (!rate) throw resourceMissing('tax rate', id, 'tax_rate');
  return rate;
}
