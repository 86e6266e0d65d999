import type { Event } from '../wire.ts';

/** Says that something happened to an object, without the object; whoever gets it fetches what they need. */
export interface ThinEvent {
  id: string;
  object: 'v2.core.event';
  type: string;
  created: string;
  livemode: false;
  reason?: { type: 'request'; request: { id: string; idempotency_key: string } };
  related_object: { id: string; type: string; url: string };
  snapshot_event: string;
}

const SNAPSHOT = /^evt_1/;
const THIN = /^evt_test_/;

/** The thin twin of a snapshot event. Its id is made from that of the other, so that nothing more must be stored. */
export function thinEvent(event: Event): ThinEvent {
  const { id = '', object: type = '' } = event.data.object as { id?: string; object?: string };
  const { id: request, idempotency_key: key } = event.request;
  return {
    id: event.id.replace(SNAPSHOT, 'evt_test_'),
    object: 'v2.core.event',
    type: thinType(event.type),
    created: new Date(event.created * 1000).toISOString(),
    livemode: false,
    ...(request !== null && {
      reason: { type: 'request', request: { id: request, idempotency_key: key ?? '' } },
    }),
    related_object: { id, type, url: `/v1/${addressOf(type)}/${id}` },
    snapshot_event: event.id,
  };
}

export function thinType(type: string): string {
  return `v1.${type}`;
}

export function snapshotIdOf(thinId: string): string | undefined {
  return THIN.test(thinId) ? thinId.replace(THIN, 'evt_1') : undefined;
}

/** Stripe's addresses are plurals of the names of its objects; a dot there is a folder here. */
function addressOf(type: string): string {
  return `${type.replace('.', '/')}s`;
}
