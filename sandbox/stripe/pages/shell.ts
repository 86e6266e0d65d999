import { html, type Html } from './html.ts';

export const assetsPath = '/_sandbox/assets';

export interface Page {
  title: string;
  /** Names of files in `assets/`, without ending. */
  styles: string[];
  script?: string;
  body: Html;
}

/** The document around every page. It says on each of them that this is not Stripe. */
export function shell({ title, styles, script, body }: Page): string {
  return `<!doctype html>\n${
    html`<html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${title}</title>
        <link rel="icon" href="${assetsPath}/icon.svg" type="image/svg+xml" />
        ${['base', ...styles].map((name) => html`<link rel="stylesheet" href="${assetsPath}/${name}.css" />`)}
        ${script && html`<script src="${assetsPath}/${script}.js" type="module"></script>`}
      </head>
      <body>
        <p class="sandbox-banner" role="note">
          <strong>Sandbox: not Stripe, no real money.</strong> Use the test card 4242 4242 4242 4242; never
          type a real one.
        </p>
        ${body}
      </body>
    </html>`.markup
  }`;
}
