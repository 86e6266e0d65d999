import { ApexException } from './apexExceptions.ts';

/** Where callout:Invoicebridge goes, and the token that the external credential adds. */
export type NamedCredential = { url: string; token: string };
type CalloutRequest = { method: string; path: string; body?: unknown; headers?: Record<string, string> };

// Apex developer guide: a callout may take at most 120 s.
const timeoutMs = 120_000;

/** Sends a callout of Apex to the named credential's address. */
export async function sendCallout(
  { url, token }: NamedCredential,
  { method, path, body, headers = {} }: CalloutRequest,
  { orgId, userId }: { orgId: string; userId: string },
): Promise<{ status: number; body: string }> {
  const address = `${url.replace(/\/$/, '')}/${path.replace(/^\//, '')}`;
  try {
    const response = await fetch(address, {
      method,
      headers: {
        'content-type': 'application/json',
        'X-Salesforce-Org-Id': orgId,
        'X-Salesforce-User-Id': userId,
        ...headers,
        Authorization: `Bearer ${token}`,
      },
      ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
      redirect: 'manual',
      signal: AbortSignal.timeout(timeoutMs),
    });
    return { status: response.status, body: await response.text() };
  } catch (cause) {
    const timedOut = cause instanceof Error && cause.name === 'TimeoutError';
    const message = timedOut
      ? 'Read timed out'
      : `Connection refused: ${new URL(url).host} cannot be reached`;
    throw new ApexException('System.CalloutException', message, { cause });
  }
}
