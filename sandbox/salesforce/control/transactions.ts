import { Router, json } from 'express';
import type { Org } from '../org.ts';

type SlowCommits = { delayMs: number; path?: string; times: number };
type Wanted = { commitDelayMs?: number; path?: string; times?: number; lockHoldMs?: number };

/**
 * Troubles of transactions that tests order. A slow commit becomes visible later than the SystemModstamp it wrote, so
 * that who reads by SystemModstamp up to now misses it.
 */
export class TransactionKnobs {
  readonly #org: Org;
  #slow: SlowCommits | undefined;

  constructor(org: Org) {
    this.#org = org;
  }

  /** How long this request's commit is to lag behind its stamps. */
  commitDelay(method: string, path: string): number {
    const slow = this.#slow;
    if (!slow || slow.times <= 0 || method === 'GET') return 0;
    if (slow.path && !new RegExp(slow.path).test(path)) return 0;
    slow.times -= 1;
    return slow.delayMs;
  }

  /** POST and DELETE /sandbox/transactions. */
  routes(): Router {
    const router = Router();
    router.post('/sandbox/transactions', json(), (request, response) => {
      const { commitDelayMs, path, times = Infinity, lockHoldMs } = (request.body ?? {}) as Wanted;
      if (commitDelayMs === undefined && lockHoldMs === undefined) {
        response.status(400).json({ message: 'Give commitDelayMs (with path and times) or lockHoldMs.' });
        return;
      }
      if (commitDelayMs !== undefined)
        this.#slow = { delayMs: commitDelayMs, times, ...(path !== undefined && { path }) };
      if (lockHoldMs !== undefined) this.#org.locks.holdMs = lockHoldMs;
      response.status(204).end();
    });
    router.delete('/sandbox/transactions', (_request, response) => {
      this.#slow = undefined;
      this.#org.locks.holdMs = 0;
      response.status(204).end();
    });
    return router;
  }
}
