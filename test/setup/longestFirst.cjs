const Sequencer = require('@jest/test-sequencer').default;

/**
 * Three files run at a time, and one that takes minutes must not be begun when all others are done. In a fresh clone Jest
 * does not know how long files take, and would go by their size. The longest first.
 */
const LONGEST = [
  'test/simulation/simulation.test.ts',
  'test/browser/mainJob.test.ts',
  'test/integration/kill.test.ts',
  'test/integration/pricesOnce.test.ts',
  'test/page/page.test.ts',
  'test/integration/killUnderLoad.test.ts',
  'test/integration/brokenOff.test.ts',
  'test/integration/failures.test.ts',
  'test/integration/prices.test.ts',
  'test/integration/limits.test.ts',
  'test/integration/invoiceActions.test.ts',
  'test/simulation/lives/lives.test.ts',
  'test/backfill/catalogue.test.ts',
  'test/local/start.test.ts',
  'test/audit/audit.test.ts',
  'test/backfill/fromStripe.test.ts',
  'test/backfill/resume.test.ts',
  'test/local/embeddedPostgres.test.ts',
  'test/cli/records.test.ts',
  'test/integration/sync.test.ts',
  'test/integration/killMoney.test.ts',
];

module.exports = class LongestFirst extends Sequencer {
  sort(tests) {
    const place = ({ path }) => {
      const found = LONGEST.findIndex((name) => path.endsWith(name));
      return found < 0 ? LONGEST.length : found;
    };
    return [...super.sort(tests)].sort((a, b) => place(a) - place(b));
  }
};
