import type { InvoiceTerms } from '../domain/invoice.ts';
import { isTold, overwrittenInStripe, type StripeWrite } from '../domain/overwrittenInStripe.ts';
import type { Engine } from '../engine.ts';
import { livingPairs } from '../store/knownRecords.ts';
import type { ClaimedRecord } from '../store/syncRecords.ts';
import { termsBefore } from '../stripe/toldBefore.ts';

/**
 * What people had written in Stripe and we have written over, as far as an event has told since the last sync. `now` is what
 * stands there; `asRead` makes of what an event tells what a read would have said.
 */
export async function overwrittenOf<T extends object>(
  engine: Engine,
  { entity, stripeWrites }: ClaimedRecord,
  {
    now,
    asRead = (told) => Promise.resolve(told),
  }: { now: T; asRead?: (told: Partial<T>) => Promise<Partial<T>> },
): Promise<Partial<T>> {
  if (!stripeWrites.some(isTold)) return {};
  const writes = await Promise.all(
    (stripeWrites as StripeWrite<T>[]).map(async (write) => ({
      ...write,
      told: write.told && (await asRead(await termsBefore<T>(engine.stripe, entity, write.told))),
    })),
  );
  return overwrittenInStripe(writes, now);
}

/** The same of an invoice: a tax rate that the org does not have is none to both sides. */
export const overwrittenTerms = (
  engine: Engine,
  record: ClaimedRecord,
  now: InvoiceTerms,
): Promise<Partial<InvoiceTerms>> =>
  overwrittenOf(engine, record, {
    now,
    asRead: async (told) => {
      const { taxRate } = told;
      if (!taxRate || (await livingPairs(engine.database, 'tax_rate', [taxRate])).has(taxRate)) return told;
      return { ...told, taxRate: null };
    },
  });
