import type { Sandbox } from '../sandbox.ts';

/** What a merchant sets in the Dashboard: retries, what follows them, reminders, the account's time zone. */
export interface BillingSettings {
  /** Days from each failed automatic charge to the next one; then it is over. */
  retryDays: number[];
  invoicesAfterRetries: 'leave' | 'uncollectible';
  subscriptionsAfterRetries: 'cancel' | 'unpaid' | 'past_due';
  /** How many days before a renewal invoice.upcoming tells of it; null: not at all. */
  upcomingDays: number | null;
  /** Automations: how many days before and after the due date invoice.will_be_due and invoice.overdue are told. */
  willBeDueDays: number[];
  overdueDays: number[];
  /** How long a bank debit stays `processing`. */
  bankDebitSeconds: number;
  /** How long the bank's later answer to a refund takes, with the test cards that have one. */
  refundSeconds: number;
  /** Settings > Account details: an IANA name. */
  timeZone: string;
}

/** `since` is when the automations were set: they tell of nothing that was due before. */
export type StoredSettings = BillingSettings & { id: string; since: number };

const DEFAULTS: BillingSettings = {
  retryDays: [3, 5, 7],
  invoicesAfterRetries: 'leave',
  subscriptionsAfterRetries: 'cancel',
  upcomingDays: 7,
  // Stripe has no automation until somebody makes one.
  willBeDueDays: [],
  overdueDays: [],
  bankDebitSeconds: 180,
  refundSeconds: 180,
  timeZone: 'Etc/UTC',
};

const CHOICES: Partial<Record<keyof BillingSettings, readonly string[]>> = {
  invoicesAfterRetries: ['leave', 'uncollectible'],
  subscriptionsAfterRetries: ['cancel', 'unpaid', 'past_due'],
};
const LISTS = new Set<string>(['retryDays', 'willBeDueDays', 'overdueDays']);

export function billingSettings(sandbox: Sandbox): StoredSettings {
  return { ...DEFAULTS, id: 'billing', since: 0, ...sandbox.settings.get('billing') };
}

/** Keeps what is not named. Throws in words when a value makes no sense. */
export function changeSettings(sandbox: Sandbox, order: Record<string, unknown>): BillingSettings {
  for (const [name, value] of Object.entries(order)) refuseWrong(name, value);
  const changed = { ...billingSettings(sandbox), ...order, since: sandbox.time.wall() };
  sandbox.settings.put(changed as StoredSettings);
  return shownSettings(sandbox);
}

export function shownSettings(sandbox: Sandbox): BillingSettings {
  const { id: _id, since: _since, ...shown } = billingSettings(sandbox);
  return shown;
}

function refuseWrong(name: string, value: unknown): void {
  if (!(name in DEFAULTS))
    throw new Error(`There is no setting ${name}; there are ${Object.keys(DEFAULTS).join(', ')}.`);
  const choices = CHOICES[name as keyof BillingSettings];
  if (choices) {
    if (!choices.includes(value as string)) throw new Error(`${name} is one of ${choices.join(', ')}.`);
    return;
  }
  // An unknown one is a RangeError that names it.
  if (name === 'timeZone') return void new Intl.DateTimeFormat('en', { timeZone: String(value) });
  if (name === 'upcomingDays' && value === null) return;
  const counts = LISTS.has(name) ? value : [value];
  if (!Array.isArray(counts) || !counts.every(isCount))
    throw new Error(LISTS.has(name) ? `${name} is a list of days.` : `${name} is a whole number.`);
}

function isCount(value: unknown): boolean {
  return Number.isInteger(value) && (value as number) >= 0;
}
