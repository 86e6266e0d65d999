import type { Sandbox } from '../sandbox.ts';
import type { Task } from '../time/task.ts';
import { expireSession } from './expireSession.ts';

/** Sessions end by the wall clock, also those of customers on a test clock. */
export function* sessionTasks(sandbox: Sandbox, clock: string | null): Generator<Task> {
  if (clock !== null) return;
  for (const session of sandbox.by.sessionOpen.all('open'))
    yield {
      at: session.expires_at,
      key: `session ${session.id}`,
      run: (call) => void expireSession(call, session),
    };
}
