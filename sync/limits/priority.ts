import { AsyncLocalStorage } from 'node:async_hooks';

/** Who waits for a call: a person at a screen, an event that should show soon, or nobody in particular. */
export type Priority = 'person' | 'event' | 'background';

export const priorities: readonly Priority[] = ['person', 'event', 'background'];

const current = new AsyncLocalStorage<Priority>();

/** Every call that `work` makes, however deep, is made for a person: first in line, and never held back to save calls. */
export const asPerson = <T>(work: () => T): T => current.run('person', work);

/** Every call that `work` makes can wait: imports, audits. */
export const inBackground = <T>(work: () => T): T => current.run('background', work);

/** What nobody has said anything else about is an event's. */
export const currentPriority = (): Priority => current.getStore() ?? 'event';
