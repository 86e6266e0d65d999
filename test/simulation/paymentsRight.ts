import type Stripe from 'stripe';
import type { OrgRecord } from '../integration/orgUser.ts';
import type { Simulated } from './simulated.ts';

/** The invoice's payments, refunds and credit notes: each of Stripe's once in the org, with its amount, and no other. */
export async function paymentsRight(
  { world: { rep, stripe: client } }: Simulated,
  { crmId, stripe }: { crmId: string; stripe: Stripe.Invoice },
): Promise<string[]> {
  const problems: string[] = [];
  if (stripe.amount_paid > stripe.total) problems.push(`${stripe.amount_paid} paid of ${stripe.total}`);
  const confirmations = await rep.query(
    `SELECT Id, Type__c, Amount__c, Stripe_Payment_Id__c, Sync_Status__c FROM Payment_Confirmation__c WHERE Invoice__c = '${crmId}'`,
  );
  const notes = await rep.query(
    `SELECT Id, Amount__c, Stripe_Credit_Note_Id__c, Sync_Status__c FROM Credit_Note__c WHERE Invoice__c = '${crmId}'`,
  );
  const wanted = new Map<string, number>();
  const { data: payments } = await client.invoicePayments.list({ invoice: stripe.id, limit: 100 });
  const paid = payments.filter(({ status }) => status === 'paid');
  if (paid.length > 1) problems.push(`paid ${paid.length} times`);
  for (const { payment, amount_paid } of paid) {
    const intent = String(payment.payment_intent);
    wanted.set(intent, amount_paid ?? 0);
    const { data: refunds } = await client.refunds.list({ payment_intent: intent, limit: 100 });
    for (const { id, amount } of refunds) wanted.set(id, amount);
  }
  const { data: credits } = await client.creditNotes.list({ invoice: stripe.id, limit: 100 });
  return [
    ...problems,
    ...sameRecords(wanted, { records: confirmations, id: 'Stripe_Payment_Id__c' }),
    ...sameRecords(new Map(credits.map(({ id, total }) => [id, total])), {
      records: notes,
      id: 'Stripe_Credit_Note_Id__c',
    }),
  ];
}

function sameRecords(
  wanted: Map<string, number>,
  { records, id }: { records: OrgRecord[]; id: string },
): string[] {
  const inOrg = records
    .map((record) => `${String(record[id])} ${Math.round(Number(record.Amount__c) * 100)}`)
    .sort();
  const inStripe = [...wanted].map(([stripeId, amount]) => `${stripeId} ${amount}`).sort();
  const unsynced = records
    .filter(({ Sync_Status__c }) => Sync_Status__c !== 'Synced')
    .map(({ Id }) => `${Id} is not Synced`);
  if (inOrg.join() === inStripe.join()) return unsynced;
  return [
    ...unsynced,
    `the org has ${inOrg.join(', ') || 'nothing'}, Stripe has ${inStripe.join(', ') || 'nothing'}`,
  ];
}
