import fc from 'fast-check';

/** One thing that happens. `invoice` and `line` are taken modulo what is there when it happens. */
export type Step =
  | { do: 'raise'; lines: { product: number; cents: number; quantity: number }[] }
  | { do: 'sync' | 'send'; invoice: number; wait: boolean }
  | { do: 'pay'; invoice: number; good: boolean }
  | { do: 'void' | 'uncollectible'; invoice: number }
  | { do: 'editTerms'; side: Side; invoice: number; field: 'description' | 'dueDate'; value: number }
  | { do: 'editLine'; side: Side; invoice: number; line: number; field: LineField; value: number }
  | { do: 'addLine'; side: Side; invoice: number; cents: number; quantity: number }
  | { do: 'deleteLine'; side: Side; invoice: number; line: number }
  | { do: 'contest'; invoice: number; field: 'description' | 'dueDate' | 'quantity'; value: number }
  | { do: 'fault'; side: Side; kind: 'status' | 'resetBefore' | 'resetAfter'; status: number; times: number }
  | { do: 'deliveries'; mode: 'normal' | 'hold' | 'drop'; duplicates: number; shuffle: boolean }
  | { do: 'release'; backwards: boolean }
  | { do: 'crash'; afterMs: number }
  | { do: 'pause'; ms: number };

export type Side = 'stripe' | 'salesforce';
export type LineField = 'quantity' | 'unitAmount' | 'description';

const invoice = fc.nat({ max: 2 });
const line = fc.nat({ max: 3 });
const side = fc.constantFrom<Side>('stripe', 'salesforce');
const cents = fc.integer({ min: 100, max: 99_999 });
const quantity = fc.integer({ min: 1, max: 9 });
// Small numbers make small counterexamples; what they are counted up to makes values differ.
const value = fc.nat({ max: 400 });

const raise = fc.record({
  do: fc.constant('raise' as const),
  lines: fc.array(fc.record({ product: fc.nat({ max: 3 }), cents, quantity }), {
    minLength: 1,
    maxLength: 3,
  }),
});
const wait = fc.boolean();

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 2, arbitrary: raise },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('sync' as const), invoice, wait }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('send' as const), invoice, wait }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('pay' as const), invoice, good: fc.boolean() }) },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constantFrom('void' as const, 'uncollectible' as const), invoice }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('editTerms' as const),
      side,
      invoice,
      field: fc.constantFrom('description' as const, 'dueDate' as const),
      value,
    }),
  },
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constant('editLine' as const),
      side,
      invoice,
      line,
      field: fc.constantFrom<LineField>('quantity', 'unitAmount', 'description'),
      value,
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant('addLine' as const), side, invoice, cents, quantity }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('deleteLine' as const), side, invoice, line }) },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant('contest' as const),
      invoice,
      field: fc.constantFrom('description' as const, 'dueDate' as const, 'quantity' as const),
      value,
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('fault' as const),
      side,
      kind: fc.constantFrom('status' as const, 'resetBefore' as const, 'resetAfter' as const),
      status: fc.constantFrom(429, 500, 503),
      times: fc.integer({ min: 1, max: 3 }),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('deliveries' as const),
      mode: fc.constantFrom('normal' as const, 'hold' as const, 'drop' as const),
      duplicates: fc.nat({ max: 2 }),
      shuffle: fc.boolean(),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('release' as const), backwards: fc.boolean() }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('crash' as const), afterMs: fc.nat({ max: 120 }) }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('pause' as const), ms: fc.nat({ max: 80 }) }) },
);

/** A history always begins with an invoice, since most of what can happen needs one. */
export const history: fc.Arbitrary<Step[]> = fc
  .tuple(raise, fc.array(step, { minLength: 2, maxLength: 14 }))
  .map(([first, rest]) => [first, ...rest]);
