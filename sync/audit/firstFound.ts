import type { Difference } from './audit.ts';
import { isDifference } from './auditTables.ts';

// More than anybody reads on a screen or a page; `invoicebridge audit --json` names all of them without holding them.
const MOST_KEPT = 1000;

/** The first differences, and the first of what is none, each so many that neither crowds out the other. */
export class FirstFound {
  readonly differences: Difference[] = [];
  private readonly others: Difference[] = [];

  add(difference: Difference): void {
    const kept = isDifference(difference.kind) ? this.differences : this.others;
    if (kept.length < MOST_KEPT) kept.push(difference);
  }

  get all(): Difference[] {
    return [...this.differences, ...this.others];
  }
}
