import type { Outcome } from './life.ts';
import { buttons, orgMoves, stripeMoves } from './moves.ts';

export const STATES = ['none', 'draft', 'open', 'part paid', 'paid', 'uncollectible', 'void'] as const;

export type Counts = Record<Outcome, number>;

/** How often each move was tried in each state of an invoice, and what came of it. */
export class Told {
  readonly counts: Map<string, Map<string, Counts>>;

  constructor(entries: [string, [string, Counts][]][] = []) {
    this.counts = new Map(entries.map(([what, states]) => [what, new Map(states)]));
  }

  count(what: string, state: string, outcome: Outcome, times = 1): void {
    const states = this.counts.get(what) ?? new Map<string, Counts>();
    const counts = states.get(state) ?? { done: 0, refused: 0, 'goes on': 0 };
    counts[outcome] += times;
    this.counts.set(what, states.set(state, counts));
  }

  add(other: Told): void {
    for (const [what, states] of other.counts)
      for (const [state, counts] of states)
        for (const [outcome, times] of Object.entries(counts))
          this.count(what, state, outcome as Outcome, times);
  }

  done(what: string): number {
    return [...(this.counts.get(what)?.values() ?? [])].reduce(
      (sum, counts) => sum + counts.done + counts['goes on'],
      0,
    );
  }

  /** Moves that were never made, of all that there are. */
  get missing(): string[] {
    const all = [
      ...(['button', 'api'] as const).flatMap((by) => buttons.map((move) => `${by} ${move}`)),
      ...stripeMoves.map((move) => `stripe ${move}`),
      ...orgMoves.map((move) => `org ${move}`),
    ];
    return all.filter((what) => this.done(what) === 0);
  }

  /** For `console.table`: "made/refused" of each move in each state; what goes on by itself counts as made. */
  get table(): Record<string, Record<string, string>> {
    return Object.fromEntries(
      [...this.counts]
        .sort(([one], [other]) => (one < other ? -1 : 1))
        .map(([what, states]) => [
          what,
          Object.fromEntries(
            STATES.map((state) => {
              const counts = states.get(state);
              return [state, counts ? `${counts.done + counts['goes on']}/${counts.refused}` : ''];
            }),
          ),
        ]),
    );
  }

  /** To be sent to another process. */
  get entries(): [string, [string, Counts][]][] {
    return [...this.counts].map(([what, states]) => [what, [...states]]);
  }
}
