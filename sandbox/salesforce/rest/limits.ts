import { ok } from './answer.ts';
import type { RestAnswer, RestContext, RestRequest } from './answer.ts';

/** The limits an integration looks at; the others of the platform are left out. */
export function limits(_request: RestRequest, { usage }: RestContext): RestAnswer {
  const { max, used } = usage;
  return ok({
    DailyApiRequests: { Max: max, Remaining: Math.max(0, max - used) },
    DailyBulkV2QueryJobs: { Max: 10_000, Remaining: 10_000 },
    DataStorageMB: { Max: 10_240, Remaining: 10_239 },
  });
}
