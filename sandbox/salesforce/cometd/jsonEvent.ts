import { eventHeader, visibleSlots, type Viewer } from '../pubSub/encodeEvent.ts';
import type { Slot } from '../pubSub/eventSchema.ts';
import type { LoggedEvent } from '../pubSub/eventLog.ts';

/** An event as the Streaming API gives it: fields by their names, and a number as its replay id. */
export function jsonEvent(event: LoggedEvent, viewer: Viewer): Record<string, unknown> {
  const { schema } = viewer;
  const payload: Record<string, unknown> = {};
  for (const slot of visibleSlots([...Object.keys(event.values), ...event.changed], viewer)) {
    const value = event.values[slot.field.name] ?? null;
    const name = schema.names[slot.index]!;
    payload[name] = slot.child ? { ...(payload[name] as object), [slot.child.name]: value } : value;
  }
  const pathOf = ({ index, child }: Slot) => [schema.names[index], child?.name].filter(Boolean).join('.');
  payload['ChangeEventHeader'] = eventHeader(event, viewer, (slots) => slots.map(pathOf));
  return { schema: schema.id, payload, event: { replayId: event.position } };
}
