import type { Call } from '../api/call.ts';
import { pageRules } from '../api/commonRules.ts';
import { invalidParameter, refused, resourceMissing } from '../api/errors.ts';
import { newestFirst, page } from '../api/pagination.ts';
import { route } from '../api/route.ts';
import { required, text, timestamp } from '../api/rules.ts';
import { newId } from '../ids.ts';
import { namedCustomer, removeCustomer, saveCustomer } from '../resources/customers.ts';
import type { Sandbox } from '../sandbox.ts';
import { intervalsAfter } from '../subscriptions/cycle.ts';
import { recurringOf } from '../subscriptions/subscriptionObject.ts';
import { emit } from '../webhooks/events.ts';
import type { TestClock } from '../wire.ts';
import { DAY } from './sandboxTime.ts';
import type { Task } from './task.ts';

/** docs.stripe.com/billing/testing/test-clocks: a clock goes away by itself with all that belongs to it. */
const KEPT = 30 * DAY;
const TWO_YEARS = 2 * 366 * DAY;
const PATH = '/v1/test_helpers/test_clocks';

export const testClockRoutes = [
  route('POST', PATH, {
    parameters: { customer: text(), frozen_time: required(timestamp), name: text({ max: 300 }) },
    run: createClock,
  }),
  route('GET', PATH, {
    parameters: pageRules,
    run: ({ sandbox }, values) =>
      page(newestFirst(sandbox.testClocks.values()), values, {
        url: PATH,
        kind: 'test clock',
        show: (one) => one,
      }),
  }),
  route('GET', `${PATH}/:clock`, { parameters: {}, run: (call) => found(call) }),
  route('DELETE', `${PATH}/:clock`, {
    parameters: {},
    run(call) {
      const { id } = found(call);
      removeClock(call, id);
      return { id, object: 'test_helpers.test_clock', deleted: true };
    },
  }),
  route('POST', `${PATH}/:clock/advance`, {
    parameters: { frozen_time: required(timestamp) },
    run: advanceClock,
  }),
];

function createClock(
  call: Call,
  values: { customer?: string | undefined; frozen_time: number; name?: string | undefined },
): object {
  const { sandbox } = call;
  const created = sandbox.time.wall();
  const clock: TestClock = {
    id: newId('clock'),
    object: 'test_helpers.test_clock',
    created,
    deletes_after: created + KEPT,
    frozen_time: values.frozen_time,
    livemode: false,
    name: values.name ?? null,
    status: 'ready',
    status_details: {},
  };
  const customer = values.customer === undefined ? undefined : namedCustomer(sandbox, values.customer);
  if (customer?.test_clock)
    throw refused('This customer is already attached to a test clock.', { param: 'customer' });
  sandbox.testClocks.put(clock);
  if (customer) saveCustomer(call, customer, { ...customer, test_clock: clock.id });
  emit(call, 'test_helpers.test_clock.created', clock);
  return clock;
}

/** Says `advancing`; the timer does what is due on the way and says `ready` at the end. */
function advanceClock(call: Call, { frozen_time: target }: { frozen_time: number }): object {
  const clock = found(call);
  const param = 'frozen_time';
  if (clock.status !== 'ready')
    throw refused('This test clock is already advancing; wait until its status is `ready`.', { param });
  if (target <= clock.frozen_time)
    throw invalidParameter("The new time must be after the test clock's current frozen time.", param);
  if (target > farthest(call.sandbox, clock))
    throw invalidParameter(
      'The new time cannot be more than two intervals in the future from the shortest subscription on the test clock, or two years if it has none.',
      param,
    );
  const advancing: TestClock = {
    ...clock,
    status: 'advancing',
    status_details: { advancing: { target_frozen_time: target } },
  };
  call.sandbox.testClocks.put(advancing);
  emit(call, 'test_helpers.test_clock.advancing', advancing);
  return advancing;
}

function farthest(sandbox: Sandbox, clock: TestClock): number {
  const limits = sandbox.by.subscriptionWaiting
    .all('live')
    .filter((one) => one.test_clock === clock.id)
    .map((one) => intervalsAfter(clock.frozen_time, recurringOf(sandbox, one), 2));
  return limits.length > 0 ? Math.min(...limits) : clock.frozen_time + TWO_YEARS;
}

/** Its customers go with it, and with them their subscriptions. */
function removeClock(call: Call, id: string): void {
  const { sandbox } = call;
  const clock = sandbox.testClocks.get(id);
  if (!clock) return;
  for (const customer of [...sandbox.customers.values()])
    if (customer.test_clock === id) removeCustomer(call, customer);
  sandbox.testClocks.delete(id);
  emit(call, 'test_helpers.test_clock.deleted', clock);
}

/** Clocks that have had their time. */
export function* testClockTasks(sandbox: Sandbox, clock: string | null): Generator<Task> {
  if (clock !== null) return;
  for (const { id, deletes_after: at } of sandbox.testClocks.values())
    yield { at, key: `delete ${id}`, run: (call) => removeClock(call, id) };
}

function found(call: Call): TestClock {
  const id = call.path['clock'] ?? '';
  const clock = call.sandbox.testClocks.get(id);
  if (!clock) throw resourceMissing('test clock', id, 'test_clock');
  return clock;
}
