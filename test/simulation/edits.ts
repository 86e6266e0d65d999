import { randomUUID } from 'node:crypto';
import type Stripe from 'stripe';
import type { OrgRecord } from '../integration/orgUser.ts';
import { customerFields, lineFields, orgChange, productFields, termsFields, valueInOrg } from './fields.ts';
import type { CustomerField, LineField, ProductField, Side, TermsField } from './history.ts';
import { lineKey, noteEdit, type FieldValue, type InvoiceJournal, type Journal } from './journal.ts';
import { persistently } from './persistently.ts';
import type { Simulated } from './simulated.ts';

/** One field of one record, as it can be read and written on either side. */
export interface Editable {
  journal: Journal;
  key: string;
  /** What the side shows; undefined when it has no such record. */
  read(side: Side): Promise<unknown>;
  /** Written again after a lost answer, it is the same request. */
  write(side: Side, value: FieldValue, once: { idempotencyKey: string }): Promise<unknown>;
}

/** A person changes a field on one side. Returns whether the system took it. */
export async function edit(field: Editable, side: Side, value: FieldValue): Promise<boolean> {
  const before = await persistently(() => field.read(side));
  if (before === undefined) return false;
  const once = { idempotencyKey: randomUUID() };
  // The system may have taken it long before its answer is here.
  let at = 0;
  const done = await persistently(async () => {
    at = Date.now();
    await field.write(side, value, once);
    return true;
  });
  if (done) noteEdit(field.journal, field.key, { side, value, before, at });
  return done ?? false;
}

export function customerField(simulated: Simulated, journal: Journal, field: CustomerField): Editable {
  const { admin, stripe } = simulated.world;
  const stripeId = () => pairedId(simulated, journal);
  return pairField(
    simulated,
    { journal, object: 'Account', key: field, place: customerFields[field] },
    {
      read: async () => {
        const id = await stripeId();
        return id && customerFields[field].inStripe((await stripe.customers.retrieve(id)) as Stripe.Customer);
      },
      write: async (value, key) =>
        stripe.customers.update((await stripeId())!, { [field]: String(value) }, key),
      user: admin,
    },
  );
}

export function productField(simulated: Simulated, journal: Journal, field: ProductField): Editable {
  const { admin, stripe } = simulated.world;
  const stripeId = () => pairedId(simulated, journal);
  return pairField(
    simulated,
    { journal, object: 'Product2', key: field, place: productFields[field] },
    {
      read: async () => {
        const id = await stripeId();
        return id && productFields[field].inStripe(await stripe.products.retrieve(id));
      },
      write: async (value, key) =>
        stripe.products.update((await stripeId())!, { [field]: String(value) }, key),
      user: admin,
    },
  );
}

export function termsField(simulated: Simulated, journal: InvoiceJournal, field: TermsField): Editable {
  const { rep, stripe } = simulated.world;
  const stripeId = () => pairedId(simulated, journal);
  const place = termsFields[field];
  return pairField(
    simulated,
    { journal, object: 'Invoice__c', key: field, place },
    {
      read: async () => {
        const id = await stripeId();
        return id && place.inStripe(await stripe.invoices.retrieve(id));
      },
      write: async (value, key) =>
        stripe.invoices.update(
          (await stripeId())!,
          field === 'description'
            ? { description: String(value) }
            : { due_date: Date.parse(`${value}T12:00:00Z`) / 1000 },
          key,
        ),
      user: rep,
    },
  );
}

interface InStripe {
  read(): Promise<unknown>;
  write(value: FieldValue, once: Stripe.RequestOptions): Promise<unknown>;
  user: Simulated['world']['rep'];
}

function pairField<T>(
  simulated: Simulated,
  { journal, object, key, place }: { journal: Journal; object: string; key: string; place: Place<T> },
  { read, write, user }: InStripe,
): Editable {
  return {
    journal,
    key,
    read: async (side) => {
      if (side === 'stripe') return (await read()) ?? undefined;
      if (!journal.crmId) return undefined;
      const [record] = await user.query(
        `SELECT Id, ${place.inOrg} FROM ${object} WHERE Id = '${journal.crmId}'`,
      );
      return record && valueInOrg(place, record);
    },
    write: (side, value, once) =>
      side === 'stripe' ? write(value, once) : user.update(object, journal.crmId!, orgChange(place, value)),
  };
}

type Place<T> = Parameters<typeof valueInOrg<T>>[0];

/** A line of an invoice as somebody sees it on one side. */
export interface ChosenLine {
  id: string;
  key: string;
  record?: OrgRecord;
  invoice?: Stripe.Invoice;
  line?: Stripe.InvoiceLineItem;
}

