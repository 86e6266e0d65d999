export type ErrorDetails = { status?: number; fields?: string[] };

/** A refusal in the platform's own words: its status code (StatusCode of the SOAP API, errorCode in REST) and message. */
export class OrgError extends Error {
  readonly errorCode: string;
  readonly status: number;
  readonly fields: string[] | undefined;

  constructor(errorCode: string, message: string, details: ErrorDetails = {}) {
    super(message);
    this.name = 'OrgError';
    this.errorCode = errorCode;
    this.status = details.status ?? statusByCode[errorCode] ?? 400;
    this.fields = details.fields;
  }

  /** The body of a REST answer is always a list, also for one error. */
  toJSON(): { message: string; errorCode: string; fields?: string[] } {
    return { message: this.message, errorCode: this.errorCode, ...(this.fields && { fields: this.fields }) };
  }
}

// HTTP status of those codes that do not answer 400 (REST API developer guide, "Status Codes and Error Responses").
const statusByCode: Record<string, number> = {
  INVALID_SESSION_ID: 401,
  REQUEST_LIMIT_EXCEEDED: 403,
  API_DISABLED_FOR_ORG: 403,
  FORBIDDEN: 403,
  INSUFFICIENT_ACCESS: 403,
  INSUFFICIENT_ACCESS_OR_READONLY: 403,
  NOT_FOUND: 404,
  ENTITY_IS_DELETED: 404,
  METHOD_NOT_ALLOWED: 405,
  UNKNOWN_EXCEPTION: 500,
};

/** Several problems of one record, as the platform reports them together. */
export class OrgErrors extends Error {
  readonly errors: readonly [OrgError, ...OrgError[]];

  constructor(errors: readonly [OrgError, ...OrgError[]]) {
    super(errors.map((error) => error.message).join('; '));
    this.name = 'OrgErrors';
    this.errors = errors;
  }
}

/** The platform's errors inside anything thrown; undefined for a bug of the sandbox itself. */
export function orgErrorsOf(error: unknown): readonly [OrgError, ...OrgError[]] | undefined {
  if (error instanceof OrgErrors) return error.errors;
  if (error instanceof OrgError) return [error];
  return undefined;
}

export function throwFirst(errors: OrgError[]): void {
  const [first, ...rest] = errors;
  if (first) throw new OrgErrors([first, ...rest]);
}
