import { Ajv2020, type ErrorObject, type ValidateFunction } from 'ajv/dist/2020.js';
import type { ContractDocument, Operation, Schema } from './contractDocument.ts';
import { parseForm } from './form.ts';

/** One API call as the sandbox saw it. `query` and `requestBody` are form-encoded text, or already parsed. */
export interface Exchange {
  method: string;
  /** Without the query, for example `/v1/invoices/in_1/finalize`. */
  path: string;
  query?: unknown;
  requestBody?: unknown;
  status: number;
  responseBody: unknown;
}

export interface Violation {
  /** `operation`: Stripe has no such call; `event`: what an event holds; `error`: an answer that is not 2xx. */
  part: 'operation' | 'request' | 'response' | 'event' | 'error';
  /** For example `Invoices.finalizeInvoice`, or method and path if there is no such operation. */
  operation: string;
  /** JSON pointer to the value, `''` for the whole. */
  path: string;
  message: string;
}

type Part = Pick<Violation, 'part' | 'operation'>;

/** Holds requests and answers to what the pinned `stripe` package declares. */
export class Contract {
  readonly document: ContractDocument;
  readonly #ajv: Ajv2020;
  readonly #operations: { operation: Operation; pattern: RegExp }[];
  readonly #validators = new Map<Schema, ValidateFunction>();

  constructor(document: ContractDocument) {
    this.document = document;
    this.#ajv = new Ajv2020({
      // allErrors names every wrong field of one answer at once; strict would refuse `if` beside `properties`.
      allErrors: true,
      strict: false,
      // They are made by our own generator, and checking them would take longer than all else at the opening.
      validateSchema: false,
      // The definitions refer to each other in circles; inlining and optimizing them costs more than it saves.
      inlineRefs: false,
      code: { optimize: false },
    });
    this.#ajv.addSchema({ $id: 'contract', $defs: document.$defs });
    this.#operations = document.operations.map((operation) => ({
      operation,
      pattern: new RegExp(`^${operation.path.replace(/[.]/g, '\\.').replace(/\{[^}]*\}/g, '[^/]+')}$`),
    }));
  }

  /** Everything about the exchange that Stripe would not have taken or said; empty if it is right. */
  check(exchange: Exchange): Violation[] {
    const operation = this.operation(exchange.method, exchange.path);
    const name = operation?.id ?? `${exchange.method} ${exchange.path}`;
    const unknown: Violation[] = operation
      ? []
      : [{ part: 'operation', operation: name, path: '', message: 'Stripe has no such operation' }];
    if (exchange.status >= 400) {
      return [
        ...unknown,
        ...this.#checkError(exchange, name),
        ...this.#checkRequestUnlessRefused(exchange, operation),
      ];
    }
    if (!operation) return unknown;
    return [
      ...this.#checkRequest(exchange, operation),
      ...this.#validate(operation.response, exchange.responseBody, { part: 'response', operation: name }),
      ...eventsIn(exchange.responseBody).flatMap(({ event, path }) => this.#checkEventData(event, path)),
    ];
  }

  /** The body of a webhook delivery. */
  checkEvent(event: unknown): Violation[] {
    const operation = `event ${typeOf(event)}`;
    return [
      ...this.#validate({ $ref: '#/$defs/event' }, event, { part: 'event', operation }),
      ...this.#checkEventData(event, ''),
    ];
  }

  /** One object by what its `object` says, such as an invoice; deleted objects are answers, not objects. */
  checkObject(value: unknown): Violation[] {
    const tag = (value as { object?: unknown } | null)?.object;
    const schema = this.document.objects[String(tag)];
    const part: Part = { part: 'response', operation: `object ${String(tag)}` };
    if (!schema) return [{ ...part, path: '/object', message: 'the contract knows no such object' }];
    return this.#validate(schema, value, part);
  }

  operation(method: string, path: string): Operation | undefined {
    return this.#operations.find((one) => one.operation.method === method && one.pattern.test(path))
      ?.operation;
  }

  #checkRequest(exchange: Exchange, operation: Operation): Violation[] {
    const parameters = Object.assign({}, parsed(exchange.query), parsed(exchange.requestBody));
    return this.#validate(operation.request, parameters, { part: 'request', operation: operation.id });
  }

  /** A request that Stripe refuses with 400 may be wrong: that is what the refusal says. */
  #checkRequestUnlessRefused(exchange: Exchange, operation: Operation | undefined): Violation[] {
    return operation && exchange.status !== 400 ? this.#checkRequest(exchange, operation) : [];
  }

  #checkError(exchange: Exchange, operation: string): Violation[] {
    const part: Part = { part: 'error', operation };
    const violations = this.#validate(this.document.error, exchange.responseBody, part);
    const type = (exchange.responseBody as { error?: { type?: unknown } } | null)?.error?.type;
    // https://docs.stripe.com/api/errors: 402 is for parameters that were right and a payment that failed.
    if ((type === 'card_error') !== (exchange.status === 402)) {
      violations.push({
        ...part,
        path: '/error/type',
        message: `${String(type)} does not go with HTTP ${exchange.status}`,
      });
    }
    return violations;
  }

  #checkEventData(event: unknown, at: string): Violation[] {
    const type = typeOf(event);
    const schema = this.document.eventData[type];
    const part: Part = { part: 'event', operation: `event ${type}` };
    if (!schema) return [{ ...part, path: `${at}/type`, message: 'Stripe has no such event' }];
    return this.#validate(schema, (event as { data?: unknown }).data, part).map((violation) => ({
      ...violation,
      path: `${at}/data${violation.path}`,
    }));
  }

  #validate(schema: Schema, value: unknown, part: Part): Violation[] {
    const validate = this.#validators.get(schema) ?? this.#compile(schema);
    return validate(value)
      ? []
      : (validate.errors ?? []).filter(isTelling).map((error) => ({ ...part, ...inWords(error) }));
  }

  #compile(schema: Schema): ValidateFunction {
    const absolute = JSON.parse(
      JSON.stringify(schema).replaceAll('"#/$defs/', '"contract#/$defs/'),
    ) as Schema;
    const validate = this.#ajv.compile(absolute);
    this.#validators.set(schema, validate);
    return validate;
  }
}

