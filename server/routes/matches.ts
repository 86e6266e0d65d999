import express, { type Router } from 'express';
import { z } from 'zod';
import { toLongId } from '../../sync/domain/salesforceId.ts';
import { decideCase, type CaseDecision } from '../../sync/matching/decideCase.ts';
import type { Database } from '../../sync/store/database.ts';
import { listCases } from '../../sync/store/matchCases.ts';
import { callerOf } from '../authenticate.ts';
import { closedWords, takenWords } from '../matchWords.ts';
import { Problem } from '../problem.ts';
import { after, parsed } from './parsed.ts';

const PAGE = 200;

const listQuery = z.object({
  state: z.enum(['open', 'resolving', 'resolved', 'ignored']).default('open'),
  after,
});
const accountId = z.string().transform((id, context) => {
  const long = /^001/.test(id) ? toLongId(id) : undefined;
  if (!long) context.addIssue('is not the id of an Account');
  return long ?? z.NEVER;
});
const decision = z.union(
  [z.strictObject({ accountId }), z.strictObject({ action: z.enum(['create', 'ignore']) })],
  { error: 'names either accountId, or action: "create" or "ignore"' },
);

/** Customers of Stripe that could be several Accounts, or none, and what people say they are. */
export function matches(database: Database): Router {
  const router = express.Router();

  router.get('/v1/matches', async (request, response) => {
    const query = parsed(listQuery, 'The query', request.query);
    const cases = await listCases(database, { ...query, limit: PAGE });
    response.json({ matches: cases, next: cases.length === PAGE ? cases.at(-1)!.id : null });
  });

  router.post('/v1/matches/:id', express.json(), async (request, response) => {
    const body = parsed(decision, 'The body', request.body);
    const chosen: CaseDecision = 'action' in body ? body.action : { accountId: body.accountId };
    const id = request.params.id;
    const decided = await decideCase(database, { id, decision: chosen, by: callerOf(response).userId });
    if (decided.kind === 'unknown') throw new Problem('unknown_match', `There is no match ${id}.`);
    if (decided.kind === 'taken') throw new Problem('account_taken', takenWords(decided.accountId));
    if (decided.kind === 'closed') throw new Problem('match_closed', closedWords(decided.case));
    response.status(202).json({ match: decided.case });
  });
  return router;
}
