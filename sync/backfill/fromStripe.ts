import type { SyncEntity } from '../domain/entity.ts';
import { checkpoint, type BackfillContext } from './context.ts';
import { customersFromStripe } from './customersFromStripe.ts';
import { invoicesFromStripe } from './invoicesFromStripe.ts';
import {
  creditNotesFromStripe,
  paymentsFromStripe,
  refundsFromStripe,
  taxRatesFromStripe,
} from './mirrorsFromStripe.ts';
import { linksFromStripe } from './linksFromStripe.ts';
import { pricesFromStripe } from './pricesFromStripe.ts';
import { productsFromStripe } from './productsFromStripe.ts';

/** In the order in which they hang on each other. */
const PHASES: readonly { entity: SyncEntity; bring(context: BackfillContext): Promise<void> }[] = [
  { entity: 'customer', bring: customersFromStripe },
  { entity: 'product', bring: productsFromStripe },
  { entity: 'price', bring: pricesFromStripe },
  { entity: 'tax_rate', bring: taxRatesFromStripe },
  { entity: 'invoice', bring: invoicesFromStripe },
  {
    entity: 'payment',
    bring: async (context) => {
      await linksFromStripe(context);
      await paymentsFromStripe(context);
    },
  },
  { entity: 'refund', bring: refundsFromStripe },
  { entity: 'credit_note', bring: creditNotesFromStripe },
];

/** Brings what Stripe has into the org, from where the run has come to. */
export async function backfillFromStripe(context: BackfillContext): Promise<void> {
  const { run, signal } = context;
  const begin = PHASES.findIndex(({ entity }) => entity === run.phase);
  for (const { entity, bring } of PHASES.slice(Math.max(0, begin))) {
    if (!run.options.entities.includes(entity)) continue;
    if (run.phase !== entity) {
      run.phase = entity;
      await checkpoint(context, null);
    }
    await bring(context);
    if (signal.aborted) return;
  }
}
