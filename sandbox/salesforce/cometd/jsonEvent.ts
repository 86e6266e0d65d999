import { visibleSlots } from '../pubSub/encodeEvent.ts';
import type { Viewer } from '../pubSub/encodeEvent.ts';
import type { Slot } from '../pubSub/eventSchema.ts';
import type { LoggedEvent } from '../pubSub/eventLog.ts';

/** An event as the Streaming API gives it: fields by their names, and a number as its replay id. */
export function jsonEvent(event: LoggedEvent, viewer: Viewer): Record<string, unknown> {
  const { schema } = viewer;
  const changed = visibleSlots(event.changed, viewer);
  const isNulled = ({ field }: Slot) => event.values[field.name] === undefined;
  const payload: Record<string, unknown> = {};
  for (const slot of visibleSlots([...Object.keys(event.values), ...event.changed], viewer)) {
    const value = event.values[slot.field.name] ?? null;
    const name = schema.names[slot.index]!;
    payload[name] = slot.child ? { ...(payload[name] as object), [slot.child.name]: value } : value;
  }
  const pathOf = ({ index, child }: Slot) => [schema.names[index], child?.name].filter(Boolean).join('.');
  payload['ChangeEventHeader'] = {
    entityName: event.entity,
    recordIds: event.recordIds,
    changeType: event.changeType,
    changeOrigin: event.origin,
    transactionKey: event.transactionKey,
    sequenceNumber: event.sequence,
    commitTimestamp: event.commitTimestamp,
    commitNumber: event.commitNumber,
    commitUser: event.commitUser,
    nulledFields: changed.filter(isNulled).map(pathOf),
    diffFields: [],
    changedFields: changed.map(pathOf),
  };
  return { schema: schema.id, payload, event: { replayId: event.position } };
}
