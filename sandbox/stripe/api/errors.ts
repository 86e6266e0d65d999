/** What Stripe puts into `error` of an answer. */
export interface ErrorFields {
  type: 'invalid_request_error' | 'card_error' | 'idempotency_error' | 'api_error';
  message: string;
  code?: string;
  param?: string;
  decline_code?: string;
  advice_code?: string;
  network_decline_code?: string;
  charge?: string;
  payment_intent?: object;
}

/**
 * An answer that is an error. Thrown, it undoes all that the request did; returned by a route, as after a declined card,
 * what happened stays. `replayable` errors are saved under the idempotency key; refused parameters are not.
 */
export class StripeError extends Error {
  readonly status: number;
  readonly fields: ErrorFields;
  readonly replayable: boolean;

  constructor(status: number, fields: ErrorFields, options: { replayable?: boolean } = {}) {
    super(fields.message);
    this.name = 'StripeError';
    this.status = status;
    this.fields = fields;
    this.replayable = options.replayable ?? false;
  }
}

/** The parameters themselves are wrong: nothing was executed. */
export function invalidParameter(message: string, param?: string, code?: string): StripeError {
  return new StripeError(400, { type: 'invalid_request_error', message, ...defined({ code, param }) });
}

/** The parameters are right, but what they ask for is not possible in this state. */
export function refused(message: string, extra: { code?: string; param?: string } = {}): StripeError {
  return new StripeError(
    400,
    { type: 'invalid_request_error', message, ...defined(extra) },
    { replayable: true },
  );
}

export function parameterMissing(param: string): StripeError {
  return invalidParameter(`Missing required param: ${param}.`, param, 'parameter_missing');
}

export function exclusiveParameters(names: string[], param: string): StripeError {
  return invalidParameter(`You may only specify one of these parameters: ${names.join(', ')}.`, param);
}

export function notExactlyOne(names: string[], param: string): StripeError {
  return invalidParameter(`You must specify exactly one of these parameters: ${names.join(', ')}.`, param);
}

/** 404: the object that the path names does not exist. `kind` is as in "No such customer". */
export function resourceMissing(kind: string, id: string, param: string): StripeError {
  return new StripeError(404, noSuch(kind, id, param));
}

/** 400: a parameter names an object that does not exist. */
export function missingReference(kind: string, id: string, param: string): StripeError {
  return new StripeError(400, noSuch(kind, id, param));
}

function noSuch(kind: string, id: string, param: string): ErrorFields {
  const elsewhere =
    "; It's possible this PaymentMethod exists on one of your connected accounts, in which case you should retry this request on that connected account. Learn more at https://stripe.com/docs/connect/authentication";
  return {
    type: 'invalid_request_error',
    code: 'resource_missing',
    message: `No such ${kind}: '${id}'${kind === 'PaymentMethod' ? elsewhere : ''}`,
    param,
  };
}

export function errorBody(error: StripeError, where: { accountId: string; requestId: string }): object {
  const { accountId, requestId } = where;
  const { code } = error.fields;
  return {
    error: {
      ...error.fields,
      ...(code && { doc_url: `https://stripe.com/docs/error-codes/${code.replaceAll('_', '-')}` }),
      request_log_url: `https://dashboard.stripe.com/${accountId}/test/workbench/logs?object=${requestId}`,
    },
  };
}

function defined<T extends object>(fields: T): Partial<T> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Partial<T>;
}
