import http from 'node:http';
import https from 'node:https';

export interface Outcome {
  httpStatus: number | null;
  error: string | null;
}

/** Stripe does not publish how long it waits; ten seconds are generous on one machine. */
const TIMEOUT_MS = 10_000;

/** Sends webhooks over kept connections and reports every outcome as a value; it never throws. */
export class Poster {
  readonly #agents = {
    http: new http.Agent({ keepAlive: true }),
    https: new https.Agent({ keepAlive: true }),
  };

  /** A kept connection that the receiver closed meanwhile is no answer of the receiver, so it is tried once more. */
  async post(url: string, payload: string, signature: string): Promise<Outcome> {
    const first = await this.#send(url, payload, signature);
    return first.stale ? this.#send(url, payload, signature) : first;
  }

  close(): void {
    this.#agents.http.destroy();
    this.#agents.https.destroy();
  }

  #send(url: string, payload: string, signature: string): Promise<Outcome & { stale?: boolean }> {
    const secure = url.startsWith('https:');
    const body = Buffer.from(payload);
    return new Promise((resolve) => {
      const request = (secure ? https : http).request(
        url,
        {
          method: 'POST',
          agent: secure ? this.#agents.https : this.#agents.http,
          timeout: TIMEOUT_MS,
          headers: {
            'Content-Type': 'application/json; charset=utf-8',
            'Content-Length': body.length,
            'Cache-Control': 'no-cache',
            'Stripe-Signature': signature,
            'User-Agent': 'Stripe/1.0 (+https://stripe.com/docs/webhooks)',
          },
        },
        (response) => {
          response.resume();
          response.once('end', () => resolve({ httpStatus: response.statusCode ?? null, error: null }));
          response.once('error', (error) => resolve({ httpStatus: null, error: error.message }));
        },
      );
      request.once('timeout', () =>
        request.destroy(new Error(`No answer within ${TIMEOUT_MS / 1000} seconds.`)),
      );
      request.once('error', (error: NodeJS.ErrnoException) => {
        const stale = request.reusedSocket && error.code === 'ECONNRESET';
        resolve({ httpStatus: null, error: error.message || String(error.code), stale });
      });
      request.end(body);
    });
  }
}
