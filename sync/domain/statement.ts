import { dayIn, daysBetween } from './civilDay.ts';
import { movementsOf, type InvoiceHistory, type Movement } from './invoiceHistory.ts';

/** Days of the Stripe account, both included. */
export interface Period {
  from: string;
  to: string;
  /** The first and the last second of it. */
  begins: number;
  ends: number;
  /** IANA name. */
  zone: string;
}

/** What is owed at the end, by how many days past due it is then; minor units. */
export type Ageing = Record<AgeingBucket, number>;
export const ageingBuckets = ['current', 'days30', 'days60', 'days90', 'older'] as const;
export type AgeingBucket = (typeof ageingBuckets)[number];

export interface StatementRow extends Movement {
  /** Of the account. */
  day: string;
  /** What is owed after it. */
  balance: number;
}

/** The account in one currency; minor units. */
export interface StatementSection {
  currency: string;
  opening: number;
  rows: StatementRow[];
  closing: number;
  ageing: Ageing;
  /** The customer's balance in Stripe at the end, beside what is owed: negative is credit, positive is carried over. */
  customerBalance: number;
}

interface Account {
  opening: number;
  closing: number;
  rows: (Movement & { invoice: string; place: number })[];
  ageing: Ageing;
}

/** Takes in one invoice after the other, and holds no more of them than the rows of its period. */
export class Ledger {
  readonly period: Period;
  rowCount = 0;
  private readonly accounts = new Map<string, Account>();

  constructor(period: Period) {
    this.period = period;
  }

  /** Gives the movements that became rows. */
  add(invoice: InvoiceHistory): Movement[] {
    const { begins, ends, zone, to } = this.period;
    const account = this.accountIn(invoice.currency);
    const rows: Movement[] = [];
    let owed = 0;
    for (const [place, movement] of movementsOf(invoice).entries()) {
      if (movement.at > ends) continue;
      owed += movement.amount;
      if (movement.at < begins) account.opening += movement.amount;
      else {
        account.rows.push({ ...movement, invoice: `${invoice.number} ${invoice.id}`, place });
        rows.push(movement);
      }
    }
    account.closing += owed;
    if (owed !== 0) {
      const due = dayIn(zone, invoice.dueAt ?? invoice.finalizedAt);
      account.ageing[bucketOf(daysBetween(due, to))] += owed;
    }
    this.rowCount += rows.length;
    return rows;
  }

  /** By currency; one in which nothing is owed, moved or kept is left out. */
  sections(balances: ReadonlyMap<string, number> = new Map()): StatementSection[] {
    const currencies = [...new Set([...this.accounts.keys(), ...balances.keys()])].sort();
    return currencies
      .map((currency) => this.section(currency, balances.get(currency) ?? 0))
      .filter(
        ({ opening, closing, rows, customerBalance }) =>
          opening !== 0 || closing !== 0 || rows.length > 0 || customerBalance !== 0,
      );
  }

  private section(currency: string, customerBalance: number): StatementSection {
    const { opening, closing, rows, ageing } = this.accountIn(currency);
    let balance = opening;
    const shown = rows
      .toSorted(
        (one, other) => one.at - other.at || compare(one.invoice, other.invoice) || one.place - other.place,
      )
      .map(({ invoice: _, place: __, ...movement }) => {
        balance += movement.amount;
        return { ...movement, day: dayIn(this.period.zone, movement.at), balance };
      });
    return { currency, opening, rows: shown, closing, ageing, customerBalance };
  }

  private accountIn(currency: string): Account {
    const known = this.accounts.get(currency);
    if (known) return known;
    const account = { opening: 0, closing: 0, rows: [], ageing: noAgeing() };
    this.accounts.set(currency, account);
    return account;
  }
}

export function bucketOf(daysPastDue: number): AgeingBucket {
  if (daysPastDue <= 0) return 'current';
  if (daysPastDue <= 30) return 'days30';
  if (daysPastDue <= 60) return 'days60';
  return daysPastDue <= 90 ? 'days90' : 'older';
}

const noAgeing = (): Ageing => ({ current: 0, days30: 0, days60: 0, days90: 0, older: 0 });

const compare = (one: string, other: string): number => (one < other ? -1 : one > other ? 1 : 0);
