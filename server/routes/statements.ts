import express, { type Router } from 'express';
import type Stripe from 'stripe';
import { z } from 'zod';
import { statementFigures } from '../../sync/statement/statementFigures.ts';
import { statementOf } from '../../sync/statement/statementOf.ts';
import { statementPdf } from '../../sync/statement/statementPdf.ts';
import { Problem } from '../problem.ts';
import { answerCommand, type CommandPort } from './commandRoute.ts';
import { parsed, recordId } from './parsed.ts';

const period = z.strictObject({ from: z.string().max(40).optional(), to: z.string().max(40).optional() });

export interface StatementsPort extends CommandPort {
  stripe: Stripe;
  statementFont: string | undefined;
}

/** `/v1/accounts/{crmId}/statement`: POST stores it as a file of the Account, GET shows it and keeps nothing. */
export function statements(port: StatementsPort): Router {
  const router = express.Router();
  const inTurn = oneAtATime();

  router.post('/v1/accounts/:crmId/statement', express.json(), (request, response) => {
    const crmId = parsed(recordId, 'The account id', request.params.crmId);
    const params = parsed(period, 'The body', (request.body ?? {}) as unknown);
    const what = { kind: 'statement', entity: 'customer', crmId, params } as const;
    return answerCommand(port, { request, response }, what);
  });

  router.get('/v1/accounts/:crmId/statement', async (request, response) => {
    const accountId = parsed(recordId, 'The account id', request.params.crmId);
    const asked = parsed(period, 'The address', request.query);
    const type = request.accepts(['application/json', 'application/pdf']);
    if (!type)
      throw new Problem(
        'not_acceptable',
        'A statement is application/json or application/pdf. Accept one of them.',
      );
    const statement = await inTurn(() => statementOf(port, { accountId, asked, now: new Date() }));
    response.vary('Accept');
    if (type === 'application/json') {
      response.json(statementFigures(statement));
      return;
    }
    const { from, to } = statement.period;
    response.type('pdf').set('content-disposition', `inline; filename="Statement ${from} to ${to}.pdf"`);
    statementPdf(statement, port.statementFont ?? null).pipe(response);
  });
  return router;
}

/** Calls of this process pass no gate: reading one after the other keeps far below Stripe's limits. */
function oneAtATime() {
  let last: Promise<unknown> = Promise.resolve();
  return <T>(work: () => Promise<T>): Promise<T> => {
    const next = last.then(work);
    last = next.catch(() => undefined);
    return next;
  };
}
