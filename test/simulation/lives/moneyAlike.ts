import { toMajorUnits } from '../../../sync/domain/money.ts';
import type { OrgRecord } from '../../integration/orgUser.ts';
import type { World } from '../../integration/world.ts';
import type { InStripe } from './inStripe.ts';

const DEBIT: Record<string, string> = {
  processing: 'Pending',
  requires_payment_method: 'Failed',
  canceled: 'Canceled',
};

/** Payments, refunds and credit notes: each of Stripe's once in the org, with its amount, and no other. */
export async function moneyDiffers({ admin, database }: World, inStripe: InStripe): Promise<string[]> {
  const confirmations = await admin.query(
    'SELECT Id, Stripe_Payment_Id__c, Type__c, Status__c, Amount__c, Sync_Status__c, Invoice__r.Stripe_Invoice_Id__c FROM Payment_Confirmation__c',
  );
  const notes = await admin.query(
    'SELECT Id, Stripe_Credit_Note_Id__c, Amount__c, Status__c, Sync_Status__c FROM Credit_Note__c',
  );
  const { rows: throughLinks } = await database.pool.query<{ intent: string; record: string | null }>(
    'SELECT payment_intent AS intent, payment_record AS record FROM link_payment',
  );
  const standFor = new Map(throughLinks.map(({ intent, record }) => [record, intent]));
  const intents = new Set(throughLinks.map(({ intent }) => intent));
  const wanted = new Map<string, number | null>();
  for (const [id, payments] of inStripe.paid) {
    const { currency } = inStripe.invoices.get(id)!;
    for (const { payment, amount_paid } of payments) {
      const paid = String(payment.payment_intent ?? payment.payment_record);
      const shown = standFor.get(paid) ?? paid;
      // Of what was paid through a link a part may count.
      wanted.set(shown, intents.has(shown) ? null : toMajorUnits(amount_paid ?? 0, currency));
    }
  }
  for (const intent of intents) if (!wanted.has(intent)) wanted.set(intent, null);
  // A bank debit is in the org from its beginning on, however it ends.
  for (const { Status__c, Stripe_Payment_Id__c: id } of confirmations)
    if (Status__c === DEBIT[inStripe.intents.get(String(id)) ?? '']) wanted.set(String(id), null);
  for (const { id, amount, currency } of inStripe.refunds) wanted.set(id, toMajorUnits(amount, currency));
  const markedPaid = ({ Stripe_Payment_Id__c: id }: OrgRecord) => String(id).startsWith('in_');
  return [
    ...differing(
      confirmations.filter((one) => !markedPaid(one)),
      wanted,
      'Stripe_Payment_Id__c',
    ),
    ...marksDiffer(confirmations.filter(markedPaid), inStripe),
    ...differing(
      notes,
      new Map(inStripe.creditNotes.map(({ id, total, currency }) => [id, toMajorUnits(total, currency)])),
      'Stripe_Credit_Note_Id__c',
    ),
  ];
}

/** What an invoice was paid with that no payment tells of. */
function marksDiffer(records: OrgRecord[], { invoices, paid }: InStripe): string[] {
  const wanted = new Map<string, number>();
  for (const [id, { status, amount_paid, currency }] of invoices) {
    const told = (paid.get(id) ?? []).reduce((sum, one) => sum + (one.amount_paid ?? 0), 0);
    if (status === 'paid' && amount_paid > told) wanted.set(id, toMajorUnits(amount_paid - told, currency));
  }
  return differing(records, wanted, 'Stripe_Payment_Id__c');
}

function differing(records: OrgRecord[], wanted: Map<string, number | null>, idField: string): string[] {
  const left = new Map(wanted);
  const found = records.flatMap((record) => {
    const id = String(record[idField]);
    const amount = left.get(id);
    if (!left.delete(id))
      return [
        `${record.Id} of ${id}, ${String(record.Status__c)}, is in the org, and not in Stripe or twice`,
      ];
    return [
      ...(amount === null || amount === record.Amount__c
        ? []
        : [`${id} is over ${String(record.Amount__c)} in the org and ${String(amount)} in Stripe`]),
      ...(record.Sync_Status__c === 'Synced' ? [] : [`${record.Id} is ${String(record.Sync_Status__c)}`]),
    ];
  });
  return [...found, ...[...left.keys()].map((id) => `${id} is not in the org`)];
}
