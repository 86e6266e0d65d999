import fc from 'fast-check';
import { keepersOf, type KeeperStep } from './keeperSteps.ts';

export type Side = 'stripe' | 'salesforce';
export type TermsField = 'description' | 'dueDate';
export type LineField = 'quantity' | 'unitAmount' | 'description';
export type CustomerField = 'name' | 'email' | 'phone';
export type ProductField = 'name' | 'description';
export type Contested = TermsField | 'quantity' | 'customer' | 'product';

/** One thing that people do. `invoice` and `line` are taken modulo what is there when it happens. */
export type Step =
  | { do: 'raise'; lines: { ownProduct: boolean; cents: number; quantity: number }[] }
  | { do: 'raiseInStripe'; cents: number; quantity: number }
  | { do: 'sync' | 'send'; invoice: number; wait: boolean }
  | { do: 'pay'; invoice: number; good: boolean }
  | { do: 'finalize' | 'void' | 'uncollectible'; invoice: number }
  | { do: 'refund' | 'credit'; invoice: number; cents: number }
  | { do: 'editTerms'; side: Side; invoice: number; field: TermsField; value: number }
  | { do: 'editLine'; side: Side; invoice: number; line: number; field: LineField; value: number }
  | { do: 'editCustomer'; side: Side; field: CustomerField; value: number }
  | { do: 'editProduct'; side: Side; field: ProductField; value: number }
  | { do: 'addLine'; side: Side; invoice: number; cents: number; quantity: number }
  | { do: 'deleteLine'; side: Side; invoice: number; line: number }
  | { do: 'deleteDraft'; side: Side; invoice: number }
  // `overtakes`: the one in Stripe happens while the engine is about to write the other one there.
  | { do: 'contest'; invoice: number; field: Contested; value: number; overtakes: boolean }
  | { do: 'pause'; ms: number };

export type StepOnInvoice = Exclude<
  Step,
  { do: 'raise' | 'raiseInStripe' | 'pause' | 'editCustomer' | 'editProduct' }
>;

/** What the two systems, the network and the machine do meanwhile; it befalls all histories of a round alike. */
export type Trouble =
  | { do: 'fault'; side: Side; kind: FaultKind; status: number; times: number }
  | { do: 'slow'; side: Side; ms: number; times: number }
  | { do: 'deliveries'; mode: 'normal' | 'hold' | 'drop'; duplicates: number; shuffle: boolean }
  | { do: 'release'; backwards: boolean }
  | { do: 'stream'; kind: 'gap' | 'drop' | 'duplicate'; events: number }
  | { do: 'stream'; kind: 'overflow' | 'expire' | 'close' }
  | { do: 'lateCommits'; ms: number; times: number }
  | { do: 'locks'; ms: number }
  | { do: 'sessionsEnd' }
  | { do: 'kill'; worker: number; afterMs: number }
  | { do: 'killAtCall'; worker: number; side: Side; takesEffect: boolean }
  | { do: 'time' }
  | { do: 'nothing' };

export type FaultKind = 'status' | 'resetBefore' | 'resetAfter';

/** Histories that happen at the same time in one world, each with its own customer, product and invoices. */
export interface Round {
  /** Of invoices; behind them those of their keepers, which begin with a step of their own. */
  histories: (Step | KeeperStep)[][];
  /** What happens before the first, second, ... step of all histories. */
  trouble: Trouble[];
}

const is = <T extends string>(what: T) => fc.constant(what);
const oneOf = <T extends string>(...values: T[]) => fc.constantFrom(...values);
const invoice = fc.nat({ max: 2 });
const line = fc.nat({ max: 3 });
const side = oneOf<Side>('stripe', 'salesforce');
const cents = fc.integer({ min: 100, max: 99_999 });
const quantity = fc.integer({ min: 1, max: 9 });
// Small numbers make small counterexamples; what they are counted up to makes values differ.
const value = fc.nat({ max: 400 });
const wait = fc.boolean();

const raise = fc.record({
  do: is('raise'),
  lines: fc.array(fc.record({ ownProduct: fc.boolean(), cents, quantity }), { minLength: 1, maxLength: 3 }),
});

const weighted = <T>(...choices: [number, fc.Arbitrary<T>][]) =>
  fc.oneof(...choices.map(([weight, arbitrary]) => ({ weight, arbitrary })));

