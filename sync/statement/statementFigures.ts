import { toMajorUnits } from '../domain/money.ts';
import { rowWords } from '../domain/statementWords.ts';
import type { Statement } from './readStatement.ts';

/** The statement as the API tells it: amounts in major units, as the org shows them. */
export function statementFigures({ period, madeOn, sender, receiver, ...statement }: Statement) {
  const { from, to, zone } = period;
  return {
    from,
    to,
    timeZone: zone,
    statementDate: madeOn,
    sender,
    customer: receiver,
    stripeCustomers: statement.customers,
    currencies: statement.sections.map(({ currency, rows, ageing, ...section }) => {
      const major = (minor: number) => toMajorUnits(minor, currency);
      return {
        currency: currency.toUpperCase(),
        openingBalance: major(section.opening),
        rows: rows.map((row) => ({
          date: row.day,
          kind: row.kind,
          reference: row.reference,
          description: rowWords(row, statement.details.get(row.source)),
          charge: major(Math.max(0, row.amount)),
          credit: major(Math.max(0, -row.amount)),
          balance: major(row.balance),
          stripeId: row.source,
        })),
        closingBalance: major(section.closing),
        pastDue: {
          current: major(ageing.current),
          days1To30: major(ageing.days30),
          days31To60: major(ageing.days60),
          days61To90: major(ageing.days90),
          over90Days: major(ageing.older),
        },
        customerBalance: major(section.customerBalance),
      };
    }),
  };
}

export type StatementFigures = ReturnType<typeof statementFigures>;
