import type { Call } from '../api/call.ts';
import { exclusiveParameters, invalidParameter, refused } from '../api/errors.ts';
import type { StoredInvoice } from '../wire.ts';

const DAY = 24 * 60 * 60;
const HOUR = 60 * 60;

export interface CollectionValues {
  auto_advance?: boolean | undefined;
  collection_method?: 'charge_automatically' | 'send_invoice' | undefined;
  days_until_due?: number | undefined;
  due_date?: number | undefined;
}

type Fields = Pick<
  StoredInvoice,
  'auto_advance' | 'automatically_finalizes_at' | 'collection_method' | 'due_date' | 'next_payment_attempt'
>;

/** How a draft is to be paid: who pays when, and whether Stripe moves it on by itself. */
export function collection(call: Call, values: CollectionValues, invoice: StoredInvoice): Fields {
  const method = values.collection_method ?? invoice.collection_method;
  const advance = values.auto_advance ?? invoice.auto_advance ?? false;
  return {
    auto_advance: advance,
    collection_method: method,
    due_date: method === 'send_invoice' ? dueDate(call, values, invoice) : noDueDate(values),
    // Recorded: one second more than the hour, and both are null again when auto_advance is turned off.
    automatically_finalizes_at: advance ? invoice.created + HOUR + 1 : null,
    next_payment_attempt: advance && method === 'charge_automatically' ? invoice.created + HOUR : null,
  };
}

function dueDate(call: Call, values: CollectionValues, invoice: StoredInvoice): number {
  const { days_until_due: days, due_date: date } = values;
  if (days !== undefined && date !== undefined)
    throw exclusiveParameters(['days_until_due', 'due_date'], 'days_until_due');
  if (date !== undefined && date <= call.sandbox.clock())
    throw invalidParameter('Invalid timestamp: must be an integer Unix timestamp in the future.', 'due_date');
  const due = date ?? (days === undefined ? invoice.due_date : invoice.created + days * DAY);
  if (due === null)
    throw invalidParameter(
      "If invoice collection method is 'send_invoice', you must specify 'due_date' or 'days_until_due'.",
    );
  return due;
}

function noDueDate(values: CollectionValues): null {
  if (values.days_until_due !== undefined || values.due_date !== undefined)
    throw invalidParameter(
      "You can only specify 'due_date' or 'days_until_due' if invoice collection method is 'send_invoice'.",
    );
  return null;
}

/** Stripe says so when the draft is made, not only when it is sent. */
export function refuseWithoutEmail(
  call: Call,
  invoice: Pick<StoredInvoice, 'customer' | 'collection_method'>,
): void {
  if (invoice.collection_method === 'send_invoice' && !call.sandbox.customers.get(invoice.customer)?.email)
    throw refused(
      'Missing email. In order to create invoices that are sent to the customer, the customer must have a valid email.',
    );
}
