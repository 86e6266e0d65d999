import fc from 'fast-check';
import { invoiceActions, type InvoiceAction } from '../../../sync/domain/invoiceActions.ts';
import { trouble, type Trouble } from '../history.ts';

/** A part of the whole: which line, how much of an amount. */
type Share = number;

export interface NewLine {
  /** Minor units of a two-decimal currency; the life makes it fit its own. */
  cents: number;
  quantity: number;
  /** A part of a unit more, where the currency takes that. */
  isFraction: boolean;
}

/**
 * How an invoice comes into being: by Raise Invoice; in Stripe, where it may have another currency, tax and discount; or of a
 * subscription, as its first one or with its renewal. Some customers live in a time of their own, which can be moved on.
 */
export type Birth =
  | { in: 'org'; customer: Share; hasClock: boolean; lines: NewLine[] }
  | {
      in: 'stripe';
      customer: Share;
      hasClock: boolean;
      lines: NewLine[];
      currency: 'usd' | 'eur' | 'jpy' | 'kwd';
      automatic: boolean;
      tax: 'none' | 'inclusive' | 'exclusive';
      percentOff: number | null;
    }
  | { in: 'subscription'; customer: Share; hasClock: boolean; automatic: boolean };

export const stripeMoves = [
  'edit',
  'addLine',
  'deleteLine',
  'discount',
  'taxes',
  'schedule',
  'finalize',
  'send',
  'pay',
  'payDeclined',
  'payByBank',
  'payPart',
  'payOutside',
  'payHosted',
  'payHostedDeclined',
  'payLink',
  'payRaced',
  'switchLinkOff',
  'changeBalance',
  'markUncollectible',
  'void',
  'credit',
  'voidCredit',
  'refund',
  'revise',
  'delete',
  'time',
] as const;
export type StripeMove = (typeof stripeMoves)[number];

export const orgMoves = [
  'edit',
  'discount',
  'taxes',
  'terms',
  'schedule',
  'editLine',
  'addLine',
  'deleteLine',
  'delete',
] as const;
export type OrgMove = (typeof orgMoves)[number];

export const buttons = [...invoiceActions, 'sync'] as const;
export type Button = InvoiceAction | 'sync';

/** One thing that somebody does with the invoice, allowed or not: by a button, over the API, in Stripe or in the org's own fields. */
export type Move =
  | { by: 'button' | 'api'; move: Button; share: Share; cents: number }
  | { by: 'stripe'; move: StripeMove; share: Share; cents: number }
  | { by: 'org'; move: OrgMove; share: Share; cents: number };

export interface LifePlan {
  birth: Birth;
  moves: Move[];
  /** What befalls both systems, and the machine, when this life begins. */
  trouble: Trouble;
}

const share = fc.nat({ max: 9_999 }).map((part) => part / 10_000);
// Below 50 no card can be charged.
const cents = fc.oneof(
  { weight: 9, arbitrary: fc.integer({ min: 60, max: 900_000 }) },
  { weight: 1, arbitrary: fc.integer({ min: 1, max: 60 }) },
);
const rarely = fc.integer({ min: 0, max: 9 }).map((drawn) => drawn === 9);
const lines = fc.array(fc.record({ cents, quantity: fc.integer({ min: 1, max: 12 }), isFraction: rarely }), {
  minLength: 0,
  maxLength: 3,
});

const birth: fc.Arbitrary<Birth> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      in: fc.constant('org' as const),
      customer: share,
      hasClock: rarely,
      lines: lines.filter(({ length }) => length > 0),
    }),
  },
  {
    weight: 5,
    arbitrary: fc.record({
      in: fc.constant('stripe' as const),
      customer: share,
      hasClock: rarely,
      lines,
      currency: fc.constantFrom('usd' as const, 'eur' as const, 'jpy' as const, 'kwd' as const),
      automatic: fc.boolean(),
      tax: fc.constantFrom('none' as const, 'inclusive' as const, 'exclusive' as const),
      percentOff: fc.option(fc.constantFrom(5, 12.5, 33, 100), { freq: 3 }),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      in: fc.constant('subscription' as const),
      customer: share,
      hasClock: fc.boolean(),
      automatic: fc.boolean(),
    }),
  },
);

const move: fc.Arbitrary<Move> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      by: fc.constantFrom('button' as const, 'api' as const),
      move: fc.constantFrom(...buttons),
      share,
      cents,
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      by: fc.constant('stripe' as const),
      move: fc.constantFrom(...stripeMoves),
      share,
      cents,
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      by: fc.constant('org' as const),
      move: fc.constantFrom(...orgMoves),
      share,
      cents,
    }),
  },
);

const by = fc.constantFrom('button' as const, 'api' as const);
const stripe = fc.constant('stripe' as const);

/** Most of what can be done needs an invoice that is final, and much of it one that something was paid for. */
const finalized: fc.Arbitrary<Move> = fc.oneof(
  fc.record({ by, move: fc.constantFrom<Button>('send', 'finalize'), share, cents }),
  fc.record({ by: stripe, move: fc.constantFrom<StripeMove>('send', 'finalize'), share, cents }),
);
const paid: fc.Arbitrary<Move> = fc.oneof(
  fc.record({ by, move: fc.constantFrom<Button>('mark-paid', 'record-payment', 'pay'), share, cents }),
  fc.record({
    by: stripe,
    move: fc.constantFrom<StripeMove>('pay', 'payHosted', 'payPart', 'payOutside', 'payByBank'),
    share,
    cents,
  }),
);
const linked: fc.Arbitrary<Move> = fc.record({
  by,
  move: fc.constant<Button>('create-payment-link'),
  share,
  cents,
});
const beginning = fc.oneof<fc.WeightedArbitrary<readonly Move[]>[]>(
  { weight: 4, arbitrary: fc.constant([]) },
  { weight: 3, arbitrary: fc.tuple(finalized) },
  { weight: 3, arbitrary: fc.tuple(finalized, paid) },
  { weight: 1, arbitrary: fc.tuple(finalized, linked) },
);

const TROUBLED_ONE_IN = 10;
const nothing: Trouble = { do: 'nothing' };
const befalls = fc
  .tuple(fc.nat({ max: TROUBLED_ONE_IN - 1 }), trouble)
  .map(([drawn, one]) => (drawn === 0 ? one : nothing));

const life: fc.Arbitrary<LifePlan> = fc
  .record({ birth, beginning, moves: fc.array(move, { minLength: 1, maxLength: 7 }), trouble: befalls })
  .map(({ beginning: first, moves, ...rest }) => ({ ...rest, moves: [...first, ...moves] }));

/** The lives of a seed: the same ones every time. */
export const livesOf = (seed: number, lives: number): LifePlan[] => fc.sample(life, { seed, numRuns: lives });
