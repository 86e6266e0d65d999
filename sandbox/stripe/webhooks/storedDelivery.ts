import type { Delivery } from '../pages/port.ts';

/** One attempt, or one that is still to be made; `dueAt` is wall-clock milliseconds, for delays below a second. */
export type StoredDelivery = Delivery & { dueAt: number | null };
