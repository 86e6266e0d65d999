import { html } from '../html.ts';
import type { Page } from '../shell.ts';

export function unknownInvoicePage(): Page {
  return {
    title: 'Invoice not found',
    styles: ['hosted'],
    body: html`<main class="notice">
      <h1>This invoice was not found</h1>
      <p>
        The link may be incomplete, or the invoice may have been deleted. Open the link from the mail again,
        or ask the sender for a new one.
      </p>
    </main>`,
  };
}
