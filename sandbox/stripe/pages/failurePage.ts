import type { NextFunction, Request, Response } from 'express';
import { html } from './html.ts';
import { shell } from './shell.ts';

/**
 * A failure of the sandbox itself, in words and without its stack; that goes to the log. The request is not logged:
 * it may hold a card. Express knows an error handler by its four parameters.
 */
// eslint-disable-next-line max-params
export function failurePage(error: unknown, _request: Request, response: Response, next: NextFunction): void {
  if (response.headersSent) return next(error);
  const status = clientStatus(error) ?? 500;
  if (status === 500) console.error(error);
  const body = html`<main class="notice">
    <h1>This did not work</h1>
    <p>
      ${status === 500 ? 'The sandbox itself failed; its log says why. Nothing may have changed: look' : 'The request could not be read. Look'}
      at the page again before you repeat it.
    </p>
  </main>`;
  response.status(status).send(shell({ title: 'Failure', styles: ['hosted'], body }));
}

/** A form that is too long or not a form is refused by the parser with a status of its own. */
function clientStatus(error: unknown): number | undefined {
  const { status } = (error ?? {}) as { status?: unknown };
  return typeof status === 'number' && status >= 400 && status < 500 ? status : undefined;
}
