import type { Priority } from './priority.ts';

export interface BudgetOptions {
  /** Background work stops when so much of the day's calls is left, events when so much is left; people never. */
  backgroundStopsPercent: number;
  eventsStopPercent: number;
  now?: () => number;
}

export interface BudgetState {
  /** Calls of the last 24 hours and how many there may be, as the org last said; null before its first answer. */
  used: number | null;
  max: number | null;
  /** When the org said so, in milliseconds since 1970. */
  at: number | null;
  /** The org refuses calls because they are used up. */
  refused: boolean;
  stopped: Priority[];
}

/**
 * The org's API calls of 24 hours, which all integrations share. The org says with every answer how many are used
 * (Sforce-Limit-Info); the last ones are kept for people.
 */
export class DailyBudget {
  private readonly options: BudgetOptions;
  private used: number | null = null;
  private max: number | null = null;
  private at: number | null = null;
  private refused = false;

  constructor(options: BudgetOptions) {
    this.options = options;
  }

  /** The org has answered, and said how many of its calls are used. */
  note(used: number, max: number): void {
    this.used = used;
    this.max = max;
    this.at = (this.options.now ?? Date.now)();
    this.refused = false;
  }

  /** The org has refused a call because none is left. */
  noteRefusal(): void {
    this.at = (this.options.now ?? Date.now)();
    this.refused = true;
  }

  allows(priority: Priority): boolean {
    if (priority === 'person') return true;
    const { backgroundStopsPercent, eventsStopPercent } = this.options;
    return this.percentLeft > (priority === 'background' ? backgroundStopsPercent : eventsStopPercent);
  }

  /** Why a call was not made, and what to do. */
  get words(): string {
    return this.refused
      ? "The org's API calls of 24 hours are used up. It is tried again by itself when some of them have aged out, or when an administrator has raised the limit."
      : `Only ${Math.floor(this.percentLeft)} % of the org's API calls of 24 hours are left, and these are kept for people. It is tried again by itself when some of them have aged out, or when an administrator has raised the limit.`;
  }

  state(): BudgetState {
    const { used, max, at, refused } = this;
    const stopped = (['event', 'background'] as const).filter((priority) => !this.allows(priority));
    return { used, max, at, refused, stopped };
  }

  private get percentLeft(): number {
    if (this.refused) return 0;
    return this.used === null || !this.max ? 100 : Math.max(0, ((this.max - this.used) * 100) / this.max);
  }
}
