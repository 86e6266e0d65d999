import { SideRefusal } from '../failure.ts';

/** What is to be done about a login that the org refuses. Source: Salesforce Help, "OAuth Authorization Errors". */
const OF_LOGINS: [RegExp, string][] = [
  [
    /approved this consumer|not admin approved|OAUTH_APP_ACCESS_DENIED/i,
    'Pre-authorize the permission set Invoicebridge Integration in the External Client App, and assign it to the integration user.',
  ],
  [
    /inactive[_ ]user|user is (inactive|locked|frozen)|inactive or locked|authentication failure/i,
    'Activate, unfreeze or unlock the integration user (Setup > Users).',
  ],
  [
    /inactive[_ ]org|org(anization)? is (locked|inactive)|ORG_LOCKED/i,
    'Ask Salesforce Support to unlock the org.',
  ],
  [
    /assertion/i,
    "Set this machine's clock right (NTP), and look whether the app holds the certificate of our key.",
  ],
  [/audience/i, 'Set SALESFORCE_LOGIN_URL to the login address of this org.'],
  [
    /ip restricted|ip not allowed|login hours|restricted/i,
    "Allow this machine's address, and all hours, for the integration user (Setup > Network Access, and its profile).",
  ],
  [
    /client[_ ]secret|invalid client credentials|invalid_client\b/i,
    'Set SALESFORCE_CLIENT_SECRET to the secret of the External Client App.',
  ],
  [
    /client[_ ]id|client identifier|invalid_app/i,
    'Set SALESFORCE_CLIENT_ID to the consumer key of the External Client App.',
  ],
];

const ASK_FOR_LOGIN = 'Check the consumer key, the certificate and the user of the External Client App.';

/** Refusals of any call that concern all calls. Source: SOAP API Developer Guide, "ExceptionCode". */
const OF_ALL_CALLS: Record<string, string> = {
  API_DISABLED_FOR_ORG:
    'Give the integration user the permission API Enabled (it is in its profile), and see that the edition of the org has the API.',
  API_CURRENTLY_DISABLED:
    'Salesforce has switched the API off for the org: ask Salesforce Support until when.',
  ORG_LOCKED: 'Ask Salesforce Support to unlock the org.',
  ORG_IN_ADMIN_ONLY_MODE:
    'Only administrators may log in at the moment: see when the maintenance of the org ends.',
  TRIAL_EXPIRED: 'The trial of the org has ended: buy it, or connect another org.',
  INACTIVE_USER: 'Activate or unfreeze the integration user (Setup > Users).',
  PASSWORD_LOCKOUT: 'Unlock the integration user (Setup > Users).',
  CLIENT_NOT_ACCESSIBLE_FOR_USER: 'Let the integration user use the External Client App (its policies).',
  LOGIN_DURING_RESTRICTED_DOMAIN:
    "Allow this machine's address for the integration user (its profile, or Setup > Network Access).",
  LOGIN_DURING_RESTRICTED_TIME: 'Allow all hours for the integration user (its profile).',
  UNSUPPORTED_API_VERSION: "Use the release of Invoicebridge that speaks the org's API version.",
};

const OVER = 'Nothing is lost or given up: work goes on by itself as soon as this is mended.';

/** The org gives us no session. `body` is the answer of its token endpoint. */
export function loginRefused(body: string): SideRefusal {
  const { error = '', error_description: described } = fieldsOf(body);
  const said = described ?? error;
  const step = OF_LOGINS.find(([pattern]) => pattern.test(`${error} ${said}`))?.[1] ?? ASK_FOR_LOGIN;
  return refusal(
    'crm_login_refused',
    `Salesforce refuses our login (${short(said) || 'it gives no reason'}). ${step}`,
  );
}

/** The org takes none of our calls, whatever they ask for; undefined when the refusal is meant for this call alone. */
export function callsRefused(body: string): SideRefusal | undefined {
  const code = Object.keys(OF_ALL_CALLS).find((each) => body.includes(`"${each}"`));
  return code
    ? refusal(
        `crm_${code.toLowerCase()}`,
        `Salesforce refuses all our calls (${code}). ${OF_ALL_CALLS[code]}`,
      )
    : undefined;
}

/** The org gives us sessions, and takes none of them. */
export const sessionsRefused = (): SideRefusal =>
  refusal(
    'crm_sessions_refused',
    'Salesforce gives us sessions and refuses each of them. Look whether the integration user is frozen, and whether the External Client App has the scope api.',
  );

const refusal = (code: string, words: string) =>
  new SideRefusal({ code, stage: 'read-crm', message: `${words} ${OVER}` });

function fieldsOf(body: string): { error?: string; error_description?: string } {
  try {
    return JSON.parse(body) as { error?: string; error_description?: string };
  } catch {
    // A page of a proxy, which tells programs nothing.
    return {};
  }
}

const short = (text: string) => text.replace(/\s+/g, ' ').trim().slice(0, 200);
