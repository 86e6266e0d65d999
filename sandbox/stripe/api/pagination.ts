import type { List } from '../wire.ts';
import { exclusiveParameters, missingReference } from './errors.ts';

export interface PageValues {
  limit?: number | undefined;
  starting_after?: string | undefined;
  ending_before?: string | undefined;
}

export interface PageOf<T> {
  /** The path that the list is served at. */
  url: string;
  /** As in "No such customer"; for a cursor that does not exist. */
  kind: string;
  show(item: T): object;
}

/** One page of items that are in the order of the list already: newest first, or lines from the top. */
export function page<T extends { id: string }>(
  items: readonly T[],
  values: PageValues,
  { url, kind, show }: PageOf<T>,
): List<object> {
  const { limit = 10, starting_after: after, ending_before: before } = values;
  if (after !== undefined && before !== undefined)
    throw exclusiveParameters(['ending_before', 'starting_after'], 'ending_before');
  let start = 0;
  let end = Math.min(limit, items.length);
  if (after !== undefined) {
    start = positionOf(items, after, { kind, param: 'starting_after' }) + 1;
    end = Math.min(start + limit, items.length);
  } else if (before !== undefined) {
    end = positionOf(items, before, { kind, param: 'ending_before' });
    start = Math.max(0, end - limit);
  }
  const more = before === undefined ? end < items.length : start > 0;
  return { object: 'list', data: items.slice(start, end).map(show), has_more: more, url };
}

/** Documents come in the order they were made; lists are newest first. */
export function newestFirst<T>(items: Iterable<T>): T[] {
  return [...items].reverse();
}

function positionOf(
  items: readonly { id: string }[],
  id: string,
  { kind, param }: { kind: string; param: string },
): number {
  const position = items.findIndex((item) => item.id === id);
  if (position < 0) throw missingReference(kind, id, param);
  return position;
}
