/** How often each call of the API was made, for tests that count. */
export class Calls {
  #counts = new Map<string, number>();

  /** `name` is the method and the path with its variables, such as `POST /v1/invoices/:invoice/pay`. */
  count(name: string): void {
    this.#counts.set(name, (this.#counts.get(name) ?? 0) + 1);
  }

  report(): { total: number; byPath: Record<string, number> } {
    let total = 0;
    for (const count of this.#counts.values()) total += count;
    return { total, byPath: Object.fromEntries(this.#counts) };
  }

  reset(): void {
    this.#counts.clear();
  }
}
