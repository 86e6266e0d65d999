import type { Call } from '../api/call.ts';
import { newId } from '../ids.ts';
import { API_VERSION } from '../sandbox.ts';
import type { Event } from '../wire.ts';
import { changedFrom } from './previousAttributes.ts';

/** Records a snapshot event in the transaction of the call. */
export function emit(call: Call, type: string, object: object): Event {
  return record(call, type, { object });
}

/** With `data.previous_attributes`: what the object had before. */
export function emitChange(
  call: Call,
  type: string,
  { before, after }: { before: object; after: object },
): Event {
  return record(call, type, { object: after, previous_attributes: changedFrom(before, after) });
}

function record(call: Call, type: string, data: Event['data']): Event {
  const { sandbox, request } = call;
  const event: Event = {
    id: newId('evt'),
    object: 'event',
    api_version: API_VERSION,
    created: sandbox.time.wall(),
    data: structuredClone(data),
    livemode: false,
    pending_webhooks: 0,
    request: { ...request },
    type,
  };
  sandbox.events.put(event);
  sandbox.announce(event);
  sandbox.follow(call, event);
  return event;
}
