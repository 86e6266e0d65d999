import type { Call } from '../api/call.ts';
import { exclusiveParameters, invalidParameter, refused } from '../api/errors.ts';
import { DAY, HOUR } from '../time/sandboxTime.ts';
import type { StoredInvoice } from '../wire.ts';

/** "You can automatically finalize an invoice up to 5 years in the future": docs.stripe.com/invoicing/scheduled-finalization. */
const FARTHEST = 5 * 366 * DAY;

export interface CollectionValues {
  auto_advance?: boolean | undefined;
  automatically_finalizes_at?: number | undefined;
  collection_method?: 'charge_automatically' | 'send_invoice' | undefined;
  days_until_due?: number | undefined;
  due_date?: number | undefined;
}

type Fields = Pick<
  StoredInvoice,
  | 'auto_advance'
  | 'automatically_finalizes_at'
  | 'collection_method'
  | 'due_date'
  | 'next_payment_attempt'
  | 'scheduled'
>;

/** How a draft is to be paid: who pays when, and whether Stripe moves it on by itself. */
export function collection(call: Call, values: CollectionValues, invoice: StoredInvoice): Fields {
  const method = values.collection_method ?? invoice.collection_method;
  const advance = values.auto_advance ?? invoice.auto_advance ?? false;
  return {
    auto_advance: advance,
    collection_method: method,
    due_date: method === 'send_invoice' ? dueDate(call, values, invoice) : noDueDate(values),
    ...finalization(call, values, { invoice, advance, method }),
  };
}

function finalization(
  call: Call,
  values: CollectionValues,
  { invoice, advance, method }: { invoice: StoredInvoice; advance: boolean; method: string },
): Pick<Fields, 'automatically_finalizes_at' | 'next_payment_attempt' | 'scheduled'> {
  const chosen =
    chosenTime(call, values, advance) ?? (invoice.scheduled ? invoice.automatically_finalizes_at : null);
  // Recorded: both are null again when auto_advance is turned off.
  if (!advance) return { automatically_finalizes_at: null, next_payment_attempt: null, scheduled: false };
  const charged = method === 'charge_automatically';
  if (chosen !== null)
    return {
      automatically_finalizes_at: chosen,
      next_payment_attempt: charged ? chosen : null,
      scheduled: true,
    };
  return {
    // Recorded: one second more than the hour.
    automatically_finalizes_at: invoice.created + HOUR + 1,
    next_payment_attempt: charged ? invoice.created + HOUR : null,
    scheduled: false,
  };
}

function chosenTime(call: Call, values: CollectionValues, advance: boolean): number | null {
  const { automatically_finalizes_at: chosen } = values;
  const param = 'automatically_finalizes_at';
  if (chosen === undefined) return null;
  if (!advance)
    throw invalidParameter('You can only schedule the finalization of invoices with auto_advance.', param);
  const now = call.sandbox.clock();
  if (chosen <= now || chosen > now + FARTHEST)
    throw invalidParameter(
      'Invalid timestamp: must be an integer Unix timestamp in the future, at most 5 years ahead.',
      param,
    );
  return chosen;
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
