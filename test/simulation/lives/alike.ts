import type Stripe from 'stripe';
import { toMajorUnits } from '../../../sync/domain/money.ts';
import { paymentState } from '../../../sync/domain/paymentState.ts';
import { NOT_COUNTED } from '../../../sync/stripe/linkMetadata.ts';
import type { OrgRecord } from '../../integration/orgUser.ts';
import type { World } from '../../integration/world.ts';
import type { InStripe } from './inStripe.ts';
import { linesDiffer } from './linesAlike.ts';

const PAGE = 200;

const FIELDS =
  'Id, Name, Stripe_Invoice_Id__c, Stripe_Subscription_Id__c, Status__c, Payment_State__c, Currency__c, Description__c, Footer__c, ' +
  'Subtotal__c, Discount__c, Tax__c, Total__c, Total_Excluding_Tax__c, Balance_Applied__c, Amount_Due__c, Amount_Paid__c, ' +
  'Amount_Refunded__c, Amount_Remaining__c, Number__c, Hosted_Invoice_Url__c, Invoice_Pdf_Url__c, Due_At__c, Finalized_At__c, ' +
  'Paid_At__c, Revision_Of__r.Stripe_Invoice_Id__c, Payment_Link_Status__c, Sync_Status__c, Sync_Error__c';
const LINE_FIELDS =
  'Id, Stripe_Line_Id__c, Description__c, Quantity__c, Quantity_Exact__c, Unit_Price__c, Unit_Price_Exact__c, Amount__c';

/**
 * Compares all invoices of the two systems as each shows them, field by field and line by line, by Stripe's own fields and
 * without the product's reading of them; returns what differs.
 */
export async function differencesOf(world: World, inStripe: InStripe): Promise<string[]> {
  const hasCurrencies = (await world.admin.query('SELECT Id FROM CurrencyType').catch(() => [])).length > 0;
  const found: string[] = [];
  const seen = new Set<string>();
  for await (const record of recordsOf(world, hasCurrencies)) {
    const stripeId = String(record.Stripe_Invoice_Id__c);
    const invoice = inStripe.invoices.get(stripeId);
    if (!invoice) found.push(`${record.Name as string} is in the org alone: ${JSON.stringify(record)}`);
    else if (seen.has(stripeId)) found.push(`${stripeId} is in the org twice`);
    else
      found.push(
        ...between(record, invoice, inStripe),
        ...(hasCurrencies ? inAnotherCurrency(record, invoice) : []),
      );
    seen.add(stripeId);
  }
  for (const [id, { status, customer }] of inStripe.invoices)
    if (!seen.has(id)) found.push(`${id} of ${String(customer)}, ${status}, is in Stripe alone`);
  return found;
}

/** Of the record and its lines, in an org with several currencies. */
function inAnotherCurrency(record: OrgRecord, { id, currency }: Stripe.Invoice): string[] {
  const lines = (record.Invoice_Lines__r as { records: OrgRecord[] } | null)?.records ?? [];
  return [record, ...lines]
    .filter(({ CurrencyIsoCode: code }) => code !== currency.toUpperCase())
    .map(
      (one) =>
        `${id} (${one.Id}): its record is in ${JSON.stringify(one.CurrencyIsoCode)} and not in ${currency}`,
    );
}

async function* recordsOf(world: World, hasCurrencies: boolean): AsyncGenerator<OrgRecord> {
  const code = hasCurrencies ? ', CurrencyIsoCode' : '';
  let after = '000000000000000AAA';
  for (;;) {
    const page = await world.admin.query(
      `SELECT ${FIELDS}${code}, (SELECT ${LINE_FIELDS}${code} FROM Invoice_Lines__r) ` +
        `FROM Invoice__c WHERE Id > '${after}' ORDER BY Id LIMIT ${PAGE}`,
    );
    yield* page;
    if (page.length < PAGE) return;
    after = page.at(-1)!.Id;
  }
}

function between(record: OrgRecord, invoice: Stripe.Invoice, inStripe: InStripe): string[] {
  const wanted = wantedOf(invoice, inStripe);
  const differing = Object.entries(wanted)
    .filter(([field, value]) => JSON.stringify(valueOf(record, field)) !== JSON.stringify(value ?? null))
    .map(
      ([field, value]) =>
        `${field} is ${JSON.stringify(valueOf(record, field))} and not ${JSON.stringify(value)}`,
    );
  const lines = (record.Invoice_Lines__r as { records: OrgRecord[] } | null)?.records ?? [];
  differing.push(...linesDiffer(lines, invoice));
  if (record.Sync_Status__c !== 'Synced' && record.Sync_Status__c !== 'Conflict')
    differing.push(`it is ${JSON.stringify(record.Sync_Status__c)}`);
  if ((record.Sync_Status__c === 'Synced') !== (record.Sync_Error__c === null))
    differing.push(
      `it is ${String(record.Sync_Status__c)} with the words ${JSON.stringify(record.Sync_Error__c)}`,
    );
  return differing.map((words) => `${invoice.id} (${record.Id}): ${words}`);
}

