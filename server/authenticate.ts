import type { NextFunction, Request, RequestHandler, Response } from 'express';
import { toLongId } from '../sync/domain/salesforceId.ts';
import { orgOfToken } from '../sync/store/apiTokens.ts';
import type { Database } from '../sync/store/database.ts';
import { servedOrg } from '../sync/store/servedOrg.ts';
import { Problem } from './problem.ts';

/** Who calls: the org, and the user in it who pressed the button, where one did. */
export interface Caller {
  orgId: string;
  userId: string | null;
}

/** Lets a request pass that brings a valid bearer token of the org it names; notes the caller for the route. */
export function authenticate(database: Database): RequestHandler {
  return async (request: Request, response: Response, next: NextFunction): Promise<void> => {
    const token = /^Bearer (\S+)$/i.exec(request.get('authorization') ?? '')?.[1];
    const tokenOrg = token ? await orgOfToken(database, token) : undefined;
    if (!tokenOrg) {
      response.set('www-authenticate', 'Bearer');
      throw new Problem(
        'unauthenticated',
        'The bearer token is missing or not valid. An administrator makes one with `npm run token` and puts it into the External Credential.',
      );
    }
    const named = toLongId(request.get('x-salesforce-org-id') ?? '');
    if (named !== toLongId(tokenOrg)) {
      throw new Problem(
        'wrong_org',
        'The token belongs to another org than X-Salesforce-Org-Id names. Register a token for this org.',
      );
    }
    const served = await servedOrg(database);
    if (served !== null && served !== named) {
      throw new Problem(
        'wrong_org',
        'This installation serves another org. An org that was refreshed has a new id: register a new token for it.',
      );
    }
    const caller: Caller = {
      orgId: named!,
      userId: toLongId(request.get('x-salesforce-user-id') ?? '') ?? null,
    };
    response.locals.caller = caller;
    next();
  };
}

export const callerOf = (response: Response): Caller => response.locals.caller as Caller;
