import type { Call } from '../api/call.ts';
import { newId } from '../ids.ts';
import { API_VERSION } from '../sandbox.ts';
import type { Event } from '../wire.ts';
import { changedFrom } from './previousAttributes.ts';

/**
 * Records a snapshot event in the transaction of the call. `before` is the object as it was, for
 * `data.previous_attributes`.
 */
export function emit(call: Call, type: string, object: object, before?: object): Event {
  const { sandbox, request } = call;
  const data = { object, ...(before && { previous_attributes: changedFrom(before, object) }) };
  const event: Event = {
    id: newId('evt'),
    object: 'event',
    api_version: API_VERSION,
    created: sandbox.clock(),
    data: structuredClone(data),
    livemode: false,
    pending_webhooks: 0,
    request: { ...request },
    type,
  };
  sandbox.events.put(event);
  sandbox.announce(event);
  return event;
}
