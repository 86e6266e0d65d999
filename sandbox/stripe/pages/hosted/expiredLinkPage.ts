import { html } from '../html.ts';
import type { Page } from '../shell.ts';

export function expiredLinkPage(accountName: string): Page {
  return {
    title: 'Link expired',
    styles: ['hosted'],
    body: html`<main class="notice">
      <h1>This link has expired</h1>
      <p>
        The invoice may still be there: ask ${accountName} for a new link to it. Who has made the invoice gets
        one whenever it is retrieved.
      </p>
    </main>`,
  };
}
