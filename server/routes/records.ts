import express, { type Router } from 'express';
import { z } from 'zod';
import { toldConflict } from '../../sync/actions/told.ts';
import { conflictSentence, contextOf } from '../../sync/domain/conflictWords.ts';
import { otherOf } from '../../sync/domain/otherValue.ts';
import { syncEntities } from '../../sync/domain/entity.ts';
import type { Database } from '../../sync/store/database.ts';
import { listConflicts } from '../../sync/store/openConflicts.ts';
import { listParked, retryParked } from '../../sync/store/parkedRecords.ts';
import { findKnownRecords, readTimeline, type KnownRecord } from '../../sync/store/recordTimeline.ts';
import { Problem } from '../problem.ts';
import { after, anyId, parsed } from './parsed.ts';

const PAGE = 200;

const entity = z.enum(syncEntities as [string, ...string[]], {
  error: `is none of ${syncEntities.join(', ')}`,
}) as z.ZodType<(typeof syncEntities)[number]>;
const parkedQuery = z.object({
  entity: entity.optional(),
  after,
});
const conflictQuery = parkedQuery.extend({ crmId: anyId.optional() });
const retryBody = z
  .strictObject({ entity: entity.optional(), ids: z.array(anyId).min(1).max(1000).optional() })
  .default({});

/** What operators and the org ask about records of any kind: which are parked, what happened to one, try again. */
export function records(database: Database): Router {
  const router = express.Router();

  router.get('/v1/parked', async (request, response) => {
    const query = parsed(parkedQuery, 'The query', request.query);
    const parked = await listParked(database, { ...query, limit: PAGE });
    response.json({ parked, next: parked.length === PAGE ? parked.at(-1)!.id : null });
  });

  router.get('/v1/conflicts', async (request, response) => {
    const query = parsed(conflictQuery, 'The query', request.query);
    const conflicts = await listConflicts(database, { ...query, limit: PAGE });
    response.json({
      conflicts: conflicts.map(({ ids, snapshot, ...record }) => {
        const context = contextOf(snapshot);
        return {
          ...record,
          conflicts: record.conflicts.map((conflict) => ({
            id: ids[conflict.field] ?? null,
            ...toldConflict(conflict),
            message: conflictSentence(conflict, context),
            other: otherOf(conflict, { ...record, ...context }),
          })),
        };
      }),
      next: conflicts.length === PAGE ? conflicts.at(-1)!.id : null,
    });
  });

  router.post('/v1/parked/retry', express.json(), async (request, response) => {
    const selection = parsed(retryBody, 'The body', request.body);
    response.json({ retried: await retryParked(database, selection) });
  });

  router.post('/v1/records/:id/retry', async (request, response) => {
    const id = parsed(anyId, 'The id', request.params.id);
    const known = await knownRecords(database, id);
    response.json({ retried: await retryParked(database, { ids: [id] }), states: known.map(stateOf) });
  });

  router.get('/v1/records/:id/history', async (request, response) => {
    const known = await knownRecords(database, parsed(anyId, 'The id', request.params.id));
    const withHistory = known.map(async (record) => ({
      ...record,
      history: await readTimeline(database, record),
    }));
    response.json({ records: await Promise.all(withHistory) });
  });
  return router;
}

async function knownRecords(database: Database, id: string): Promise<KnownRecord[]> {
  const known = await findKnownRecords(database, id);
  if (known.length === 0) {
    throw new Problem('unknown_record', `Nothing is known of ${id}. Sync the record once, then ask again.`);
  }
  return known;
}

/** What the record was before it was marked again. */
const stateOf = ({ entity, crmId, stripeId, state }: KnownRecord) => ({ entity, crmId, stripeId, state });
