import {
  PermanentFailure,
  RetryableFailure,
  type Stage,
  type SyncFailure,
  isSyncFailure,
} from '../failure.ts';

/** The platform's status codes that pass by themselves. Source: SOAP API Developer Guide, "StatusCode". */
const RETRYABLE = new Map([
  ['UNABLE_TO_LOCK_ROW', 'Another process is writing this record or its Account.'],
  [
    'REQUEST_LIMIT_EXCEEDED',
    "The org's daily API limit is used up. Raise it, or wait until calls of the last 24 hours have aged out.",
  ],
  ['SERVER_UNAVAILABLE', 'Salesforce is not available.'],
  ['REQUEST_RUNNING_TOO_LONG', 'Salesforce took too long.'],
  ['QUERY_TIMEOUT', 'Salesforce took too long.'],
  ['ALL_OR_NONE_OPERATION_ROLLED_BACK', 'Another record of the same call was refused.'],
  ['UNKNOWN_EXCEPTION', 'Salesforce had an internal error.'],
  ['INVALID_SESSION_ID', 'Salesforce ended the session.'],
  ['ENTITY_IS_DELETED', 'The record was deleted while it was being written.'],
]);

const NEXT_STEP: Record<string, string> = {
  INVALID_FIELD:
    'Deploy the salesforce-metadata folder and assign the permission set Invoicebridge Integration to the integration user.',
  INVALID_TYPE:
    'Deploy the salesforce-metadata folder and assign the permission set Invoicebridge Integration to the integration user.',
  INSUFFICIENT_ACCESS_OR_READONLY:
    'Assign the permission set Invoicebridge Integration to the integration user.',
  INSUFFICIENT_ACCESS_ON_CROSS_REFERENCE_ENTITY: 'Share the parent record with the integration user.',
  FIELD_CUSTOM_VALIDATION_EXCEPTION:
    'Mend the record, or let the validation rule pass for the integration user.',
  REQUIRED_FIELD_MISSING: 'Fill the field, or give it a default value.',
  DUPLICATES_DETECTED: 'Let the duplicate rule allow the integration user, or merge the records.',
  invalid_grant: 'Check the consumer key, the certificate and the user of the External Client App.',
  invalid_client: 'Check the consumer key and secret of the External Client App.',
  invalid_client_id: 'Check the consumer key of the External Client App.',
};

/** Turns what jsforce throws into a failure of ours: whether it passes by itself, and words for people. */
export function translateSalesforceError(error: unknown, stage: Stage): SyncFailure {
  if (isSyncFailure(error)) return error;
  const { code, message } = codeAndMessage(error);
  if (RETRYABLE.has(code)) {
    return new RetryableFailure({
      code: codeName(code),
      stage,
      message: `${RETRYABLE.get(code)} It is tried again by itself.`,
      cause: error,
    });
  }
  if (isConnectionError(error) || /^ERROR_HTTP_(5\d\d|429)$/.test(code)) {
    return new RetryableFailure({
      code: 'crm_unavailable',
      stage,
      message: 'Salesforce cannot be reached. It is tried again by itself.',
      cause: error,
    });
  }
  return new PermanentFailure({ code: codeName(code), stage, message: inWords(code, message), cause: error });
}

/** A parent that is named by its external id and is not there yet: it is on its way by another event. */
const namesMissingParent = (message: string) => /^Foreign key external ID: .* not found/.test(message);

/** The same for one row of a collections answer. */
export function translateRowErrors(
  errors: { statusCode: string; message: string; fields?: string[] }[],
): SyncFailure {
  const first = errors[0] ?? { statusCode: 'UNKNOWN_EXCEPTION', message: 'no reason given' };
  const retryable = errors.find((error) => RETRYABLE.has(error.statusCode));
  const { statusCode: code, message } = retryable ?? first;
  if (namesMissingParent(message)) {
    return new RetryableFailure({
      code: 'crm_parent_missing',
      stage: 'write-crm',
      message: 'The invoice or account it belongs to is not in the org yet. It is tried again by itself.',
    });
  }
  const details = { code: codeName(code), stage: 'write-crm' as const };
  return retryable
    ? new RetryableFailure({ ...details, message: `${RETRYABLE.get(code)} It is tried again by itself.` })
    : new PermanentFailure({ ...details, message: inWords(code, message) });
}

function inWords(code: string, message: string): string {
  const said = message.replace(/\s+/g, ' ').trim().slice(0, 500);
  return `Salesforce refused it: ${said}${/[.!?]$/.test(said) ? '' : '.'} ${NEXT_STEP[code] ?? 'Mend the record and sync it again.'}`;
}

function codeAndMessage(error: unknown): { code: string; message: string } {
  const { errorCode, name, message } = error as { errorCode?: string; name?: string; message?: string };
  const embedded = /^([A-Z_]{6,}): /.exec(message ?? '')?.[1];
  return { code: errorCode ?? embedded ?? name ?? 'UNKNOWN', message: message ?? String(error) };
}

const CONNECTION_CODES = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ENOTFOUND',
  'ETIMEDOUT',
  'EPIPE',
  'EAI_AGAIN',
  'UND_ERR_SOCKET',
  'UND_ERR_CONNECT_TIMEOUT',
]);

/** jsforce throws what fetch throws: a TypeError whose cause names the socket's error. */
function isConnectionError(error: unknown): boolean {
  const {
    code,
    type,
    message = '',
    cause,
  } = error as {
    code?: string;
    type?: string;
    message?: string;
    cause?: { code?: string };
  };
  return (
    CONNECTION_CODES.has(String(code)) ||
    CONNECTION_CODES.has(String(cause?.code)) ||
    type === 'request-timeout' ||
    /^fetch failed$|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENOTFOUND|socket hang up|network timeout|aborted|terminated/i.test(
      message,
    )
  );
}

const codeName = (code: string) => `crm_${code.toLowerCase()}`;