/** Times are compared by the second, whatever a side writes behind it. */
function valueOf(record: OrgRecord, field: string): unknown {
  if (field === 'Revision_Of__r')
    return (record.Revision_Of__r as OrgRecord | null)?.Stripe_Invoice_Id__c ?? null;
  const value = record[field] ?? null;
  if (field === 'Hosted_Invoice_Url__c') return withoutRenewal(value as string | null);
  return /_At__c$/.test(field) && value !== null ? Date.parse(String(value)) / 1000 : value;
}

/** Whoever retrieves the invoice shortly before its address expires gets a newer one. */
const withoutRenewal = (url: string | null) => url?.replace(/-\d+-[0-9a-f]{32}$/, '') ?? null;

function wantedOf(invoice: Stripe.Invoice, inStripe: InStripe): Record<string, unknown> {
  const money = (minor: number) => toMajorUnits(minor, invoice.currency);
  const sum = (amounts: { amount: number }[] | null) =>
    (amounts ?? []).reduce((total, { amount }) => total + amount, 0);
  const isDraft = invoice.status === 'draft';
  // A draft's moves with the customer's balance in Stripe, of which the invoice has no event.
  const [due, remaining] = isDraft
    ? [Math.max(invoice.total, 0), Math.max(invoice.total, 0)]
    : [invoice.amount_due, invoice.amount_remaining];
  const refunded = refundedOf(invoice.id, inStripe);
  const linked = inStripe.links.filter(({ metadata }) => metadata.stripe_invoice_id === invoice.id);
  return {
    Status__c: invoice.status!.charAt(0).toUpperCase() + invoice.status!.slice(1),
    Payment_State__c: stateOf(invoice, { inStripe, refunded }),
    Stripe_Subscription_Id__c: invoice.parent?.subscription_details?.subscription ?? null,
    Currency__c: invoice.currency.toUpperCase(),
    Description__c: invoice.description || null,
    Footer__c: invoice.footer || null,
    Subtotal__c: money(invoice.subtotal),
    Discount__c: money(sum(invoice.total_discount_amounts)),
    Tax__c: money(sum(invoice.total_taxes)),
    Total__c: money(invoice.total),
    Total_Excluding_Tax__c: money(invoice.total_excluding_tax ?? invoice.total),
    Balance_Applied__c: isDraft ? 0 : money((invoice.ending_balance ?? 0) - invoice.starting_balance),
    Amount_Due__c: money(due),
    Amount_Paid__c: money(invoice.amount_paid),
    Amount_Refunded__c: money(refunded),
    Amount_Remaining__c: money(remaining),
    Number__c: invoice.number,
    Hosted_Invoice_Url__c: withoutRenewal(invoice.hosted_invoice_url ?? null),
    Due_At__c: invoice.due_date,
    Finalized_At__c: invoice.status_transitions.finalized_at,
    Paid_At__c: invoice.status_transitions.paid_at,
    Revision_Of__r: invoice.from_invoice?.action === 'revision' ? String(invoice.from_invoice.invoice) : null,
    ...(linked.length === 0 && { Payment_Link_Status__c: 'Not Created' }),
    ...(linked.some(({ active }) => active) && { Payment_Link_Status__c: 'Pending Payment' }),
  };
}

/** The third place where the state is worked out: the engine's own rule, by what Stripe has. */
function stateOf(
  invoice: Stripe.Invoice,
  { inStripe, refunded }: { inStripe: InStripe; refunded: number },
): string {
  const { status, amount_paid, due_date, attempt_count, next_payment_attempt } = invoice;
  const iso = (seconds: number | null) => (seconds === null ? null : new Date(seconds * 1000).toISOString());
  return paymentState(
    {
      status: status as 'open',
      amountPaid: amount_paid,
      amountRefunded: refunded,
      dueAt: iso(due_date),
      nextRetryAt: attempt_count > 0 ? iso(next_payment_attempt) : null,
      isPaymentProcessing: inStripe.processing.has(invoice.id),
    },
    new Date().toISOString(),
  );
}

function refundedOf(invoice: string, { paid, refunds, standFor }: InStripe): number {
  const intents = new Set(
    (paid.get(invoice) ?? []).map(
      ({ payment }) => payment.payment_intent ?? standFor.get(String(payment.payment_record)),
    ),
  );
  return (
    refunds
      .filter(({ payment_intent }) => payment_intent !== null && intents.has(String(payment_intent)))
      // What a link was paid too much of never counted.
      .filter(({ metadata }) => !metadata?.[NOT_COUNTED])
      .reduce((sum, { amount }) => sum + amount, 0)
  );
}
