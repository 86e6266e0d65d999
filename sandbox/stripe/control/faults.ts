import { setTimeout as sleep } from 'node:timers/promises';
import { newId } from '../ids.ts';

/** What is to go wrong with the next requests that match. */
export interface FaultOrder {
  match?: { method?: string; /** A regular expression over the path. */ path?: string };
  kind: 'status' | 'resetBefore' | 'resetAfter' | 'delay' | 'delayAnswer';
  status?: number;
  body?: unknown;
  headers?: Record<string, string>;
  delayMs?: number;
  /** The request, or with `delayAnswer` its answer, waits until the faults are cleared. */
  hold?: boolean;
  /** How many requests it strikes; all of them when it is left out. */
  times?: number;
}

export type Fault = FaultOrder & { id: string; struck: number };

const KINDS = ['status', 'resetBefore', 'resetAfter', 'delay', 'delayAnswer'];

export interface Struck {
  delayMs: number;
  /** Resolves when a held request may go on. */
  released: Promise<void> | undefined;
  /** The request has taken effect; resolves when its answer may leave. */
  answerReleased: Promise<unknown> | undefined;
  fault: Fault | undefined;
}

/** Requests can be refused, cut off, slowed down or held before or after they took effect, on demand. */
export class Faults {
  #faults: Fault[] = [];
  #held: (() => void)[] = [];

  add(order: FaultOrder): Fault {
    if (!KINDS.includes(order?.kind)) throw new Error(`A fault needs a kind: one of ${KINDS.join(', ')}.`);
    if (order.match?.path !== undefined) new RegExp(order.match.path);
    const fault = { ...order, id: newId('fault'), struck: 0 };
    this.#faults.push(fault);
    return fault;
  }

  list(): Fault[] {
    return this.#faults;
  }

  clear(): void {
    this.#faults = [];
    for (const release of this.#held.splice(0)) release();
  }

  /** The first delay and the first other fault that strike this request; both are used up by it. */
  strike(method: string, path: string): Struck {
    const matching = this.#faults.filter((fault) => matches(fault, method, path));
    const delay = matching.find((fault) => fault.kind === 'delay');
    const fault = matching.find((one) => one.kind !== 'delay');
    for (const one of [delay, fault]) if (one) one.struck += 1;
    this.#faults = this.#faults.filter((one) => one.times === undefined || one.struck < one.times);
    const isLate = fault?.kind === 'delayAnswer';
    return {
      delayMs: (delay?.delayMs ?? 0) + (isLate ? 0 : (fault?.delayMs ?? 0)),
      released: delay?.hold || (fault?.hold && !isLate) ? this.#hold() : undefined,
      answerReleased: isLate ? (fault.hold ? this.#hold() : sleep(fault.delayMs ?? 0)) : undefined,
      fault,
    };
  }

  #hold(): Promise<void> {
    return new Promise((release) => this.#held.push(release));
  }
}

function matches({ match }: Fault, method: string, path: string): boolean {
  if (match?.method !== undefined && match.method.toUpperCase() !== method) return false;
  return match?.path === undefined || new RegExp(match.path).test(path);
}
