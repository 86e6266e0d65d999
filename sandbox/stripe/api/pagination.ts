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
  /** What belongs into the list; everything when it is left out. */
  matches?(item: T): boolean;
}

/** One page of items that are in the order of the list already: newest first, or lines from the top. */
export function page<T extends { id: string }>(
  items: readonly T[],
  values: PageValues,
  { url, kind, show, matches = () => true }: PageOf<T>,
): List<object> {
  const { limit = 10, starting_after: after, ending_before: before } = values;
  if (after !== undefined && before !== undefined)
    throw exclusiveParameters(['ending_before', 'starting_after'], 'ending_before');
  const forward = before === undefined;
  const cursor = after ?? before;
  const param = forward ? 'starting_after' : 'ending_before';
  const step = forward ? 1 : -1;
  const found: T[] = [];
  // Only as far as the page needs: a list of 100,000 is walked through for each of its pages.
  let index = cursor === undefined ? 0 : positionOf(items, cursor, { kind, param }) + step;
  for (; index >= 0 && index < items.length && found.length <= limit; index += step)
    if (matches(items[index]!)) found.push(items[index]!);
  const data = found.slice(0, limit);
  if (!forward) data.reverse();
  return { object: 'list', data: data.map(show), has_more: found.length > limit, url };
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
