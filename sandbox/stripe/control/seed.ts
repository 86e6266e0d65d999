import { randomBytes } from 'node:crypto';
import { setImmediate as breathe } from 'node:timers/promises';
import { ownCall } from '../api/call.ts';
import { readParameters } from '../api/parameters.ts';
import { createInvoice, createRules } from '../invoices/create.ts';
import { finalizeInvoice } from '../invoices/finalize.ts';
import { attach, makeItem } from '../invoices/items.ts';
import { lineAmount } from '../money.ts';
import { createCustomer, customerRules } from '../resources/customers.ts';
import { makePrice } from '../resources/makePrice.ts';
import { createProduct } from '../resources/products.ts';
import type { Sandbox } from '../sandbox.ts';
import type { Customer, Price, StoredInvoice, StoredLine } from '../wire.ts';

export interface SeedOrder {
  customers?: number;
  invoices?: number;
  /** How many of the invoices are paid, out of band; the others are open. */
  paid?: number;
}

export interface Seeded {
  customers: number;
  invoices: number;
  paid: number;
  currency: string;
  /** Of all invoices together, for whoever counts them again on the other side. */
  total: number;
  first: string;
  last: string;
}

interface Template {
  customer: Customer;
  invoice: StoredInvoice;
  line: StoredLine;
  price: Price;
}

const CURRENCY = 'usd';
const UNIT = '1999';
const MOST = 1_000_000;
/** Written in one transaction each, so that other calls are answered in between. */
const CHUNK = 1_000;
const DUE_SECONDS = 30 * 24 * 60 * 60;

/**
 * Many finalized invoices at once, without events, for measurements. One is made as any other and undone; the others
 * are copies of it that share what does not differ, which keeps each small.
 */
export async function seed(sandbox: Sandbox, order: SeedOrder): Promise<Seeded> {
  const { customers = 1, invoices = 0, paid = 0 } = order;
  for (const count of [customers, invoices, paid])
    if (!Number.isInteger(count) || count < 0 || count > MOST)
      throw new Error(`customers, invoices and paid are counts up to ${MOST}.`);
  if (customers === 0) throw new Error('Invoices need at least one customer.');
  const template = makeTemplate(sandbox);
  const batch = randomBytes(6).toString('hex');
  const made: Customer[] = [];
  await inChunks(sandbox, customers, (index) => {
    const customer = customerOf(template, { batch, index, owned: shareOf(invoices, customers, index) });
    sandbox.customers.put(customer);
    made.push(customer);
  });
  const now = sandbox.clock();
  let total = 0;
  await inChunks(sandbox, invoices, (index) => {
    const customer = made[index % customers]!;
    const place = { batch, index, created: now - (invoices - index), isPaid: index < paid };
    const { invoice, line } = invoiceOf(template, customer, {
      ...place,
      sequence: Math.floor(index / customers) + 1,
    });
    sandbox.invoices.put(invoice);
    sandbox.lines.put(line);
    total += invoice.total;
  });
  const id = (index: number) => (invoices === 0 ? '' : idOf('in', batch, index));
  const ends = { first: id(0), last: id(invoices - 1) };
  return { customers, invoices, paid: Math.min(paid, invoices), currency: CURRENCY, total, ...ends };
}

async function inChunks(sandbox: Sandbox, count: number, make: (index: number) => void): Promise<void> {
  for (let start = 0; start < count; start += CHUNK) {
    sandbox.store.transaction(() => {
      for (let index = start; index < Math.min(count, start + CHUNK); index += 1) make(index);
    });
    await breathe();
  }
}

