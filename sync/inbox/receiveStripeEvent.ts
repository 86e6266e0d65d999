import type Stripe from 'stripe';
import type { SyncEntity } from '../domain/entity.ts';
import { toLongId } from '../domain/salesforceId.ts';
import type { Database } from '../store/database.ts';
import { receiveEvent } from '../store/receiveEvent.ts';
import { idOf } from '../stripe/readInvoice.ts';

interface Subject {
  entity: SyncEntity;
  stripeId: string;
  crmId: string | null;
}

/**
 * Takes in a verified event of Stripe: stored once, its record marked dirty, both in one commit. The event is a
 * hint that the record may differ; what is in it is never applied. Returns false for one that was there before.
 */
export function receiveStripeEvent(database: Database, event: Stripe.Event): Promise<boolean> {
  return receiveEvent(database, {
    source: 'stripe',
    eventId: event.id,
    type: event.type,
    subject: subjectOf(event.data.object),
    occurredAt: new Date(event.created * 1000),
    payload: noteOf(event),
  });
}

/** What an event is good for later on, without anybody's data: docs/decisions/0003. */
const noteOf = ({ request, data }: Stripe.Event) => ({
  request,
  changed: Object.keys(data.previous_attributes ?? {}),
});

/** Which record an event's object is about; none for objects that we do not keep. */
function subjectOf(object: Stripe.Event.Data.Object): Subject | undefined {
  const {
    object: type,
    id,
    invoice,
    payment_intent: payment,
    metadata,
  } = object as {
    object: string;
    id?: string;
    invoice?: string | { id: string } | null;
    payment_intent?: string | { id: string } | null;
    metadata?: Record<string, string> | null;
  };
  const crmId = metadata?.salesforce_id ? (toLongId(metadata.salesforce_id) ?? null) : null;
  switch (type) {
    case 'invoice':
      return id ? { entity: 'invoice', stripeId: id, crmId } : undefined;
    case 'invoiceitem':
    case 'invoice_payment': {
      const invoiceId = idOf(invoice ?? null);
      return invoiceId ? { entity: 'invoice', stripeId: invoiceId, crmId: null } : undefined;
    }
    case 'customer':
      return id ? { entity: 'customer', stripeId: id, crmId } : undefined;
    case 'product':
      return id ? { entity: 'product', stripeId: id, crmId } : undefined;
    case 'payment_intent':
      return id ? { entity: 'payment', stripeId: id, crmId: null } : undefined;
    case 'charge': {
      const paymentId = idOf(payment ?? null);
      return paymentId ? { entity: 'payment', stripeId: paymentId, crmId: null } : undefined;
    }
    case 'refund':
      return id ? { entity: 'refund', stripeId: id, crmId: null } : undefined;
    case 'credit_note':
      return id ? { entity: 'credit_note', stripeId: id, crmId: null } : undefined;
    default:
      return undefined;
  }
}
