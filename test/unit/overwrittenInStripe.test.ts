import {
  overwrittenConflicts,
  overwrittenInStripe,
  type StripeWrite,
} from '../../sync/domain/overwrittenInStripe.ts';

type Terms = { text: string | null; day: string | null };

let keys = 0;
const write = (
  read: string | null | string[],
  written: string | null,
  told: Partial<Terms> | string | null = null,
  isLookedAt = false,
): StripeWrite<Terms> => ({
  key: `update-${++keys}`,
  read: (Array.isArray(read) ? read : [read]).map((text) => ({ text })),
  written: { text: written },
  told: typeof told === 'string' ? { text: told } : told,
  isLookedAt,
});
const lost = (writes: StripeWrite<Terms>[], text: string | null) =>
  overwrittenInStripe(writes, { text, day: null });

test('what stood there before our write and is not what we had read is somebody’s edit', () => {
  expect(lost([write('A', 'ours', 'theirs')], 'ours')).toEqual({ text: 'theirs' });
  expect(lost([write('A', 'ours', { text: null })], 'ours')).toEqual({ text: null });
  expect(lost([write('A', null, 'theirs')], null)).toEqual({ text: 'theirs' });
});

test.each<[string, StripeWrite<Terms>[], string]>([
  ['nothing was told yet', [write('A', 'ours')], 'ours'],
  ['it is what we had read', [write('A', 'ours', 'A')], 'ours'],
  ['one of two tries had read it', [write(['A', 'theirs'], 'ours', 'theirs')], 'ours'],
  ['the event names another field only', [write('A', 'ours', { day: '2026-11-02' })], 'ours'],
  ['it is what we wrote', [write('A', 'ours', 'ours')], 'ours'],
  ['a sync has looked at it', [write('A', 'ours', 'theirs', true)], 'ours'],
  ['somebody has edited it in Stripe once more', [write('A', 'ours', 'theirs')], 'theirs, once more'],
  ['a worker that stood still wrote it', [write('A', 'ours', 'A'), write('A', 'later', 'ours')], 'later'],
  ['a worker that stood still wrote late', [write('A', 'ours', 'later'), write('A', 'later', 'A')], 'ours'],
  [
    'such an edit was read since',
    [write('A', 'ours', 'theirs'), write('theirs, once more', 'later')],
    'later',
  ],
])('nothing is lost where %s', (_why, writes, now) => {
  expect(lost(writes, now)).toEqual({});
});

test('an event that comes after later writes of ours still tells, and of several edits the last one counts', () => {
  expect(lost([write('A', 'ours', 'theirs'), write('ours', 'later', 'ours')], 'later')).toEqual({
    text: 'theirs',
  });
  expect(lost([write('A', 'ours', 'theirs'), write('ours', 'later', 'theirs, later')], 'later')).toEqual({
    text: 'theirs, later',
  });
  expect(
    lost([write('A', 'ours', 'theirs'), write('ours', 'later', 'theirs, later', true)], 'later'),
  ).toEqual({});
});

test('whoever takes back in Stripe what we had read since our last write is somebody, too', () => {
  expect(lost([write('A', 'ours', 'A'), write('theirs', 'later', 'ours')], 'later')).toEqual({
    text: 'ours',
  });
});

test('it is kept beside what stands in its place, unless that is the same', () => {
  expect(overwrittenConflicts<Terms>({ text: 'theirs', day: null }, { text: 'ours', day: null })).toEqual([
    { field: 'text', stripe: 'theirs', crm: 'ours', winner: 'salesforce' },
  ]);
});
