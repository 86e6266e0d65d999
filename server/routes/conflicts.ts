import express, { type Router } from 'express';
import { z } from 'zod';
import type { ConflictDecision } from '../../sync/store/entities.ts';
import { findConflict } from '../../sync/store/openConflicts.ts';
import { Problem } from '../problem.ts';
import { answerCommand, type CommandPort } from './commandRoute.ts';
import { parsed, recordId } from './parsed.ts';

const conflictId = z.string().regex(/^\d{1,18}$/, 'is none that `GET /v1/conflicts` gives');

/** The record on whose page it was decided: then the conflict has to be one of it. */
const body = z.strictObject({ record: recordId.optional() }).default({});

/** What a person decides about a conflict: the value that was replaced after all, or that all is well. */
export function conflicts(port: CommandPort): Router {
  const router = express.Router();
  const decide = (decision: ConflictDecision) =>
    router.post(`/v1/conflicts/:id/${decision}`, express.json(), async (request, response) => {
      const id = parsed(conflictId, 'The conflict id', request.params.id);
      const conflict = await findConflict(port.database, id);
      const { record } = parsed(body, 'The decision', request.body);
      if (!conflict?.crmId || (record && record !== conflict.crmId))
        throw new Problem('unknown_conflict', `There is no conflict ${id}.`);
      const { entity, crmId } = conflict;
      const what = { kind: decision, entity, crmId, params: { conflict: id } };
      return answerCommand(port, { request, response }, what);
    });
  decide('use-other');
  decide('dismiss');
  return router;
}