function parsed(parameters: unknown): unknown {
  return typeof parameters === 'string' ? parseForm(parameters) : parameters;
}

function eventsIn(body: unknown): { event: unknown; path: string }[] {
  const { object, data } = (body ?? {}) as { object?: unknown; data?: unknown };
  if (object === 'event') return [{ event: body, path: '' }];
  if (object !== 'list' || !Array.isArray(data)) return [];
  return data.flatMap((item, index) =>
    eventsIn(item).map(({ event }) => ({ event, path: `/data/${index}` })),
  );
}

function typeOf(event: unknown): string {
  return String((event as { type?: unknown } | null)?.type);
}

/** `if` and `anyOf` only say that one of their parts failed; the parts say it better. */
function isTelling({ keyword }: ErrorObject): boolean {
  return keyword !== 'if';
}

function inWords(error: ErrorObject): Pick<Violation, 'path' | 'message'> {
  const { instancePath: path, keyword, params } = error;
  switch (keyword) {
    case 'required':
      return { path: `${path}/${params.missingProperty}`, message: 'is missing' };
    case 'additionalProperties':
      return { path: `${path}/${params.additionalProperty}`, message: 'is unknown to Stripe' };
    case 'enum':
      return { path, message: `must be one of ${JSON.stringify(params.allowedValues).slice(0, 300)}` };
    case 'const':
      return { path, message: `must be ${JSON.stringify(params.allowedValue)}` };
    default:
      return { path, message: error.message ?? keyword };
  }
}
