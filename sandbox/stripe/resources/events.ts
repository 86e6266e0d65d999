import { inRange, pageRules, timeRange } from '../api/commonRules.ts';
import type { Call } from '../api/call.ts';
import { exclusiveParameters, resourceMissing } from '../api/errors.ts';
import { page } from '../api/pagination.ts';
import { route } from '../api/route.ts';
import { flag, list, text } from '../api/rules.ts';
import type { Sandbox } from '../sandbox.ts';
import type { Event } from '../wire.ts';

export const eventRoutes = [
  route('GET', '/v1/events', {
    parameters: {
      ...pageRules,
      created: timeRange,
      delivery_success: flag,
      type: text(),
      types: list(text(), { max: 20 }),
    },
    run({ sandbox }, values) {
      const { type, types, delivery_success: delivered } = values;
      if (type !== undefined && types) throw exclusiveParameters(['type', 'types'], 'type');
      return page(sandbox.by.anyEvent.all('').reverse(), values, {
        url: '/v1/events',
        kind: 'event',
        show: (one) => one,
        matches: (one) =>
          isKept(sandbox, one) &&
          inRange(one.created, values.created) &&
          (type === undefined || matches(one.type, type)) &&
          (!types || types.includes(one.type)) &&
          (delivered === undefined || delivered === isDelivered(sandbox, one)),
      });
    },
  }),
  route('GET', '/v1/events/:event', { parameters: {}, run: (call) => found(call) }),
];

/** Stripe takes `invoice.*` for a group of types. */
function matches(type: string, wanted: string): boolean {
  return wanted.endsWith('*') ? type.startsWith(wanted.slice(0, -1)) : type === wanted;
}

/** "Events which are still pending or have failed all delivery attempts" are not delivered. */
function isDelivered(sandbox: Sandbox, event: Event): boolean {
  const attempts = sandbox.by.deliveryOfEvent.all(event.id);
  const succeeded = new Set(attempts.filter((one) => one.status === 'succeeded').map((one) => one.endpoint));
  return attempts.every((one) => succeeded.has(one.endpoint));
}

export function isKept(sandbox: Sandbox, event: Event): boolean {
  return event.created + sandbox.eventsKeptSeconds >= sandbox.clock();
}

function found(call: Call): Event {
  const id = call.path['event'] ?? '';
  const event = call.sandbox.events.get(id);
  if (!event || !isKept(call.sandbox, event)) throw resourceMissing('event', id, 'id');
  return event;
}
