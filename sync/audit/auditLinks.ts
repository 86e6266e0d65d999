import { mapConcurrently } from '../flows/concurrency.ts';
import { crmIdsOf } from '../store/knownInOrg.ts';
import { linkPaymentsOf, payableLinks, type KnownLink } from '../store/paymentLinks.ts';
import { markAllDirty } from '../store/syncRecords.ts';
import { isLinkActive, paidThrough } from '../stripe/paymentLinks.ts';
import type { Difference } from './audit.ts';
import type { AuditEngine } from './auditRow.ts';
import { patiently } from './patiently.ts';

const STRIPE_CALLS_AT_ONCE = 4;

/**
 * Asks Stripe what was paid through the links that somebody may pay through, and whether they are active: what no event told
 * of them is on no invoice. Returns how many invoices differ; healing has the engine see to them.
 */
export async function auditLinks(
  engine: AuditEngine,
  { heal, onDifference }: { heal: boolean; onDifference(difference: Difference): void },
): Promise<number> {
  let differing = 0;
  for await (const page of payableLinks(engine.database)) {
    const found = (
      await mapConcurrently(page, STRIPE_CALLS_AT_ONCE, (link) => patiently(() => fieldsOf(engine, link)))
    ).map((fields, index) => ({ stripeId: page[index]!.invoice, fields }));
    const differences = found.filter(({ fields }) => fields.length > 0);
    const stripeIds = differences.map(({ stripeId }) => stripeId);
    const crmIds = await crmIdsOf(engine.database, 'invoice', stripeIds);
    for (const { stripeId, fields } of differences)
      onDifference({
        entity: 'invoice',
        kind: 'differs',
        stripeId,
        crmId: crmIds.get(stripeId) ?? null,
        fields,
      });
    if (heal) await markAllDirty(engine.database, 'invoice', { stripeIds });
    differing += differences.length;
  }
  return differing;
}

async function fieldsOf({ stripe, database }: AuditEngine, link: KnownLink): Promise<Difference['fields']> {
  const active = await isLinkActive(stripe, link.stripeId!);
  const paid = await paidThrough(stripe, link.stripeId!);
  // What was settled while Stripe was asked is no difference.
  const settled = new Set(
    (await linkPaymentsOf(database, [link.invoice])).flatMap((one) => (one.settled ? one.paymentIntent : [])),
  );
  return [
    ...(active === link.active
      ? []
      : [{ field: 'paymentLink.active', stripe: active, salesforce: link.active }]),
    ...paid.flatMap(({ paymentIntent }) =>
      settled.has(paymentIntent)
        ? []
        : [{ field: 'paymentLink.payment', stripe: paymentIntent, salesforce: null }],
    ),
  ];
}
