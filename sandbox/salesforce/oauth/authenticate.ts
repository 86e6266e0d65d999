import type { IncomingMessage } from 'node:http';

/** The token of an Authorization header; the REST API takes Bearer and the older OAuth. */
export function bearerToken({ headers }: IncomingMessage): string | undefined {
  return /^(?:Bearer|OAuth) (\S+)$/i.exec(headers.authorization ?? '')?.[1];
}

/** The session cookie of the page. */
export function cookieToken({ headers }: IncomingMessage): string | undefined {
  const cookie = /(?:^|;\s*)sid=([^;]+)/.exec(headers.cookie ?? '')?.[1];
  return cookie && decodeURIComponent(cookie);
}
