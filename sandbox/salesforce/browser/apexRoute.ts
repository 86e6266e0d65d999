import { Router, json } from 'express';
import type { Response } from 'express';
import { fullName } from '../access/users.ts';
import type { OrgUser, Users } from '../access/users.ts';
import { AuraHandledException } from '../apex/context.ts';
import type { ApexMethod } from '../apex/context.ts';
import type { Sessions } from '../oauth/sessions.ts';
import type { Org } from '../org.ts';
import { openApexContext } from './apexContext.ts';
import { ApexException } from './apexExceptions.ts';
import type { NamedCredential } from './callout.ts';
import { currentUser } from './sessionRoutes.ts';

export type ApexClasses = Record<string, Record<string, ApexMethod>>;
type Apex = {
  org: Org;
  users: Users;
  sessions: Sessions;
  namedCredential: NamedCredential;
  classes: ApexClasses;
};
type Execution = {
  classname?: string;
  method?: string;
  params?: Record<string, unknown>;
  cacheable?: boolean;
};

/** POST /webruntime/api/apex/execute: runs the twin of an @AuraEnabled method as the page's user, in one transaction. */
export function apexRoute(apex: Apex): Router {
  const router = Router();
  router.post('/webruntime/api/apex/execute', json({ limit: '5mb' }), async (request, response) => {
    const user = currentUser(apex, request);
    if (!user) return refuse(response, 401, { message: 'Session expired or invalid' });
    const { classname = '', method = '', params = {}, cacheable = false } = (request.body ?? {}) as Execution;
    const apexMethod = apex.classes[classname]?.[method];
    if (!apexMethod)
      return refuse(response, 404, { message: `There is no Apex method ${classname}.${method}.` });
    if (!apex.users.actor(user.id).access.canUseClass(classname)) {
      return refuse(response, 403, {
        message: `You do not have access to the Apex class named '${classname}'.`,
      });
    }
    if (cacheable && !apexMethod.cacheable) {
      return refuse(response, 400, { message: `${classname}.${method} is not annotated as cacheable.` });
    }
    try {
      const returnValue = await execute(apex, user, { apexMethod, params });
      response.json({ returnValue: returnValue ?? null });
    } catch (error) {
      answerException(response, error);
    }
  });
  return router;
}

async function execute(
  { org, users, namedCredential }: Apex,
  user: OrgUser,
  { apexMethod, params }: { apexMethod: ApexMethod; params: Record<string, unknown> },
): Promise<unknown> {
  const call = {
    org,
    actor: users.actor(user.id),
    userName: fullName(user),
    cacheable: apexMethod.cacheable,
    namedCredential,
  };
  const { context, transaction } = openApexContext(call);
  try {
    const returned = apexMethod.run(params, context);
    // A method that calls out has no DML open while it waits, so nothing else can fall into its transaction.
    const result = returned instanceof Promise ? ((await returned) as unknown) : returned;
    transaction.commit();
    return result;
  } catch (error) {
    transaction.rollback();
    throw error;
  }
}

/** Only an AuraHandledException is meant for people; others show the platform's own words. */
function answerException(response: Response, error: unknown): void {
  const message = error instanceof Error ? error.message : String(error);
  if (error instanceof AuraHandledException) {
    return refuse(response, 400, { message, exceptionType: 'System.AuraHandledException' });
  }
  const exceptionType = error instanceof ApexException ? error.exceptionType : 'System.UnexpectedException';
  refuse(response, 500, { message, exceptionType });
}

function refuse(response: Response, status: number, body: { message: string; exceptionType?: string }): void {
  response
    .status(status)
    .json({ exceptionType: null, isUserDefinedException: false, stackTrace: '', ...body });
}
