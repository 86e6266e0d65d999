import type { Call } from '../api/call.ts';
import { address, changedMetadata, inRange, metadata, pageRules, timeRange } from '../api/commonRules.ts';
import { invalidParameter, missingReference, resourceMissing } from '../api/errors.ts';
import { given } from '../api/given.ts';
import { page } from '../api/pagination.ts';
import type { Values } from '../api/parameters.ts';
import { route } from '../api/route.ts';
import { clearable, hash, integer, list, oneOf, required, text } from '../api/rules.ts';
import type { Rule } from '../api/rules.ts';
import { recordBalanceChange } from '../balance/balanceTransaction.ts';
import { newId, newInvoicePrefix } from '../ids.ts';
import type { Sandbox } from '../sandbox.ts';
import { addTaxId, taxIdData, taxIdsOf } from '../taxes/taxIds.ts';
import { emit, emitChange } from '../webhooks/events.ts';
import type { Customer } from '../wire.ts';

/** Stripe refuses what has no @ between two parts; it does not check more. */
const email: Rule<string> = {
  read(value, name) {
    const given = text({ max: 512 }).read(value, name);
    if (!/^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(given))
      throw invalidParameter(`Invalid email address: ${given}`, name, 'email_invalid');
    return given;
  },
};

const shipping = hash({
  address: required(address),
  name: required(text()),
  phone: clearable(text({ max: 20 })),
});

export const customerRules = {
  address: clearable(address),
  balance: integer(),
  description: clearable(text()),
  email: clearable(email),
  invoice_prefix: clearable(text({ max: 12 })),
  invoice_settings: hash(
    {
      custom_fields: clearable(
        list(hash({ name: required(text({ max: 40 })), value: required(text({ max: 140 })) }), { max: 4 }),
      ),
      default_payment_method: clearable(text()),
      footer: clearable(text()),
    },
    ['rendering_options'],
  ),
  metadata,
  name: clearable(text({ max: 256 })),
  next_invoice_sequence: integer({ min: 1 }),
  phone: clearable(text({ max: 20 })),
  preferred_locales: list(text()),
  shipping: clearable(shipping),
  tax_exempt: clearable(oneOf('none', 'exempt', 'reverse')),
};

const unsupported = [
  ...[
    'business_name',
    'cash_balance',
    'default_source',
    'individual_name',
    'payment_method',
    'source',
    'tax',
  ],
  ...['validate'],
];

export const customerRoutes = [
  route('POST', '/v1/customers', {
    parameters: { ...customerRules, tax_id_data: taxIdData, test_clock: text() },
    unsupported,
    run(call, { tax_id_data: taxIds = [], ...values }) {
      const customer = createCustomer(call, values);
      for (const one of taxIds) addTaxId(call, customer.id, one);
      return customer;
    },
  }),
  route('GET', '/v1/customers/:customer', {
    parameters: {},
    run: (call) => showCustomerOrDeleted(call.sandbox, id(call)) ?? missing(call),
  }),
  route('POST', '/v1/customers/:customer', { parameters: customerRules, unsupported, run: updateCustomer }),
  route('DELETE', '/v1/customers/:customer', { parameters: {}, run: deleteCustomer }),
  route('GET', '/v1/customers', {
    parameters: { ...pageRules, created: timeRange, email: text({ max: 512 }), test_clock: text() },
    run({ sandbox }, values) {
      return page(sandbox.by.anyCustomer.all('').reverse(), values, {
        url: '/v1/customers',
        kind: 'customer',
        show: (one) => one,
        matches: (one) =>
          inRange(one.created, values.created) &&
          // "The response will not include customers with test clocks if this parameter is not set."
          (values.test_clock ?? null) === one.test_clock &&
          (values.email === undefined || one.email === values.email),
      });
    },
  }),
];

