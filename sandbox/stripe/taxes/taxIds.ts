import type { Call } from '../api/call.ts';
import { pageRules } from '../api/commonRules.ts';
import { invalidParameter, missingReference, parameterMissing, resourceMissing } from '../api/errors.ts';
import { newestFirst, page } from '../api/pagination.ts';
import type { Values } from '../api/parameters.ts';
import { route } from '../api/route.ts';
import { clearable, hash, list, oneOf, required, text } from '../api/rules.ts';
import type { Rule } from '../api/rules.ts';
import { newId } from '../ids.ts';
import type { Sandbox } from '../sandbox.ts';
import { emit } from '../webhooks/events.ts';
import type { List, TaxId } from '../wire.ts';

/** `eu_vat`, `us_ein`, `au_abn`: a country or region and the kind of number. Which of them exist is not checked. */
const taxIdType: Rule<string> = {
  read(value, name) {
    const given = text().read(value, name);
    if (!/^[a-z]{2}_[a-z_]+$/.test(given)) throw invalidParameter(`Invalid ${name}: ${given}`, name);
    return given;
  },
};

const createRules = { type: required(taxIdType), value: required(text({ max: 255 })) };
const owner = hash({ type: required(oneOf('customer', 'self')), customer: text() }, [
  'account',
  'customer_account',
]);

/** The tax ids that a customer is made with. */
export const taxIdData = list(hash(createRules), { max: 5 });
/** The account's own tax ids that an invoice shows. */
export const accountTaxIds = clearable(list(text(), { max: 25 }));

export const taxIdRoutes = [
  route('POST', '/v1/customers/:customer/tax_ids', {
    parameters: createRules,
    run: (call, values) => addTaxId(call, customerInPath(call), values),
  }),
  route('GET', '/v1/customers/:customer/tax_ids', {
    parameters: pageRules,
    run: (call, values) => pageOf(call.sandbox, customerInPath(call), values),
  }),
  route('GET', '/v1/customers/:customer/tax_ids/:taxId', {
    parameters: {},
    run: (call) => found(call, customerInPath(call)),
  }),
  route('DELETE', '/v1/customers/:customer/tax_ids/:taxId', {
    parameters: {},
    run: (call) => removeTaxId(call, found(call, customerInPath(call))),
  }),
  route('POST', '/v1/tax_ids', {
    parameters: { ...createRules, owner },
    run: (call, values) => addTaxId(call, ownerOf(call.sandbox, values.owner), values),
  }),
  route('GET', '/v1/tax_ids', {
    parameters: { ...pageRules, owner },
    run: ({ sandbox }, values) => pageOf(sandbox, ownerOf(sandbox, values.owner), values),
  }),
  route('GET', '/v1/tax_ids/:taxId', { parameters: {}, run: (call) => found(call) }),
  route('DELETE', '/v1/tax_ids/:taxId', { parameters: {}, run: (call) => removeTaxId(call, found(call)) }),
];

/** The customer, or null for the account itself. */
function ownerOf(sandbox: Sandbox, given: Values<{ owner: typeof owner }>['owner']): string | null {
  if (!given || given.type === 'self') return null;
  if (given.customer === undefined) throw parameterMissing('owner[customer]');
  if (!sandbox.customers.get(given.customer))
    throw missingReference('customer', given.customer, 'owner[customer]');
  return given.customer;
}

export function addTaxId(
  call: Call,
  customer: string | null,
  { type, value }: { type: string; value: string },
): TaxId {
  const taxId: TaxId = {
    id: newId(customer ? 'txi' : 'atxi'),
    object: 'tax_id',
    country: countryOf(type, value),
    created: call.sandbox.clock(),
    customer,
    customer_account: null,
    livemode: false,
    owner: customer
      ? { customer, customer_account: null, type: 'customer' }
      : { customer_account: null, type: 'self' },
    type,
    value,
    verification: customer
      ? { status: verificationOf(type, value), verified_address: null, verified_name: null }
      : null,
  };
  call.sandbox.taxIds.put(taxId);
  if (customer) emit(call, 'customer.tax_id.created', taxId);
  return taxId;
}

/** The type begins with the country, but those of the European Union are one type. */
function countryOf(type: string, value: string): string {
  return (type.startsWith('eu_') ? value : type).slice(0, 2).toUpperCase();
}

/** docs.stripe.com/billing/customer/tax-ids: the values that stand for each outcome in test mode. */
function verificationOf(type: string, value: string): 'pending' | 'unavailable' | 'unverified' | 'verified' {
  if (!['au_abn', 'eu_vat', 'gb_vat'].includes(type)) return 'unavailable';
  if (value.endsWith('000000000')) return 'verified';
  return value.endsWith('111111111') ? 'unverified' : 'pending';
}

function removeTaxId(call: Call, taxId: TaxId): object {
  call.sandbox.taxIds.delete(taxId.id);
  if (taxId.customer) emit(call, 'customer.tax_id.deleted', taxId);
  return { id: taxId.id, object: 'tax_id', deleted: true };
}

export function taxIdsOf(sandbox: Sandbox, customer: string | null): TaxId[] {
  return newestFirst(sandbox.by.taxIdOfOwner.all(customer ?? 'self'));
}

/** As an invoice shows them: a draft follows the customer. */
export function customerTaxIds(sandbox: Sandbox, customer: string): { type: string; value: string }[] {
  return taxIdsOf(sandbox, customer)
    .reverse()
    .map(({ type, value }) => ({ type, value }));
}

/** Undefined leaves what is there, and null takes it away. */
export function namedAccountTaxIds(
  sandbox: Sandbox,
  ids: readonly string[] | null | undefined,
  current: string[] | null,
): string[] | null {
  if (!ids) return ids === undefined ? current : null;
  ids.forEach((id, index) => {
    if (sandbox.taxIds.get(id)?.customer !== null)
      throw missingReference('tax ID', id, `account_tax_ids[${index}]`);
  });
  return ids.length === 0 ? null : [...ids];
}

export function listOfTaxIds(sandbox: Sandbox, customer: string): List<TaxId> {
  const all = taxIdsOf(sandbox, customer);
  return {
    object: 'list',
    data: all.slice(0, 10),
    has_more: all.length > 10,
    url: `/v1/customers/${customer}/tax_ids`,
  };
}

function pageOf(sandbox: Sandbox, customer: string | null, values: Values<typeof pageRules>): object {
  const url = customer ? `/v1/customers/${customer}/tax_ids` : '/v1/tax_ids';
  return page(taxIdsOf(sandbox, customer), values, { url, kind: 'tax ID', show: (one) => one });
}

function customerInPath(call: Call): string {
  const id = call.path['customer'] ?? '';
  if (!call.sandbox.customers.get(id)) throw resourceMissing('customer', id, 'customer');
  return id;
}

function found(call: Call, customer?: string): TaxId {
  const id = call.path['taxId'] ?? '';
  const taxId = call.sandbox.taxIds.get(id);
  if (!taxId || (customer !== undefined && taxId.customer !== customer))
    throw resourceMissing('tax ID', id, 'id');
  return taxId;
}
