import type Stripe from 'stripe';
import type { CustomerTerms } from '../domain/customer.ts';
import type { SyncEntity } from '../domain/entity.ts';
import type { InvoiceTerms } from '../domain/invoice.ts';
import type { ProductTerms } from '../domain/product.ts';
import { accountZone } from './accountZone.ts';
import { termsOfCustomer, type CustomerTermsSource } from './customers.ts';
import { termsOfProduct, type ProductTermsSource } from './products.ts';
import { termsOfInvoice, type InvoiceTermsSource } from './readInvoice.ts';

type Attributes = Record<string, unknown>;

/**
 * Of which attributes of Stripe's each term is made. Of a discount an event names the id alone, of which Stripe tells
 * nothing any more once it is replaced.
 */
const ATTRIBUTES = {
  invoice: {
    description: ['description'],
    dueDate: ['due_date'],
    paymentTerms: ['metadata'],
    finalizeOn: ['auto_advance', 'automatically_finalizes_at', 'status'],
    footer: ['footer'],
    customFields: ['custom_fields'],
    taxRate: ['default_tax_rates'],
  } satisfies TermAttributes<Omit<InvoiceTerms, 'discount'>>,
  customer: {
    name: ['name'],
    email: ['email'],
    phone: ['phone'],
    address: ['address'],
  } satisfies TermAttributes<CustomerTerms>,
  product: {
    name: ['name'],
    description: ['description'],
    active: ['active'],
  } satisfies TermAttributes<ProductTerms>,
};

type TermAttributes<T> = Record<keyof T, string[]>;
type Told = keyof typeof ATTRIBUTES;

/** Of metadata no more than this is anybody's business here. */
const OUR_METADATA = ['payment_terms'];

const isTold = (entity: string): entity is Told => entity in ATTRIBUTES;

/**
 * What an event says stood there before the write that caused it, of the attributes that terms are made of and that the write
 * has changed; undefined for an event without an idempotency key, or about something else. `previous_attributes` goes into
 * hashes and names only the keys that changed there, the others are as they are now; arrays are given whole
 * (https://docs.stripe.com/changelog/2017-05-25/events-previous-attributes-render-complete-sub-array).
 */
export function toldBefore({
  type,
  request,
  data,
}: Stripe.Event): { key: string; before: Attributes } | undefined {
  const key = request?.idempotency_key;
  const [entity, what] = type.split('.') as [string, string];
  if (!key || what !== 'updated' || !isTold(entity)) return undefined;
  const previous = (data.previous_attributes ?? {}) as Attributes;
  const now = data.object as unknown as Attributes;
  const changed = Object.values(ATTRIBUTES[entity]).filter((names) => names.some((name) => name in previous));
  const before = [...new Set(changed.flat())].flatMap((name) => {
    const value = name in previous ? asBefore(previous[name], now[name]) : now[name];
    return value === undefined ? [] : [[name, essential(name, value)] as const];
  });
  return { key, before: Object.fromEntries(before) };
}

const asBefore = (previous: unknown, now: unknown): unknown =>
  isHash(previous) && isHash(now) ? { ...now, ...previous } : previous;

const isHash = (value: unknown): value is Attributes =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function essential(name: string, value: unknown): unknown {
  if (name === 'metadata' && isHash(value))
    return Object.fromEntries(OUR_METADATA.map((key) => [key, value[key] ?? null]));
  return name === 'default_tax_rates' && Array.isArray(value)
    ? value.map((rate: string | { id: string }) => ({ id: typeof rate === 'string' ? rate : rate.id }))
    : value;
}

/** The same as terms: those of which the event says all, as an event of another version of Stripe's API may not. */
export async function termsBefore<T extends object>(
  stripe: Stripe,
  entity: SyncEntity,
  before: Attributes,
): Promise<Partial<T>> {
  if (!isTold(entity)) return {};
  const said = Object.entries(ATTRIBUTES[entity]).flatMap(([term, names]) =>
    names.every((name) => name in before) ? [term] : [],
  );
  if (said.length === 0) return {};
  const terms: Attributes = { ...(await read(stripe, entity, before)) };
  return Object.fromEntries(said.map((term) => [term, terms[term]])) as Partial<T>;
}

async function read(stripe: Stripe, entity: Told, before: Attributes): Promise<object> {
  switch (entity) {
    case 'invoice': {
      const source = { ...BLANK_INVOICE, ...before } as InvoiceTermsSource;
      return termsOfInvoice(source, await accountZone(stripe));
    }
    case 'customer':
      return termsOfCustomer(before as unknown as CustomerTermsSource);
    case 'product':
      return termsOfProduct(before as unknown as ProductTermsSource);
  }
}

const BLANK_INVOICE: Partial<InvoiceTermsSource> = {
  due_date: null,
  description: null,
  footer: null,
  default_tax_rates: [],
};
