import { Router } from 'express';
import type { Users } from '../access/users.ts';
import type { Sessions } from '../oauth/sessions.ts';
import type { Org } from '../org.ts';
import type { StoredRecord } from '../records/storedRecord.ts';
import { currentUser } from './sessionRoutes.ts';

/** What the page's download buttons lead to: the newest version of a file, for whoever is logged in and may see files. */
export function fileRoutes(parts: { org: Org; users: Users; sessions: Sessions }): Router {
  const router = Router();
  router.get('/sfc/servlet.shepherd/document/download/:document', (request, response) => {
    const user = currentUser(parts, request);
    const version = user && latestVersion(parts.org, request.params.document);
    const object = parts.org.schema.object('ContentVersion')!;
    if (!version || !parts.users.actor(user.id).access.object(object).read) {
      response.status(404).type('text').send('The file was deleted, or you may not see it.');
      return;
    }
    const { PathOnClient: path, VersionData: data } = version.values;
    response.attachment(String(path)).send(Buffer.from(String(data), 'base64'));
  });
  return router;
}

function latestVersion(org: Org, documentId: string): StoredRecord | undefined {
  const document = org.records.get(documentId);
  if (!document || document.deleted || document.object !== 'ContentDocument') return undefined;
  return org.records.get(String(document.values.LatestPublishedVersionId));
}
