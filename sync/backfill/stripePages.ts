import Stripe from 'stripe';
import { fromStripe } from '../audit/auditRow.ts';
import { PermanentFailure } from '../failure.ts';

export interface StripePosition extends Record<string, unknown> {
  /** The last object that was dealt with, and when it was made. */
  after: string;
  created: number;
}

interface ListParams {
  limit: number;
  starting_after?: string;
  created?: { lte: number };
}

/**
 * A list of Stripe's from a position on, newest first, page by page. What is made while it is read comes by events.
 * The object at the position may be gone meanwhile: then the list is read from its time on, and some objects twice.
 */
export async function* pagesFrom<T extends { id: string; created?: number }>(
  list: (params: ListParams) => Promise<Pick<Stripe.ApiList<T>, 'data' | 'has_more'>>,
  position: StripePosition | null,
): AsyncGenerator<{ data: T[]; position: StripePosition }> {
  let from: Pick<ListParams, 'starting_after' | 'created'> = position
    ? { starting_after: position.after }
    : {};
  for (;;) {
    const page = await fromStripe(() => list({ limit: 100, ...from })).catch((error: unknown) => {
      if (!position || from.starting_after !== position.after || !isMissingCursor(error)) throw error;
      return fromStripe(() => list({ limit: 100, created: { lte: position.created } }));
    });
    if (page.data.length === 0) return;
    const place = placeBehind(page.data);
    yield { data: page.data, position: place };
    if (!page.has_more) return;
    from = { starting_after: place.after };
  }
}

/** Where these, at least one, have been dealt with. */
export function placeBehind(objects: { id: string; created?: number }[]): StripePosition {
  const last = objects.at(-1)!;
  return { after: last.id, created: last.created ?? 0 };
}

const isMissingCursor = (error: unknown) =>
  error instanceof PermanentFailure &&
  error.cause instanceof Stripe.errors.StripeInvalidRequestError &&
  error.cause.code === 'resource_missing';
