export interface Latency {
  match?: { method?: string; /** A regular expression over the path. */ path?: string };
  ms: number;
}

export interface PaceOrder {
  /** More calls than that within a second are answered with 429; null is without a limit. */
  requestsPerSecond?: number | null;
  /** How long calls take; the first entry that matches counts, one without a match is for all. */
  latency?: Latency[];
}

/** How fast the API answers and how much it takes: 25 calls a second is what Stripe's own sandboxes take. */
export class Pace {
  #order: Required<PaceOrder> = { requestsPerSecond: null, latency: [] };
  #recent: number[] = [];
  #limited = 0;

  set(order: PaceOrder): void {
    const { requestsPerSecond = null, latency = [] } = order;
    if (requestsPerSecond !== null && !(Number.isInteger(requestsPerSecond) && requestsPerSecond > 0))
      throw new Error('requestsPerSecond is a count of calls, or null for no limit.');
    for (const { ms, match } of latency) {
      if (!Number.isFinite(ms) || ms < 0) throw new Error('Each latency needs its ms.');
      if (match?.path !== undefined) new RegExp(match.path);
    }
    this.#order = { requestsPerSecond, latency };
    this.#recent = [];
    this.#limited = 0;
  }

  report(): Required<PaceOrder> & { limited: number } {
    return { ...this.#order, limited: this.#limited };
  }

  /** False when this call is one too many within the last second. */
  admits(now: number): boolean {
    const { requestsPerSecond: most } = this.#order;
    if (most === null) return true;
    this.#recent = this.#recent.filter((time) => time > now - 1000);
    if (this.#recent.length >= most) {
      this.#limited += 1;
      return false;
    }
    this.#recent.push(now);
    return true;
  }

  latencyOf(method: string, path: string): number {
    const found = this.#order.latency.find(
      ({ match }) =>
        (match?.method === undefined || match.method.toUpperCase() === method) &&
        (match?.path === undefined || new RegExp(match.path).test(path)),
    );
    return found?.ms ?? 0;
  }
}
