import { ConfigError, loadConfig, type Config } from '../../config.ts';
import type { Output } from '../output.ts';
import { checksOf, type Check } from './check.ts';
import { checkCurrencies } from './currencyChecks.ts';
import { checkDatabase } from './databaseChecks.ts';
import { checkSalesforce } from './salesforceChecks.ts';
import { checkStripe } from './stripeChecks.ts';
import { checkWorkers } from './workerChecks.ts';

export interface DoctorOptions {
  /** Where Stripe reaches the web process. */
  url?: string | undefined;
}

/** `invoicebridge doctor`: looks at both connections and says how to mend what is not well. 1 when something failed. */
export async function doctor(output: Output, { url }: DoctorOptions): Promise<number> {
  const checks = await allChecks(url);
  for (const check of checks) {
    output.emit({ kind: 'check', ...check });
    say(output, check);
  }
  const failed = checks.filter(({ state }) => state === 'failed').length;
  const warnings = checks.filter(({ state }) => state === 'warning').length;
  output.emit({ kind: 'summary', checks: checks.length, failed, warnings });
  output.say(
    failed === 0
      ? output.paint('good', `\nAll is well${warnings > 0 ? `, but for ${warnings} to look at` : ''}.`)
      : output.paint('bad', `\n${failed} of ${checks.length} checks failed.`),
  );
  return failed === 0 ? 0 : 1;
}

async function allChecks(publicUrl: string | undefined): Promise<Check[]> {
  let config: Config;
  try {
    config = loadConfig();
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    const mend = 'Set it; the table in the README says where each value comes from.';
    return error.problems.map((detail) => checksOf('settings').failed('complete', { detail, mend }));
  }
  const now = () => new Date();
  const { livemode } = config.stripe;
  const database = await checkDatabase(config.databaseUrl);
  const [salesforce, stripe] = await Promise.all([
    checkSalesforce(config.salesforce, { ...database, livemode, now }),
    checkStripe(config.stripe, {
      publicUrl,
      thin: config.stripe.thinWebhookSecrets.length > 0,
      livemode,
      now,
    }),
  ]);
  return [
    checksOf('settings').ok('complete', 'every needed setting is there'),
    ...database.checks,
    ...(database.tokenOrgs === null ? [] : await checkWorkers(config)),
    ...salesforce,
    ...stripe,
    ...(reachable(salesforce) && reachable(stripe) ? await checkCurrencies(config) : []),
  ];
}

const reachable = (checks: Check[]) =>
  !checks.some(({ name, state }) => state === 'failed' && ['reachable', 'login', 'key'].includes(name));

const MARK = { ok: '✓', warning: '!', failed: '✗' } as const;
const TONE = { ok: 'good', warning: 'warning', failed: 'bad' } as const;

function say(output: Output, { area, name, state, detail, mend }: Check): void {
  output.say(`${output.paint(TONE[state], `${MARK[state]} ${area}: ${name}`)}  ${detail}`);
  if (mend) output.say(`    ${mend}`);
}
