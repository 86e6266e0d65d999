import type Stripe from 'stripe';
import { toMajorUnits } from '../../../sync/domain/money.ts';
import type { OrgRecord } from '../../integration/orgUser.ts';
import type { World } from '../../integration/world.ts';

const PAGE = 200;

/**
 * Compares all invoices of the two systems as each shows them, by Stripe's own fields and without the product's reading of
 * them; returns what differs. Payments and credit notes the product's audit compares.
 */
export async function differencesOf(world: World): Promise<string[]> {
  const invoices = new Map<string, Stripe.Invoice>();
  for await (const invoice of world.stripe.invoices.list({ limit: 100 })) invoices.set(invoice.id, invoice);
  const hasCurrencies = (await world.admin.query('SELECT Id FROM CurrencyType').catch(() => [])).length > 0;
  const found: string[] = [];
  const seen = new Set<string>();
  for await (const record of recordsOf(world, hasCurrencies)) {
    const stripeId = String(record.Stripe_Invoice_Id__c);
    const invoice = invoices.get(stripeId);
    if (!invoice) found.push(`${record.Name as string} is in the org alone: ${JSON.stringify(record)}`);
    else if (seen.has(stripeId)) found.push(`${stripeId} is in the org twice`);
    else
      found.push(...between(record, invoice), ...(hasCurrencies ? inAnotherCurrency(record, invoice) : []));
    seen.add(stripeId);
  }
  for (const id of invoices.keys()) if (!seen.has(id)) found.push(`${id} is in Stripe alone`);
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
      'SELECT Id, Name, Stripe_Invoice_Id__c, Status__c, Payment_State__c, Currency__c, Total__c, Amount_Due__c, Amount_Paid__c, ' +
        `Amount_Remaining__c, Number__c, Sync_Status__c, Sync_Error__c${code}, ` +
        `(SELECT Id, Amount__c${code} FROM Invoice_Lines__r) ` +
        `FROM Invoice__c WHERE Id > '${after}' ORDER BY Id LIMIT ${PAGE}`,
    );
    yield* page;
    if (page.length < PAGE) return;
    after = page.at(-1)!.Id;
  }
}

function between(record: OrgRecord, invoice: Stripe.Invoice): string[] {
  const money = (minor: number) => toMajorUnits(minor, invoice.currency);
  // A draft's moves with the customer's balance in Stripe, of which the invoice has no event.
  const [due, remaining] =
    invoice.status === 'draft'
      ? [Math.max(invoice.total, 0), Math.max(invoice.total, 0)]
      : [invoice.amount_due, invoice.amount_remaining];
  const lines = (record.Invoice_Lines__r as { records: { Amount__c: number }[] } | null)?.records ?? [];
  const cents = (amounts: number[]) =>
    amounts.map((amount) => Math.round(amount * 1000)).sort((a, b) => a - b);
  const wanted: Record<string, unknown> = {
    Status__c: invoice.status!.charAt(0).toUpperCase() + invoice.status!.slice(1),
    Currency__c: invoice.currency.toUpperCase(),
    Total__c: money(invoice.total),
    Amount_Due__c: money(due),
    Amount_Paid__c: money(invoice.amount_paid),
    Amount_Remaining__c: money(remaining),
    Number__c: invoice.number,
  };
  const differing = Object.entries(wanted)
    .filter(([field, value]) => (record[field] ?? null) !== value)
    .map(([field, value]) => `${field} is ${JSON.stringify(record[field])} and not ${JSON.stringify(value)}`);
  const inOrg = cents(lines.map(({ Amount__c }) => Amount__c));
  const inStripe = cents(invoice.lines.data.map(({ amount }) => money(amount)));
  if (JSON.stringify(inOrg) !== JSON.stringify(inStripe))
    differing.push(`its lines come to ${JSON.stringify(inOrg)} and not ${JSON.stringify(inStripe)}`);
  if (record.Sync_Status__c !== 'Synced' && record.Sync_Status__c !== 'Conflict')
    differing.push(`it is ${JSON.stringify(record.Sync_Status__c)}: ${JSON.stringify(record.Sync_Error__c)}`);
  return differing.map((words) => `${invoice.id} (${record.Id}): ${words}`);
}
