import { toLongId } from '../domain/salesforceId.ts';
import type { StripeInvoice } from '../domain/invoice.ts';
import type { Engine } from '../engine.ts';
import { RetryableFailure } from '../failure.ts';
import { joinHalf } from '../store/joinHalf.ts';
import type { ClaimedRecord } from '../store/syncRecords.ts';

/** An invoice that was made for a record in the org is not one of Stripe's own: that record's row is to have it. */
export async function joinPair(engine: Engine, record: ClaimedRecord, stripe: StripeInvoice): Promise<void> {
  const crmId = toLongId(stripe.crmId ?? '');
  if (record.crmId || !crmId || !(await joinHalf(engine.database, record, crmId))) return;
  throw new RetryableFailure({
    code: 'joined',
    stage: 'read-stripe',
    message: `${stripe.id} belongs to ${crmId} in the org, and goes on together with it.`,
  });
}
