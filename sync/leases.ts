import { AsyncLocalStorage } from 'node:async_hooks';
import type { Engine } from './engine.ts';

/** The leases that one turn of work has taken. */
type Turn = Set<string>;

const turn = new AsyncLocalStorage<Turn>();
const turnsOf = new Map<string, Set<Turn>>();
let taken = 0;

/**
 * One turn of work. The leases that it takes are renewed until it ends, however it ends: what it could not give back,
 * because the database failed, runs out and is taken up again.
 */
export async function oneTurn<T>({ workerId }: Engine, work: () => Promise<T>): Promise<T> {
  const turns = turnsOf.get(workerId) ?? new Set();
  turnsOf.set(workerId, turns);
  const own: Turn = new Set();
  turns.add(own);
  try {
    return await turn.run(own, work);
  } finally {
    turns.delete(own);
    if (turns.size === 0) turnsOf.delete(workerId);
  }
}

/** A lease of its own for every claim, so that work which lost its lease cannot settle a later claim's row. */
export function nextLeaseOwner({ workerId }: Engine): string {
  taken += 1;
  const owner = `${workerId}/${taken}`;
  turn.getStore()?.add(owner);
  return owner;
}

/** The leases of all turns that are under way. */
export const leasesInWork = ({ workerId }: Engine): string[] =>
  [...(turnsOf.get(workerId) ?? [])].flatMap((leases) => [...leases]);
