/** A JSON Schema of draft 2020-12; `false` admits nothing. */
export type Schema = boolean | { [keyword: string]: unknown };

/** What goes over the wire differs by direction: requests are form-encoded, so every scalar is a string. */
export type Wire = 'request' | 'response';

export interface Operation {
  /** For example `Invoices.finalizeInvoice`, as in `stripe.invoices.finalizeInvoice()`. */
  id: string;
  method: 'GET' | 'POST' | 'DELETE';
  /** For example `/v1/invoices/{id}/finalize`. */
  path: string;
  request: Schema;
  response: Schema;
}

/** The contract as it is stored: all `$ref`s are of the form `#/$defs/<name>`. */
export interface ContractDocument {
  stripeVersion: string;
  apiVersion: string;
  operations: Operation[];
  event: Schema;
  /** What `data` of an event holds, by the type of the event. */
  eventData: Record<string, Schema>;
  error: Schema;
  /** What `object` says in an answer -> schema of that object. */
  objects: Record<string, Schema>;
  $defs: Record<string, Schema>;
}