export function lineField(
  simulated: Simulated,
  journal: InvoiceJournal,
  { chosen, field }: { chosen: Partial<Record<Side, ChosenLine>>; field: LineField },
): Editable {
  const { rep, stripe } = simulated.world;
  const place = lineFields[field];
  return {
    journal,
    key: lineKey((chosen.salesforce ?? chosen.stripe)!.key, field),
    read: async (side) => {
      if (side === 'stripe') return chosen.stripe?.line && (place.inStripe(chosen.stripe.line) ?? null);
      return chosen.salesforce?.record && valueInOrg(place, chosen.salesforce.record);
    },
    write: (side, value, once) => {
      if (side === 'salesforce')
        return rep.update('Invoice_Line__c', chosen.salesforce!.id, orgChange(place, value));
      const { id, invoice, line } = chosen.stripe!;
      const change: Stripe.InvoiceUpdateLinesParams.Line = { id };
      if (field === 'quantity') change.quantity = Number(value);
      if (field === 'description') change.description = String(value);
      if (field === 'unitAmount')
        change.price_data = {
          currency: invoice!.currency,
          unit_amount: Number(value),
          product: line!.pricing!.price_details!.product,
        };
      return stripe.invoices.updateLines(invoice!.id, { lines: [change] }, once);
    },
  };
}

/** The line that stands at this place for somebody who looks at the invoice on one side. */
export async function chooseLine(
  simulated: Simulated,
  journal: InvoiceJournal,
  { side, index }: { side: Side; index: number },
): Promise<ChosenLine | undefined> {
  if (side === 'salesforce') {
    const { crmId } = journal;
    const lines = crmId ? (await persistently(() => simulated.world.rep.lines(crmId)))! : [];
    const record = lines[index % Math.max(lines.length, 1)];
    if (!record) return undefined;
    // A line that was made in Stripe keeps the name under which the journal knows it.
    const stripeId = String(record.Stripe_Line_Id__c);
    if (journal.lines.has(stripeId)) journal.aliases.set(record.Id, stripeId);
    return { id: record.Id, key: journal.aliases.get(record.Id) ?? record.Id, record };
  }
  const invoice = await stripeInvoice(simulated, journal);
  const lines = invoice?.lines.data ?? [];
  const line = lines[index % Math.max(lines.length, 1)];
  return line && invoice && { id: line.id, key: keyInStripe(journal, line), invoice, line };
}

/** Notes what the line says on the side on which it is being deleted. */
export function noteSeen(journal: InvoiceJournal, { key, record, line }: ChosenLine, side: Side): void {
  for (const [field, place] of Object.entries(lineFields)) {
    const value = record ? valueInOrg(place, record) : line && place.inStripe(line);
    const at = lineKey(key, field);
    journal.seenDeleting.set(at, [...(journal.seenDeleting.get(at) ?? []), { side, value }]);
  }
}

/** The journal's key of a line of Stripe's. */
export function keyInStripe(journal: InvoiceJournal, line: Stripe.InvoiceLineItem): string {
  if (journal.lines.has(line.id)) return line.id;
  const mark = line.metadata.salesforce_id;
  return (mark && journal.aliases.get(mark)) || mark || line.id;
}

export async function stripeInvoice(
  simulated: Simulated,
  journal: InvoiceJournal,
): Promise<Stripe.Invoice | undefined> {
  const id = await pairedId(simulated, journal);
  return id ? persistently(() => simulated.world.stripe.invoices.retrieve(id)) : undefined;
}

const columns = {
  customer: 'Stripe_Customer_Id__c FROM Account',
  product: 'Stripe_Product_Id__c FROM Product2',
  invoice: 'Stripe_Invoice_Id__c FROM Invoice__c',
  price: 'Stripe_Price_Id__c FROM PricebookEntry',
};

/** Stripe's id of the record, as far as the org knows it by now; each side's half is noted as it shows. */
export async function pairedId(simulated: Simulated, journal: Journal): Promise<string | undefined> {
  const { rep } = simulated.world;
  if (journal.stripeId && journal.crmId) return journal.stripeId;
  if (journal.stripeId) {
    const [made] = (await persistently(() =>
      rep.query(`SELECT Id FROM Invoice__c WHERE Stripe_Invoice_Id__c = '${journal.stripeId}'`),
    ))!;
    if (made) journal.crmId = made.Id;
    return journal.stripeId;
  }
  const selected = columns[journal.entity];
  const [record] = (await persistently(() =>
    rep.query(`SELECT Id, ${selected} WHERE Id = '${journal.crmId}'`),
  ))!;
  journal.stripeId = (record?.[selected.split(' ')[0]!] as string | null) ?? null;
  return journal.stripeId ?? undefined;
}
