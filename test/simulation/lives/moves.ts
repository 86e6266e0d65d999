import fc from 'fast-check';
import { invoiceActions, type InvoiceAction } from '../../../sync/domain/invoiceActions.ts';

/** A part of the whole: which line, how much of an amount. */
type Share = number;

export interface NewLine {
  /** Minor units of a two-decimal currency; the life makes it fit its own. */
  cents: number;
  quantity: number;
}

/** How an invoice comes into being: by Raise Invoice, or in Stripe, where it may have another currency, tax and discount. */
export type Birth =
  | { in: 'org'; customer: Share; lines: NewLine[] }
  | {
      in: 'stripe';
      customer: Share;
      lines: NewLine[];
      currency: 'usd' | 'eur' | 'jpy' | 'kwd';
      automatic: boolean;
      tax: 'none' | 'inclusive' | 'exclusive';
      percentOff: number | null;
    };

export const stripeMoves = [
  'edit',
  'addLine',
  'deleteLine',
  'finalize',
  'send',
  'pay',
  'payDeclined',
  'payOutside',
  'markUncollectible',
  'void',
  'credit',
  'refund',
  'revise',
  'delete',
] as const;
export type StripeMove = (typeof stripeMoves)[number];

export const orgMoves = ['edit', 'editLine', 'addLine', 'deleteLine', 'delete'] as const;
export type OrgMove = (typeof orgMoves)[number];

/** One thing that somebody does with the invoice, allowed or not: by a button, over the API, in Stripe or in the org's own fields. */
export type Move =
  | { by: 'button' | 'api'; action: InvoiceAction; share: Share }
  | { by: 'stripe'; move: StripeMove; share: Share; cents: number }
  | { by: 'org'; move: OrgMove; share: Share; cents: number };

export interface LifePlan {
  birth: Birth;
  moves: Move[];
}

const share = fc.nat({ max: 9_999 }).map((part) => part / 10_000);
const cents = fc.integer({ min: 60, max: 900_000 });
const lines = fc.array(fc.record({ cents, quantity: fc.integer({ min: 1, max: 12 }) }), {
  minLength: 0,
  maxLength: 3,
});

const birth: fc.Arbitrary<Birth> = fc.oneof(
  fc.record({
    in: fc.constant('org' as const),
    customer: share,
    lines: lines.filter(({ length }) => length > 0),
  }),
  fc.record({
    in: fc.constant('stripe' as const),
    customer: share,
    lines,
    currency: fc.constantFrom('usd' as const, 'eur' as const, 'jpy' as const, 'kwd' as const),
    automatic: fc.boolean(),
    tax: fc.constantFrom('none' as const, 'inclusive' as const, 'exclusive' as const),
    percentOff: fc.option(fc.constantFrom(5, 12.5, 33, 100), { freq: 3 }),
  }),
);

const move: fc.Arbitrary<Move> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      by: fc.constantFrom('button' as const, 'api' as const),
      action: fc.constantFrom(...invoiceActions),
      share,
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      by: fc.constant('stripe' as const),
      move: fc.constantFrom(...stripeMoves),
      share,
      cents,
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      by: fc.constant('org' as const),
      move: fc.constantFrom(...orgMoves),
      share,
      cents,
    }),
  },
);

/** The lives of a seed: the same ones every time. */
export const livesOf = (seed: number, lives: number): LifePlan[] =>
  fc.sample(fc.record({ birth, moves: fc.array(move, { minLength: 1, maxLength: 8 }) }), {
    seed,
    numRuns: lives,
  });