const step = weighted<Step>(
  [2, raise],
  [1, fc.record({ do: is('raiseInStripe'), cents, quantity })],
  [4, fc.record({ do: is('sync'), invoice, wait })],
  [3, fc.record({ do: is('send'), invoice, wait })],
  [3, fc.record({ do: is('pay'), invoice, good: fc.boolean() })],
  [1, fc.record({ do: oneOf('finalize', 'void', 'uncollectible'), invoice })],
  [1, fc.record({ do: oneOf('refund', 'credit'), invoice, cents: fc.integer({ min: 1, max: 99 }) })],
  [
    4,
    fc.record({
      do: is('editTerms'),
      side,
      invoice,
      field: oneOf<TermsField>('description', 'dueDate'),
      value,
    }),
  ],
  [
    5,
    fc.record({
      do: is('editLine'),
      side,
      invoice,
      line,
      field: oneOf<LineField>('quantity', 'unitAmount', 'description'),
      value,
    }),
  ],
  [
    2,
    fc.record({ do: is('editCustomer'), side, field: oneOf<CustomerField>('name', 'email', 'phone'), value }),
  ],
  [2, fc.record({ do: is('editProduct'), side, field: oneOf<ProductField>('name', 'description'), value })],
  [2, fc.record({ do: is('addLine'), side, invoice, cents, quantity })],
  [2, fc.record({ do: is('deleteLine'), side, invoice, line })],
  [1, fc.record({ do: is('deleteDraft'), side, invoice })],
  [
    3,
    fc.record({
      do: is('contest'),
      invoice,
      field: oneOf<Contested>('description', 'dueDate', 'quantity', 'customer', 'product'),
      value,
      overtakes: fc.boolean(),
    }),
  ],
  [2, fc.record({ do: is('pause'), ms: fc.nat({ max: 80 }) })],
);

const times = fc.integer({ min: 1, max: 8 });
const worker = fc.nat({ max: 1 });

export const trouble = weighted<Trouble>(
  [
    5,
    fc.record({
      do: is('fault'),
      side,
      kind: oneOf<FaultKind>('status', 'resetBefore', 'resetAfter'),
      status: fc.constantFrom(429, 500, 503),
      times,
    }),
  ],
  [1, fc.record({ do: is('slow'), side, ms: fc.integer({ min: 20, max: 300 }), times })],
  [
    3,
    fc.record({
      do: is('deliveries'),
      mode: oneOf('normal', 'hold', 'drop'),
      duplicates: fc.nat({ max: 2 }),
      shuffle: fc.boolean(),
    }),
  ],
  [2, fc.record({ do: is('release'), backwards: fc.boolean() })],
  [3, fc.record({ do: is('stream'), kind: oneOf('gap', 'drop', 'duplicate'), events: times })],
  [2, fc.record({ do: is('stream'), kind: oneOf('overflow', 'expire', 'close') })],
  [1, fc.record({ do: is('lateCommits'), ms: fc.integer({ min: 10, max: 400 }), times })],
  [1, fc.record({ do: is('locks'), ms: fc.nat({ max: 25 }) })],
  [1, fc.record({ do: is('sessionsEnd') })],
  [2, fc.record({ do: is('kill'), worker, afterMs: fc.nat({ max: 120 }) })],
  [4, fc.record({ do: is('killAtCall'), worker, side, takesEffect: fc.boolean() })],
  [3, fc.record({ do: is('time') })],
  [3, fc.record({ do: is('nothing') })],
);

/** A history always begins with an invoice, since most of what can happen needs one. */
const history: fc.Arbitrary<Step[]> = fc
  .tuple(raise, fc.array(step, { minLength: 2, maxLength: 14 }))
  .map(([first, rest]) => [first, ...rest]);

/** The rounds of a seed: the same ones every time. */
export function roundsOf(
  seed: number,
  { rounds, runs, keepers }: { rounds: number; runs: number; keepers: number },
): Round[] {
  const round = fc.record({
    histories: fc.array(history, { minLength: runs, maxLength: runs }),
    trouble: fc.array(trouble, { minLength: 8, maxLength: 15 }),
  });
  const beside = keepersOf(seed, { rounds, keepers });
  return fc
    .sample(round, { seed, numRuns: rounds })
    .map(({ histories, trouble }, index) => ({ histories: [...histories, ...beside[index]!], trouble }));
}
