import type { NextFunction, Request, Response } from 'express';

/** Scripts and styles come from our own files only; nothing inline, so that a hostile name can never run. */
const policy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
];

export function secureHeaders(_request: Request, response: Response, next: NextFunction): void {
  response.set({
    'Content-Security-Policy': policy.join('; '),
    'X-Content-Type-Options': 'nosniff',
    // The token of a hosted invoice is in its address and must not travel to other sites.
    'Referrer-Policy': 'same-origin',
  });
  next();
}

/** A mail brings its own inline styles; it is shown in a sandboxed frame, which inherits this policy. */
export function allowInlineStyles(response: Response): void {
  response.set(
    'Content-Security-Policy',
    policy.map((rule) => (rule.startsWith('style-src') ? `${rule} 'unsafe-inline'` : rule)).join('; '),
  );
}

/** Forms are taken from our own pages only; other sites may reach a port of this machine through the browser. */
export function sameSiteOnly(request: Request, response: Response, next: NextFunction): void {
  const site = request.get('Sec-Fetch-Site');
  if (site === undefined || site === 'same-origin' || site === 'none') return next();
  response.status(403).type('text').send('This form may be sent from the sandbox itself only.');
}
