import { readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import express, { type Request, type Response, type Router } from 'express';
import type { PageManifest } from './build/appBuild.ts';
import { packageFolder } from './build/places.ts';

export interface PageOptions {
  /** The built page, as `ensurePage` answers it. */
  dir: string;
}

/** The org's page: its HTML for `/` and `/lightning/...`, its scripts, and the styles and icons of the design system. */
export function createPage({ dir }: PageOptions): Router {
  const manifest = JSON.parse(readFileSync(join(dir, 'page.json'), 'utf8')) as PageManifest;
  const html = pageHtml(manifest);
  const page = express.Router();

  const sendPage = (_request: Request, response: Response) => {
    response.set(headers).type('html').send(html);
  };
  page.get('/', sendPage);
  page.get('/lightning{/*path}', sendPage);
  page.get('/favicon.ico', (_request, response) => {
    response.set('Cache-Control', 'public, max-age=86400').type('svg').send(icon);
  });

  // The names of the folders change with their content.
  const builds = express.static(dirname(dir), {
    index: false,
    immutable: true,
    maxAge: '1y',
    dotfiles: 'ignore',
  });
  page.use('/page', builds, notFound);
  const designSystem = join(packageFolder('@salesforce-ux/design-system'), 'assets');
  page.use('/slds', express.static(designSystem, { index: false, maxAge: '1d' }), notFound);
  return page;
}

/**
 * Scripts come from this server only. Styles are also inline because LWC puts the style sheets of components into the
 * document as style elements.
 */
const headers = {
  'Content-Security-Policy': [
    "default-src 'self'",
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data:",
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; '),
  'Cache-Control': 'no-cache',
  'Referrer-Policy': 'same-origin',
  'X-Content-Type-Options': 'nosniff',
};

function pageHtml({ entry, preload }: PageManifest): string {
  const preloads = preload.map((file) => `<link rel="modulepreload" href="/page/${file}">`).join('\n');
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Invoicebridge sandbox</title>
<link rel="icon" href="/favicon.ico" type="image/svg+xml">
<link rel="stylesheet" href="/slds/styles/salesforce-lightning-design-system.min.css">
${preloads}
</head>
<body>
<div id="app"><p role="status">Loading the sandbox…</p></div>
<script type="module" src="/page/${entry}"></script>
</body>
</html>
`;
}

function notFound(request: Request, response: Response): void {
  response
    .status(404)
    .type('text')
    .send(`There is no file ${basename(request.path)}.`);
}

const icon = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" rx="7" fill="#0176d3"/><path d="M9 6h14v20l-3.5-2.5L16 26l-3.5-2.5L9 26z" fill="#fff"/><path d="M12.5 11h7M12.5 15h7M12.5 19h4" stroke="#0176d3" stroke-width="2"/></svg>`;