/** Product and price stay; customer and invoice are undone together with their events. */
function makeTemplate(sandbox: Sandbox): Template {
  const product = createProduct(sandbox, { name: 'Seeded service' });
  const price = makePrice(sandbox, { product: product.id, currency: CURRENCY, unit: UNIT });
  const call = ownCall(sandbox);
  const attempt = sandbox.store.begin();
  try {
    const customer = createCustomer(
      call,
      readParameters(customerRules, { name: 'Seed', email: 'seed@seed.example' }),
    );
    const { id } = createInvoice(
      call,
      readParameters(createRules, {
        customer: customer.id,
        currency: CURRENCY,
        collection_method: 'send_invoice',
        days_until_due: '30',
      }),
    ) as { id: string };
    const item = makeItem(sandbox, {
      ...{ customer: customer.id, currency: CURRENCY, description: product.name, metadata: {} },
      ...{ period: undefined, discountable: undefined, priced: pricedAt(price, 1) },
    });
    const [line] = attach(sandbox, sandbox.invoices.get(id)!, [item]);
    const invoice = finalizeInvoice(call, sandbox.invoices.get(id)!);
    return { customer: sandbox.customers.get(customer.id)!, invoice, line: line!, price };
  } finally {
    attempt.rollback();
  }
}

function pricedAt(price: Price, quantity: number) {
  return {
    amount: lineAmount(String(quantity), UNIT),
    quantity,
    quantity_decimal: String(quantity),
    pricing: {
      type: 'price_details' as const,
      price_details: { price: price.id, product: price.product },
      unit_amount_decimal: UNIT,
    },
  };
}

function customerOf(
  template: Template,
  { batch, index, owned }: { batch: string; index: number; owned: number },
): Customer {
  const number = String(index + 1).padStart(6, '0');
  return {
    ...template.customer,
    id: idOf('cus', batch, index),
    name: `Seeded Customer ${batch} ${number}`,
    email: `billing+${batch}.${number}@seed.example`,
    invoice_prefix: `S${batch.slice(0, 5)}${index.toString(36).padStart(4, '0')}`.toUpperCase(),
    next_invoice_sequence: owned + 1,
  };
}

function invoiceOf(
  { invoice: like, line: likeLine }: Template,
  customer: Customer,
  place: { batch: string; index: number; sequence: number; created: number; isPaid: boolean },
): { invoice: StoredInvoice; line: StoredLine } {
  const { batch, index, sequence, created, isPaid } = place;
  const id = idOf('in', batch, index);
  const quantity = 1 + (index % 20);
  const total = lineAmount(String(quantity), UNIT);
  const remaining = isPaid ? 0 : total;
  const invoice: StoredInvoice = {
    ...like,
    id,
    amount_due: total,
    amount_paid: total - remaining,
    amount_remaining: remaining,
    created,
    customer: customer.id,
    customer_email: customer.email,
    customer_name: customer.name ?? null,
    due_date: created + DUE_SECONDS,
    effective_at: created,
    number: `${customer.invoice_prefix}-${String(sequence).padStart(4, '0')}`,
    period_end: created,
    period_start: created,
    status: isPaid ? 'paid' : 'open',
    status_transitions: {
      ...like.status_transitions,
      finalized_at: created,
      paid_at: isPaid ? created : null,
    },
    subtotal: total,
    subtotal_excluding_tax: total,
    token: `test_${randomBytes(20).toString('hex')}`,
    total,
    total_excluding_tax: total,
    webhooks_delivered_at: created,
  };
  // Without the invoice item that other lines come from: nothing can be edited here any more.
  const line: StoredLine = {
    ...likeLine,
    id: idOf('il', batch, index),
    amount: total,
    invoice: id,
    parent: null,
    quantity,
    quantity_decimal: String(quantity),
    subtotal: total,
  };
  return { invoice, line };
}

function shareOf(invoices: number, customers: number, index: number): number {
  return Math.floor(invoices / customers) + (index < invoices % customers ? 1 : 0);
}

function idOf(prefix: string, batch: string, index: number): string {
  const length = prefix === 'cus' ? 14 : 23;
  const start = prefix === 'cus' ? '' : '1';
  return `${prefix}_${start}${batch.slice(0, 8)}${index.toString(36).padStart(length - 8, '0')}`;
}
