import { join } from 'node:path';
import { credentials, loadPackageDefinition, Metadata } from '@grpc/grpc-js';
import type { Client, ClientDuplexStream, ServiceError } from '@grpc/grpc-js';
import { loadSync } from '@grpc/proto-loader';
import avro from 'avsc';
import type { Connection } from 'jsforce';
import type { TestOrg } from './org.ts';

type Unary = (
  request: unknown,
  metadata: Metadata,
  done: (error: ServiceError | null, answer: never) => void,
) => void;
export type PubSubClient = Client & {
  GetTopic: Unary;
  GetSchema: Unary;
  Subscribe(metadata: Metadata): ClientDuplexStream<unknown, Response>;
};
type Response = {
  events: { event: { id: string; schemaId: string; payload: Buffer }; replayId: Buffer }[];
  latestReplayId: Buffer;
  pendingNumRequested: number;
};
export type Header = {
  entityName: string;
  recordIds: string[];
  changeType: string;
  changeOrigin: string;
  transactionKey: string;
  sequenceNumber: number;
  commitUser: string;
  commitTimestamp: number;
  nulledFields: string[];
  changedFields: string[];
};
export type Event = { header: Header; fields: Record<string, unknown>; replayId: Buffer; schemaId: string };
export type Fetch = {
  topicName?: string;
  replayPreset?: 'LATEST' | 'EARLIEST' | 'CUSTOM';
  replayId?: Buffer;
  numRequested?: number;
};

const proto = join(__dirname, '../../sync/salesforce/changeStream/pubsub_api.proto');

/** A gRPC client as any program in any language would be, for one org. */
export function pubSubClient(org: TestOrg): PubSubClient {
  const definition = loadSync(proto, { enums: String, bytes: Buffer, longs: Number, defaults: true });
  const { eventbus } = loadPackageDefinition(definition) as unknown as {
    eventbus: { v1: { PubSub: new (address: string, channel: unknown) => PubSubClient } };
  };
  const { protocol, host } = new URL(org.pubSubUrl!);
  const secure = protocol === 'https:';
  return new eventbus.v1.PubSub(
    host,
    secure ? credentials.createSsl(Buffer.from(org.pubSubCertificate!)) : credentials.createInsecure(),
  );
}

export function headers(org: TestOrg, accessToken: string, changed: Record<string, string> = {}): Metadata {
  const metadata = new Metadata();
  const all = { accesstoken: accessToken, instanceurl: org.url, tenantid: org.orgId, ...changed };
  for (const [name, value] of Object.entries(all)) if (value) metadata.set(name, value);
  return metadata;
}

export async function ask<R>(call: Unary, request: unknown, metadata: Metadata): Promise<R> {
  return new Promise((resolve, reject) =>
    call(request, metadata, (error, answer) => (error ? reject(error) : resolve(answer))),
  );
}

/** Subscribes and decodes what comes. */
export class Subscriber {
  readonly events: Event[] = [];
  readonly responses: Response[] = [];
  error: ServiceError | undefined;
  ended = false;
  readonly #client: PubSubClient;
  readonly #metadata: Metadata;
  readonly #stream: ClientDuplexStream<unknown, Response>;
  #reading = Promise.resolve();

  constructor(org: TestOrg, connection: Pick<Connection, 'accessToken'>, first: Fetch = {}) {
    this.#client = pubSubClient(org);
    this.#metadata = headers(org, connection.accessToken!);
    this.#stream = this.#client.Subscribe(this.#metadata);
    this.#stream.on('data', (response: Response) => {
      this.responses.push(response);
      this.#reading = this.#reading.then(() => this.#read(response));
    });
    this.#stream.on('error', (error: ServiceError) => (this.error = error));
    this.#stream.on('end', () => (this.ended = true));
    this.fetch({ topicName: '/data/ChangeEvents', replayPreset: 'LATEST', numRequested: 100, ...first });
  }

  fetch(request: Fetch): void {
    this.#stream.write(request);
  }

  /** Waits until so many events came; answers all so far. */
  async until(count: number): Promise<Event[]> {
    await eventually(() => this.events.length >= count || this.error !== undefined);
    if (this.events.length < count)
      throw new Error(`${this.events.length} events, then ${this.error?.message}`);
    return this.events;
  }

  async untilEnd(): Promise<ServiceError | undefined> {
    await eventually(() => this.error !== undefined || this.ended);
    return this.error;
  }

  close(): void {
    this.#stream.cancel();
    this.#client.close();
  }

  async #read(response: Response): Promise<void> {
    for (const { event, replayId } of response.events) {
      const { schemaJson } = await ask<{ schemaJson: string }>(
        this.#client.GetSchema.bind(this.#client),
        { schemaId: event.schemaId },
        this.#metadata,
      );
      const type = avro.Type.forSchema(JSON.parse(schemaJson) as avro.Schema);
      const { ChangeEventHeader: header, ...rest } = type.fromBuffer(event.payload) as {
        ChangeEventHeader: Header;
      } & Record<string, unknown>;
      const fields = Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== null));
      this.events.push({ header, fields, replayId, schemaId: event.schemaId });
    }
  }
}

export async function eventually(holds: () => boolean): Promise<void> {
  for (let i = 0; i < 5_000 && !holds(); i += 1) await new Promise((resolve) => setTimeout(resolve, 10));
  if (!holds()) throw new Error('It did not come about within a minute.');
}

/** Names of the top fields that a bitmap of the header names. */
export async function namedFields(org: TestOrg, connection: Connection, event: Event, bitmap: string) {
  const client = pubSubClient(org);
  const { schemaJson } = await ask<{ schemaJson: string }>(
    client.GetSchema.bind(client),
    { schemaId: event.schemaId },
    headers(org, connection.accessToken!),
  );
  client.close();
  const { fields } = JSON.parse(schemaJson) as { fields: { name: string }[] };
  return fields.map(({ name }) => name).filter((_name, i) => (BigInt(bitmap) >> BigInt(i)) & 1n);
}
