import { Router, json } from 'express';
import type { Request, Response } from 'express';
import { canUsePage, fullName } from '../access/users.ts';
import type { OrgUser, Users } from '../access/users.ts';
import { cookieToken } from '../oauth/authenticate.ts';
import type { Sessions } from '../oauth/sessions.ts';
import type { Org } from '../org.ts';

export type PageLinks = { stripeDashboard: string; mailbox: string };
type PageSession = {
  org: Org;
  users: Users;
  sessions: Sessions;
  links: PageLinks;
  defaultUserId: string;
  customPermissions: string[];
};

/** GET and POST /sandbox/session: who the page shows the org to. There are no passwords in a sandbox. */
export function sessionRoutes(page: PageSession): Router {
  const router = Router();
  router.get('/sandbox/session', (request, response) => {
    const user = currentUser(page, request) ?? page.users.byId(page.defaultUserId)!;
    if (!currentUser(page, request)) openSession(page, response, user);
    response.json(describeSession(page, user));
  });
  router.post('/sandbox/session', json(), (request, response) => {
    const { userId } = (request.body ?? {}) as { userId?: string };
    const user = page.users.byId(userId ?? '');
    if (!user || !canUsePage(user)) {
      response.status(400).json({ message: 'There is no such user, or the user may use the API only.' });
      return;
    }
    openSession(page, response, user);
    response.json(describeSession(page, user));
  });
  return router;
}

export function currentUser(
  { users, sessions }: Pick<PageSession, 'users' | 'sessions'>,
  request: Request,
): OrgUser | undefined {
  const user = users.byId(sessions.userOf(cookieToken(request) ?? '') ?? '');
  return user && canUsePage(user) ? user : undefined;
}

/** Strict keeps other sites from acting in the sandbox with this cookie. */
function openSession({ sessions }: PageSession, response: Response, { id }: OrgUser): void {
  response.cookie('sid', sessions.open(id), { httpOnly: true, sameSite: 'strict', path: '/' });
}

function describeSession(
  { org, users, links, customPermissions }: PageSession,
  user: OrgUser,
): Record<string, unknown> {
  const { access } = users.actor(user.id);
  return {
    user: { id: user.id, name: fullName(user), username: user.username },
    users: users.all
      .filter(canUsePage)
      .map((other) => ({ id: other.id, name: fullName(other), title: other.title })),
    org: { id: org.id, name: org.name },
    customPermissions: Object.fromEntries(
      customPermissions.map((name) => [name, access.hasCustomPermission(name)]),
    ),
    links,
  };
}
