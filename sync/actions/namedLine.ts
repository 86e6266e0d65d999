import type { StripeLine } from '../domain/invoice.ts';
import { toLongId } from '../domain/salesforceId.ts';
import { nameOf, refused, type StepContext } from './stepContext.ts';

/** The invoice's line that somebody names by its id of the org or of Stripe. */
export function namedLine({ crm, stripe }: Pick<StepContext, 'crm' | 'stripe'>, id: string): StripeLine {
  const crmId = toLongId(id);
  const ofOrg = crmId && crm.lines.find((line) => line.id === crmId)?.stripeId;
  const line = stripe.lines.find((one) => one.id === (ofOrg ?? id) || one.crmId === crmId);
  if (line) return line;
  throw refused(
    'unknown_line',
    `${id} is no line of ${nameOf({ crm, stripe })}. Look at the lines of the record and try again.`,
  );
}
