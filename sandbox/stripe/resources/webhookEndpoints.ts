import type { Call } from '../api/call.ts';
import { changedMetadata, metadata, pageRules } from '../api/commonRules.ts';
import { invalidParameter, resourceMissing } from '../api/errors.ts';
import { newestFirst, page } from '../api/pagination.ts';
import type { Values } from '../api/parameters.ts';
import { route } from '../api/route.ts';
import { clearable, flag, list, oneOf, required, text } from '../api/rules.ts';
import type { Rule } from '../api/rules.ts';
import { newId, newSecret } from '../ids.ts';
import { API_VERSION } from '../sandbox.ts';
import type { Sandbox } from '../sandbox.ts';
import type { StoredEndpoint, WebhookEndpoint } from '../wire.ts';

const url: Rule<string> = {
  read(value, name) {
    const given = text().read(value, name);
    const parsed = URL.canParse(given) ? new URL(given) : undefined;
    if (parsed?.protocol !== 'http:' && parsed?.protocol !== 'https:')
      throw invalidParameter(
        'Invalid URL: An explicit scheme (such as https) must be provided.',
        name,
        'url_invalid',
      );
    return given;
  },
};

/** Stripe's types are words joined by dots; which ones exist is known to the contract, not to the sandbox. */
const eventType: Rule<string> = {
  read(value, name) {
    const given = text().read(value, name);
    if (given !== '*' && !/^[a-z0-9_]+(\.[a-z0-9_]+)+$/.test(given))
      throw invalidParameter(
        `Invalid ${name}: must be '*' or the type of an event, such as invoice.paid`,
        name,
      );
    return given;
  },
};

const common = { description: clearable(text({ max: 5000 })), metadata };
const createRules = {
  ...common,
  // Events are written in one version only, so an endpoint cannot ask for another.
  api_version: oneOf(API_VERSION),
  enabled_events: required(list(eventType)),
  url: required(url),
};
const updateRules = { ...common, disabled: flag, enabled_events: list(eventType), url };

export const webhookEndpointRoutes = [
  route('POST', '/v1/webhook_endpoints', {
    parameters: createRules,
    unsupported: ['connect'],
    run({ sandbox }, values) {
      const endpoint = makeEndpoint(sandbox, values);
      // The secret is shown once, in the answer to the creation.
      return { ...showEndpoint(endpoint), secret: endpoint.secret };
    },
  }),
  route('GET', '/v1/webhook_endpoints/:endpoint', {
    parameters: {},
    run: (call) => showEndpoint(found(call)),
  }),
  route('POST', '/v1/webhook_endpoints/:endpoint', { parameters: updateRules, run: updateEndpoint }),
  route('DELETE', '/v1/webhook_endpoints/:endpoint', {
    parameters: {},
    run(call) {
      const { id } = found(call);
      call.sandbox.endpoints.delete(id);
      return { id, object: 'webhook_endpoint', deleted: true };
    },
  }),
  route('GET', '/v1/webhook_endpoints', {
    parameters: pageRules,
    run: ({ sandbox }, values) =>
      page(newestFirst(sandbox.endpoints.values()).filter(isSnapshot), values, {
        url: '/v1/webhook_endpoints',
        kind: 'webhook endpoint',
        show: showEndpoint,
      }),
  }),
];

/** `configured` numbers the endpoints that `startStripe` was given, so that a restart finds them again. */
export function makeEndpoint(
  sandbox: Sandbox,
  values: Partial<Values<typeof createRules>> & {
    url: string;
    enabled_events: string[];
    secret?: string;
    configured?: number;
    payload?: 'snapshot' | 'thin';
  },
): StoredEndpoint {
  const endpoint: StoredEndpoint = {
    id: newId('we'),
    object: 'webhook_endpoint',
    api_version: values.api_version ?? null,
    application: null,
    created: sandbox.clock(),
    description: values.description ?? null,
    enabled_events: values.enabled_events,
    livemode: false,
    metadata: changedMetadata({}, values.metadata),
    status: 'enabled',
    url: values.url,
    secret: values.secret ?? newSecret('whsec'),
    configured: values.configured ?? null,
    payload: values.payload ?? 'snapshot',
  };
  sandbox.endpoints.put(endpoint);
  return endpoint;
}

function updateEndpoint(call: Call, values: Values<typeof updateRules>): object {
  const before = found(call);
  const after: StoredEndpoint = {
    ...before,
    url: values.url ?? before.url,
    enabled_events: values.enabled_events ?? before.enabled_events,
    description: values.description === undefined ? before.description : values.description,
    status: values.disabled === undefined ? before.status : values.disabled ? 'disabled' : 'enabled',
    metadata: changedMetadata(before.metadata, values.metadata),
  };
  call.sandbox.endpoints.put(after);
  return showEndpoint(after);
}

function showEndpoint(endpoint: StoredEndpoint): WebhookEndpoint {
  const { secret: _secret, configured: _configured, payload: _payload, ...shown } = endpoint;
  return shown;
}

/** Endpoints of thin events belong to API v2 and are not shown here. */
function isSnapshot({ payload }: StoredEndpoint): boolean {
  return payload !== 'thin';
}

function found(call: Call): StoredEndpoint {
  const id = call.path['endpoint'] ?? '';
  const endpoint = call.sandbox.endpoints.get(id);
  if (!endpoint || !isSnapshot(endpoint)) throw resourceMissing('webhook endpoint', id, 'webhook_endpoint');
  return endpoint;
}