export function createCustomer(
  call: Call,
  {
    test_clock: clock,
    ...values
  }: Partial<Values<typeof customerRules>> & { test_clock?: string | undefined },
): Customer {
  const { sandbox } = call;
  if (clock !== undefined && !sandbox.testClocks.get(clock))
    throw missingReference('test clock', clock, 'test_clock');
  const blank: Customer = {
    id: newId('cus'),
    object: 'customer',
    address: null,
    balance: 0,
    created: sandbox.clock(),
    currency: null,
    customer_account: null,
    default_source: null,
    delinquent: false,
    description: null,
    discount: null,
    email: null,
    invoice_prefix: newInvoicePrefix(),
    invoice_settings: {
      custom_fields: null,
      default_payment_method: null,
      footer: null,
      rendering_options: null,
    },
    livemode: false,
    metadata: {},
    name: null,
    next_invoice_sequence: 1,
    phone: null,
    preferred_locales: [],
    shipping: null,
    tax_exempt: 'none',
    test_clock: clock ?? null,
  };
  const customer = changed(blank, values);
  sandbox.customers.put(customer);
  if (customer.balance !== 0)
    recordBalanceChange(sandbox, blank, { amount: customer.balance, type: 'initial' });
  emit(call, 'customer.created', customer);
  return customer;
}

function updateCustomer(call: Call, values: Values<typeof customerRules>): object {
  const before = call.sandbox.customers.get(id(call)) ?? missing(call);
  const after = changed(before, values);
  if (after.balance !== before.balance)
    recordBalanceChange(call.sandbox, before, {
      amount: after.balance - before.balance,
      type: 'adjustment',
    });
  return saveCustomer(call, before, after);
}

/** Stores a changed customer; an update that changes nothing makes no event, as with Stripe. */
export function saveCustomer(call: Call, before: Customer, after: Customer): Customer {
  call.sandbox.customers.put(after);
  if (JSON.stringify(before) !== JSON.stringify(after))
    emitChange(call, 'customer.updated', { before: before, after: after });
  return after;
}

function changed(customer: Customer, values: Partial<Values<typeof customerRules>>): Customer {
  const { metadata: change, invoice_settings, ...plain } = values;
  const prefix = plain.invoice_prefix ?? customer.invoice_prefix;
  if (!/^[A-Z0-9]{3,12}$/.test(prefix))
    throw invalidParameter('Invoice prefixes must be 3-12 uppercase letters or numbers.', 'invoice_prefix');
  return {
    ...customer,
    ...given(plain),
    invoice_prefix: prefix,
    tax_exempt: plain.tax_exempt === null ? 'none' : (plain.tax_exempt ?? customer.tax_exempt),
    shipping: plain.shipping === undefined ? customer.shipping : shippingOf(plain.shipping),
    invoice_settings: { ...customer.invoice_settings, ...given(invoice_settings ?? {}) },
    metadata: changedMetadata(customer.metadata, change),
  };
}

function shippingOf(
  value: Values<{ shipping: typeof customerRules.shipping }>['shipping'],
): Customer['shipping'] {
  return value ? { address: value.address, name: value.name, phone: value.phone ?? null } : null;
}

/** Invoices stay, with their copies of the customer; pending items go, and cards are the customer's no more. */
function deleteCustomer(call: Call): object {
  const customer = call.sandbox.customers.get(id(call)) ?? missing(call);
  removeCustomer(call, customer);
  return deletedStub(customer.id);
}

export function removeCustomer(call: Call, customer: Customer): void {
  const { sandbox } = call;
  for (const item of sandbox.by.itemOfCustomer.all(customer.id))
    if (!item.invoice) sandbox.items.delete(item.id);
  for (const taxId of taxIdsOf(sandbox, customer.id)) sandbox.taxIds.delete(taxId.id);
  for (const method of sandbox.by.methodOfCustomer.all(customer.id))
    sandbox.paymentMethods.put({ ...method, customer: null });
  sandbox.customers.delete(customer.id);
  sandbox.deletedIds.put({ id: customer.id });
  emit(call, 'customer.deleted', customer);
}

/** Stripe still answers for deleted customers, with no more than their id. */
export function showCustomerOrDeleted(sandbox: Sandbox, customerId: string): object | undefined {
  const customer = sandbox.customers.get(customerId);
  if (customer) return customer;
  return sandbox.deletedIds.get(customerId) && deletedStub(customerId);
}

/** The customer that a parameter names. */
export function namedCustomer(sandbox: Sandbox, customerId: string): Customer {
  const customer = sandbox.customers.get(customerId);
  if (!customer) throw missingReference('customer', customerId, 'customer');
  return customer;
}

function deletedStub(customerId: string): object {
  return { id: customerId, object: 'customer', deleted: true };
}

function id(call: Call): string {
  return call.path['customer'] ?? '';
}

function missing(call: Call): never {
  throw resourceMissing('customer', id(call), 'id');
}
