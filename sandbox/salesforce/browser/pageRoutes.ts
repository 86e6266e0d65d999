import { Router } from 'express';
import type { LayoutSource } from '../uiApi/layoutSource.ts';

/** GET /sandbox/flexipage/{object}: the regions of a record page and the components in them. */
export function flexipageRoute(layouts: LayoutSource): Router {
  const router = Router();
  router.get('/sandbox/flexipage/:object', (request, response) => {
    response.json({ regions: layouts.recordPage(request.params.object) ?? standardPage });
  });
  return router;
}

/** The page of an object for which none was made. */
const standardPage = [
  { name: 'main', components: [{ name: 'force:detailPanel', properties: {} }] },
  { name: 'sidebar', components: [{ name: 'force:relatedListContainer', properties: {} }] },
];

/** The page itself, when it was built. */
export async function pageRoutes(pageDir: string | undefined): Promise<Router> {
  if (pageDir !== undefined) {
    const { createPage } = await import('../../page/serve.ts');
    return createPage({ dir: pageDir });
  }
  const router = Router();
  router.get(['/', '/lightning{/*path}'], (_request, response) => {
    response.type('text').send('This is the sandbox CRM org. It was started without its page.');
  });
  return router;
}
