import { checksOf, type Area, type Check } from './check.ts';

// A Date header has whole seconds and was written a little before it was read.
const UNNOTICEABLE_SECONDS = 5;
// Our assertion for Salesforce is good for 180 seconds, a signature of Stripe for 300.
const HARMFUL_SECONDS = 120;

/** Compares our clock with the one in an answer's Date header. */
export function clockCheck(area: Area, dateHeader: string | null | undefined, now: Date): Check {
  const { ok, warning, failed } = checksOf(area);
  const theirs = Date.parse(dateHeader ?? '');
  if (Number.isNaN(theirs)) {
    return warning('clock', {
      detail: 'The answer had no Date header to compare our clock with.',
      mend: 'Look whether a proxy removes it.',
    });
  }
  const skew = Math.round((now.getTime() - theirs) / 1000);
  const away = Math.abs(skew);
  if (away <= UNNOTICEABLE_SECONDS) return ok('clock', 'as ours');
  const found = {
    detail: `Our clock is ${away} seconds ${skew > 0 ? 'ahead' : 'behind'}.`,
    mend: 'Switch on time synchronization (NTP) on this machine: logins and webhook signatures hold for minutes only.',
  };
  return away < HARMFUL_SECONDS ? warning('clock', found) : failed('clock', found);
}
