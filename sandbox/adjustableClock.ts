/** A clock that goes on ticking from wherever it was set: in Unix seconds, unless `base` counts otherwise. */
export class AdjustableClock {
  readonly #base: () => number;
  #offset = 0;

  constructor(base: () => number = () => Math.floor(Date.now() / 1000)) {
    this.#base = base;
  }

  readonly now = (): number => this.#base() + this.#offset;

  /** null goes back to the real time. */
  set(now: number | null): void {
    this.#offset = now === null ? 0 : now - this.#base();
  }
}
