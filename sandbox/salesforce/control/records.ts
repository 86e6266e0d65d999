import { Router, json } from 'express';
import type { Request, Response } from 'express';
import { systemAccess } from '../access/access.ts';
import { orgErrorsOf } from '../orgError.ts';
import type { Org } from '../org.ts';
import { toId18 } from '../recordId.ts';
import type { DuplicateRule } from '../records/duplicateRules.ts';
import { mergeAccounts } from '../records/mergeAccounts.ts';
import { undeleteRecord } from '../records/recycleBin.ts';
import { adminUserId } from '../seed/users.ts';

/** What an administrator does in the org's own pages and no REST call of ours can: undelete, merge, duplicate rules. */
export function recordControl(org: Org): Router {
  const router = Router();
  const admin = { userId: adminUserId, access: systemAccess };
  const acts = (work: (body: Record<string, unknown>) => void) => (request: Request, response: Response) => {
    try {
      work((request.body ?? {}) as Record<string, unknown>);
      response.status(204).end();
    } catch (error) {
      const errors = orgErrorsOf(error);
      if (!errors) throw error;
      response.status(400).json(errors.map((one) => one.toJSON()));
    }
  };
  router.post(
    '/sandbox/undelete',
    json(),
    acts(({ ids }) => org.transaction(() => list(ids).forEach((id) => undeleteRecord(org, admin, id)))),
  );
  router.post(
    '/sandbox/merge',
    json(),
    acts(({ masterId, mergedIds }) =>
      mergeAccounts(org, admin, { masterId: list([masterId])[0]!, mergedIds: list(mergedIds) }),
    ),
  );
  router.post(
    '/sandbox/duplicateRules',
    json(),
    acts((rule) => org.duplicateRules.push(rule as DuplicateRule)),
  );
  router.delete(
    '/sandbox/duplicateRules',
    acts(() => (org.duplicateRules = [])),
  );
  return router;
}

function list(ids: unknown): string[] {
  return (Array.isArray(ids) ? ids : []).map((id) => toId18(String(id)) ?? String(id));
}
