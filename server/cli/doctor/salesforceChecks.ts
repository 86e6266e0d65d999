import { isSyncFailure } from '../../../sync/failure.ts';
import {
  SALESFORCE_API_VERSION,
  SalesforceOrg,
  type SalesforceCredentials,
} from '../../../sync/salesforce/connection.ts';
import { checksOf, words, type Check } from './check.ts';
import { clockCheck } from './clock.ts';
import { lacking, REQUIRED_OBJECTS, type ObjectDescribe, type RequiredObject } from './requiredFields.ts';

const { ok, warning, failed } = checksOf('salesforce');

const DEPLOY =
  'Deploy salesforce-metadata (`sf project deploy start`) and assign the permission set Invoicebridge Integration to the integration user.';

export interface SalesforceOptions {
  /** The orgs that have a bearer token; null when that is not known. */
  tokenOrgs: string[] | null;
  /** The org whose records are known; null before the first login, undefined when it is not known. */
  servedOrg?: string | null | undefined;
  /** Whether the Stripe key is one of live mode. */
  livemode: boolean;
  now(): Date;
}

/** Login, org, API version, permissions, limits and clock; what needs a login is left out where that fails. */
export async function checkSalesforce(
  credentials: SalesforceCredentials,
  options: SalesforceOptions,
): Promise<Check[]> {
  const org = new SalesforceOrg(credentials);
  const answer = await fetch(`${credentials.loginUrl}/services/data`).catch((error: unknown) => error);
  if (!(answer instanceof Response)) {
    const mend = 'Check SALESFORCE_LOGIN_URL, and that this machine may reach it.';
    return [failed('reachable', { detail: `${credentials.loginUrl}: ${words(answer)}`, mend })];
  }
  await answer.body?.cancel();
  const clock = clockCheck('salesforce', answer.headers.get('date'), options.now());
  let orgId: string;
  try {
    orgId = await org.identify();
  } catch (error) {
    const mend =
      'Check the consumer key, the certificate, the pre-authorized user, and that SALESFORCE_LOGIN_URL is of this org.';
    return [failed('login', { detail: words(error), mend }), clock];
  }
  const flow = credentials.privateKey ? (credentials.username ?? '') : 'client credentials';
  const objects = await Promise.all(REQUIRED_OBJECTS.map((required) => checkObject(org, required)));
  return [
    ok('login', `org ${orgId} as ${flow}`),
    checkServed(orgId, options.servedOrg),
    await checkKind(org, options.livemode),
    await checkVersion(org),
    checkToken(orgId, options.tokenOrgs),
    ...objects,
    await checkLimit(org),
    clock,
  ];
}

function checkServed(orgId: string, served: string | null | undefined): Check {
  const name = 'served org';
  if (served === undefined || served === null || served === orgId) return ok(name, orgId);
  return failed(name, {
    detail: `The records here are those of ${served}: the org was refreshed, or SALESFORCE_LOGIN_URL names another one. Workers write nothing.`,
    mend: 'If it is meant, run `invoicebridge adopt-org`; if not, correct the settings.',
  });
}

/** Test money in an org of real customers, and real money in one that is for trying things out, are both mistakes. */
async function checkKind(org: SalesforceOrg, livemode: boolean): Promise<Check> {
  const name = 'kind of org';
  const mend = 'Use a key of the other mode (STRIPE_SECRET_KEY), or the other org (SALESFORCE_LOGIN_URL).';
  try {
    const [found] = await org.query<{ Name: string; IsSandbox: boolean; OrganizationType: string }>(
      'SELECT Name, IsSandbox, OrganizationType FROM Organization',
    );
    const { Name, IsSandbox: isForTests, OrganizationType: edition } = found!;
    const said = `${Name}, ${edition}${isForTests ? ', a copy for tests' : ''}`;
    if (livemode && isForTests) {
      return warning(name, {
        detail: `${said}, but the Stripe key is a live one: it moves real money.`,
        mend,
      });
    }
    // A Developer Edition is for trying things out as well, and is no copy.
    if (!livemode && !isForTests && edition !== 'Developer Edition') {
      return warning(name, {
        detail: `${said}, but the Stripe key is one of test mode: nobody is charged.`,
        mend,
      });
    }
    return ok(name, said);
  } catch (error) {
    return warning(name, { detail: words(error), mend: 'Let the integration user read Organization.' });
  }
}

async function checkVersion(org: SalesforceOrg): Promise<Check> {
  const name = 'API version';
  const mend = `Invoicebridge speaks ${SALESFORCE_API_VERSION}: wait for the org's next release, or use the release of Invoicebridge before.`;
  try {
    const { instanceUrl } = await org.session();
    const response = await fetch(`${instanceUrl}/services/data`);
    const versions = (await response.json()) as { version: string }[];
    const newest = versions.at(-1)?.version;
    return versions.some(({ version }) => version === SALESFORCE_API_VERSION)
      ? ok(name, `${SALESFORCE_API_VERSION} (the org's newest is ${newest})`)
      : failed(name, { detail: `The org serves ${newest} at most.`, mend });
  } catch (error) {
    return failed(name, { detail: words(error), mend: 'Try again; the org did not list its API versions.' });
  }
}

function checkToken(orgId: string, tokenOrgs: string[] | null): Check {
  const name = 'token of the org';
  const mend = `Make one: npm run token -- --org ${orgId}, and put it into the External Credential.`;
  if (tokenOrgs === null)
    return warning(name, { detail: 'not known: the database has to answer first', mend });
  if (tokenOrgs.some((known) => known.slice(0, 15) === orgId.slice(0, 15))) return ok(name, 'registered');
  return failed(name, { detail: 'No token is registered: the buttons of this org are refused.', mend });
}

async function checkObject(org: SalesforceOrg, required: RequiredObject): Promise<Check> {
  const { name } = required;
  try {
    const described = await org.request<ObjectDescribe>('GET', `/sobjects/${name}/describe`);
    const lacks = lacking(required, described);
    if (lacks.length > 0) return failed(name, { detail: `${lacks.join('; ')}.`, mend: DEPLOY });
    return ok(name, `${required.read.length + required.create.length + required.edit.length} fields`);
  } catch (error) {
    const isThere = isSyncFailure(error) && error.code !== 'crm_not_found';
    const detail = isThere
      ? words(error)
      : 'The object is not there, or the integration user may not see it.';
    return failed(name, { detail, mend: DEPLOY });
  }
}

async function checkLimit(org: SalesforceOrg): Promise<Check> {
  const name = 'daily API calls';
  const mend = 'Let fewer integrations poll, sweep less often (CRM_SWEEP_SECONDS), or buy more calls.';
  try {
    const { DailyApiRequests } = await org.request<{ DailyApiRequests: { Max: number; Remaining: number } }>(
      'GET',
      '/limits',
    );
    const { Max: most, Remaining: left } = DailyApiRequests;
    const detail = `${left} of ${most} left`;
    if (left > most * 0.2) return ok(name, detail);
    return left > most * 0.05 ? warning(name, { detail, mend }) : failed(name, { detail, mend });
  } catch (error) {
    return warning(name, { detail: words(error), mend: 'Let the integration user read the limits.' });
  }
}
