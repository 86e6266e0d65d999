import { PermanentFailure, RetryableFailure } from '../failure.ts';

export interface Download {
  bytes: Buffer;
  /** Of the answer's content type, without parameters. */
  type: string;
}

export interface DownloadOptions {
  /** A host beside Stripe's own that documents may come from: the one that STRIPE_API_BASE names. */
  alsoFrom: string | null;
}

// What one request of the org takes as base64 is 50 MB; Stripe's documents have a few hundred kB.
const MOST_BYTES = 35 * 1024 * 1024;
/** Of a document that no other try makes smaller. */
export const TOO_LARGE = 'document_too_large';
const TIMEOUT_MS = 30_000;
const MOST_REDIRECTS = 3;

/** A document at an address that Stripe has given. No other host is asked, wherever an answer points to. */
export async function downloadFromStripe(
  address: string,
  options: DownloadOptions,
  redirects = 0,
): Promise<Download> {
  const url = new URL(address);
  if (!isStripes(url, options))
    throw refused(`Stripe named ${url.host} as the place of a document, which is none of its own hosts.`);
  const answer = await asked(url);
  const next = answer.headers.get('location');
  if (answer.status >= 300 && answer.status < 400 && next) {
    await answer.body?.cancel();
    if (redirects >= MOST_REDIRECTS) throw refused('The document was moved too many times.');
    return downloadFromStripe(new URL(next, url).href, options, redirects + 1);
  }
  if (!answer.ok) {
    await answer.body?.cancel();
    throw unavailable(
      `Stripe answered ${answer.status} instead of the document. It is tried again by itself.`,
    );
  }
  return {
    bytes: await bytesOf(answer),
    type: (answer.headers.get('content-type') ?? '').split(';')[0]!.trim(),
  };
}

const isStripes = ({ protocol, host, hostname }: URL, { alsoFrom }: DownloadOptions) =>
  (protocol === 'https:' && (hostname === 'stripe.com' || hostname.endsWith('.stripe.com'))) ||
  (alsoFrom !== null && host === alsoFrom);

async function asked(url: URL): Promise<Response> {
  try {
    return await fetch(url, { redirect: 'manual', signal: AbortSignal.timeout(TIMEOUT_MS) });
  } catch (cause) {
    throw unavailable('Stripe does not answer right now. The document is asked for again by itself.', cause);
  }
}

async function bytesOf(answer: Response): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  let size = 0;
  try {
    for await (const part of answer.body ?? []) {
      size += part.length;
      if (size > MOST_BYTES) break;
      parts.push(part);
    }
  } catch (cause) {
    throw unavailable('The document broke off. It is asked for again by itself.', cause);
  }
  if (size > MOST_BYTES)
    throw new PermanentFailure({
      code: TOO_LARGE,
      stage: 'read-stripe',
      message:
        'The document is larger than 35 MB, which is more than the org takes at once. It stays in Stripe, and is not asked for again until it changes.',
    });
  return Buffer.concat(parts);
}

const refused = (message: string) =>
  new PermanentFailure({ code: 'document_refused', stage: 'read-stripe', message });
const unavailable = (message: string, cause?: unknown) =>
  new RetryableFailure({ code: 'document_unavailable', stage: 'read-stripe', message, cause });
