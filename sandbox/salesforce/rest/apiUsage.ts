import { OrgError } from '../orgError.ts';

/** Counts API calls against the org's daily limit. The count begins anew when the sandbox starts. */
export class ApiUsage {
  #max: number;
  #used = 0;

  constructor(max: number) {
    this.#max = max;
  }

  get max(): number {
    return this.#max;
  }

  get used(): number {
    return this.#used;
  }

  count(): void {
    if (this.#used >= this.#max)
      throw new OrgError('REQUEST_LIMIT_EXCEEDED', 'TotalRequests Limit exceeded.');
    this.#used += 1;
  }

  /** As if other integrations had called, or calls had aged out. */
  set({ used = this.#used, max = this.#max }: { used?: number; max?: number }): void {
    this.#used = used;
    this.#max = max;
  }

  /** The value of the Sforce-Limit-Info header. */
  get header(): string {
    return `api-usage=${this.#used}/${this.#max}`;
  }
}
