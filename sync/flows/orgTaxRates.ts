import type { Engine } from '../engine.ts';
import { livingPairs } from '../store/knownRecords.ts';
import { claimWhenFree } from './claimWhenFree.ts';
import type { InvoicePair } from './convergeInvoices.ts';
import { convergeMirrors } from './convergeMirrors.ts';
import { taxRateKind } from './mirrorKinds.ts';
import { settleAll } from './settle.ts';

/** The org's records of what invoices name in Stripe, by Stripe's ids. */
export interface OrgRecords {
  products: Map<string, string>;
  taxRates: Map<string, string>;
}

// Another invoice with the same rate brings it over meanwhile: that takes a second at most.
const PATIENCE_MS = 3_000;

/**
 * The org's tax rate of each that invoices name. One that no event has told of yet is brought over now; absent is one that
 * somebody deleted in the org, and one that nobody can choose.
 */
export async function orgTaxRates(engine: Engine, pairs: InvoicePair[]): Promise<Map<string, string>> {
  const named = new Set(
    pairs.flatMap(({ stripe }) =>
      stripe
        ? [stripe.terms.taxRate ?? [], stripe.lines.map(({ terms }) => terms.taxRate ?? [])].flat(2)
        : [],
    ),
  );
  const rates = new Map(pairs.flatMap(({ crm }) => (crm ? ratesInOrg(crm) : [])));
  const unknown = () => [...named].filter((id) => !rates.has(id));
  for (const [stripeId, crmId] of await livingPairs(engine.database, 'tax_rate', unknown()))
    rates.set(stripeId, crmId);
  const claimed = await Promise.all(
    unknown().map((stripeId) => claimWhenFree(engine, 'tax_rate', { stripeId, patienceMs: PATIENCE_MS })),
  );
  const records = claimed.filter((record) => record !== undefined);
  if (records.length === 0) return rates;
  await settleAll(engine, await convergeMirrors(engine, taxRateKind, records));
  for (const { stripeId, crmId } of records) if (stripeId && crmId) rates.set(stripeId, crmId);
  return rates;
}

const ratesInOrg = ({ terms, fields, lines }: NonNullable<InvoicePair['crm']>) =>
  [{ terms, fields }, ...lines].flatMap(({ terms: { taxRate }, fields: { Tax_Rate__c: id } }) =>
    taxRate && typeof id === 'string' ? [[taxRate, id] as const] : [],
  );
