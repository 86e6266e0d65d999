import type Stripe from 'stripe';
import type { SyncEntity } from '../domain/entity.ts';
import { toLongId } from '../domain/salesforceId.ts';
import type { Database } from '../store/database.ts';
import { receiveEvent } from '../store/receiveEvent.ts';
import { LINKED_INVOICE } from '../stripe/linkMetadata.ts';
import { idOf } from '../stripe/readInvoice.ts';
import { toldBefore } from '../stripe/toldBefore.ts';

interface Subject {
  entity: SyncEntity;
  stripeId: string;
  crmId: string | null;
}

/**
 * Takes in a verified event of Stripe: stored once, its record marked dirty, both in one commit. The event is a
 * hint that the record may differ; what is in it is never applied, but that of our own write tells what it has replaced.
 * Returns false for one that was there before.
 */
export function receiveStripeEvent(database: Database, event: Stripe.Event): Promise<boolean> {
  const told = toldBefore(event);
  return receiveEvent(database, {
    source: 'stripe',
    eventId: event.id,
    type: event.type,
    subject: isInlinePrice(event) ? undefined : subjectOf(event.data.object),
    occurredAt: new Date(event.created * 1000),
    payload: noteOf(event),
    ...(told && { told }),
  });
}

/**
 * Takes in a verified thin event, which names an object without its content. It is stored under the id of the
 * snapshot event that tells the same, so that whichever comes second is known. Where the name alone does not say which
 * record is meant (a charge, an invoice item), it is stored under its own id and marks nothing: the snapshot does.
 */
export function receiveStripeNotification(
  database: Database,
  event: Stripe.V2.Core.EventNotification,
): Promise<boolean> {
  const { related_object: named, reason } = event as ThinParts;
  const entity = named && ENTITIES[named.type];
  return receiveEvent(database, {
    source: 'stripe',
    eventId: (entity && event.snapshot_event) || event.id,
    type: event.type.replace(/^v1\./, ''),
    subject: entity ? { entity, stripeId: named.id, crmId: null } : undefined,
    occurredAt: new Date(event.created),
    payload: { request: reason?.request ?? null, thin: event.id },
  });
}

/** What notifications about objects of v1 have in common; the union of all types also holds some about none. */
interface ThinParts {
  related_object?: { id: string; type: string } | null;
  reason?: { request?: { id: string; idempotency_key: string } } | null;
}

/** What an event is good for later on, without anybody's data: docs/decisions/0003. */
const noteOf = ({ request, data }: Stripe.Event) => ({
  request,
  changed: Object.keys(data.previous_attributes ?? {}),
});

/** Stripe's objects that are records of ours by their own id. */
const ENTITIES: Readonly<Record<string, SyncEntity>> = {
  invoice: 'invoice',
  customer: 'customer',
  product: 'product',
  price: 'price',
  tax_rate: 'tax_rate',
  payment_intent: 'payment',
  refund: 'refund',
  credit_note: 'credit_note',
};

/** Whether the type of an event names an object that is a record by itself: then a thin event says which. */
export const tellsWhose = (type: string) => type.split('.')[0]! in ENTITIES;

// Only these are made with the org's id in their metadata by us; on others it would be somebody else's.
const CARRIES_CRM_ID: readonly SyncEntity[] = ['invoice', 'customer', 'product', 'price'];

/** For an amount on an invoice Stripe makes a price of its own, which is archived from the beginning. */
const isInlinePrice = ({ type, data }: Stripe.Event): boolean =>
  type === 'price.created' && !(data.object as Stripe.Price).active;

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
  const entity = ENTITIES[type];
  if (entity) {
    const crmId = CARRIES_CRM_ID.includes(entity) ? (toLongId(metadata?.salesforce_id ?? '') ?? null) : null;
    return id ? { entity, stripeId: id, crmId } : undefined;
  }
  switch (type) {
    case 'invoiceitem':
    case 'invoice_payment':
      return part('invoice', invoice);
    case 'charge':
      return part('payment', payment);
    case 'payment_link':
    case 'checkout.session':
      return part('invoice', metadata?.[LINKED_INVOICE]);
    default:
      return undefined;
  }
}

function part(entity: SyncEntity, whole: string | { id: string } | null | undefined): Subject | undefined {
  const stripeId = idOf(whole ?? null);
  return stripeId ? { entity, stripeId, crmId: null } : undefined;
}
