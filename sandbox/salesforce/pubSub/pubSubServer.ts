import { randomUUID } from 'node:crypto';
import { Server, ServerCredentials, status } from '@grpc/grpc-js';
import type { sendUnaryData, ServerDuplexStream, ServerUnaryCall, ServiceError } from '@grpc/grpc-js';
import type { Actor, Org } from '../org.ts';
import { authenticateCall } from './authenticateCall.ts';
import type { Gate } from './authenticateCall.ts';
import type { Channels } from './channels.ts';
import { encodeEvent } from './encodeEvent.ts';
import type { EventLog, LoggedEvent } from './eventLog.ts';
import type { EventSchemas } from './eventSchemas.ts';
import { grpcError } from './grpcError.ts';
import { pubSubService } from './messages.ts';
import type { ConsumerEvent, FetchRequest, FetchResponse, SchemaRequest, TopicRequest } from './messages.ts';
import { Subscription } from './subscription.ts';

export type PubSubParts = {
  org: Org;
  gate: Gate;
  log: EventLog;
  channels: Channels;
  schemas: EventSchemas;
  keepAliveMs: number;
};

/** The Pub/Sub API: GetTopic, GetSchema and Subscribe over gRPC. Nothing of ours publishes, so Publish is not served. */
export class PubSubServer {
  readonly #parts: PubSubParts;
  readonly #server = new Server();
  readonly #subscriptions = new Set<Subscription>();
  #refusals = 0;
  #silent = false;

  constructor(parts: PubSubParts) {
    this.#parts = parts;
    this.#server.addService(pubSubService(), {
      GetTopic: unary((call) => this.#getTopic(call)),
      GetSchema: unary((call) => this.#getSchema(call)),
      Subscribe: (call: ServerDuplexStream<FetchRequest, FetchResponse>) => this.#subscribe(call),
    });
    parts.log.onPublish(() => {
      for (const subscription of this.#subscriptions) subscription.pump();
    });
  }

  /** Returns the port. */
  listen(address: string, tls?: { key: string; certificate: string }): Promise<number> {
    const credentials = tls
      ? ServerCredentials.createSsl(null, [
          { private_key: Buffer.from(tls.key), cert_chain: Buffer.from(tls.certificate) },
        ])
      : ServerCredentials.createInsecure();
    return new Promise((resolve, reject) =>
      this.#server.bindAsync(address, credentials, (error, port) => (error ? reject(error) : resolve(port))),
    );
  }

  get subscribers(): { topic: string; pending: number }[] {
    return [...this.#subscriptions].map(({ summary }) => summary);
  }

  /** The next Subscribe calls find the service unavailable. */
  refuse(calls: number): void {
    this.#refusals = calls;
  }

  set silent(silent: boolean) {
    this.#silent = silent;
    for (const subscription of this.#subscriptions) subscription.silent = silent;
  }

  /** Ends all open streams; with OK as if the server had nothing more to say. */
  endStreams(code: status): void {
    for (const subscription of this.#subscriptions)
      subscription.end(
        code === status.OK ? undefined : grpcError(code, 'The stream was closed.', { rpcId: randomUUID() }),
      );
    this.#subscriptions.clear();
  }

  close(): void {
    this.endStreams(status.UNAVAILABLE);
    this.#server.forceShutdown();
  }

  #getTopic({ request, metadata }: ServerUnaryCall<TopicRequest, unknown>): unknown {
    const { gate, org, schemas } = this.#parts;
    const actor = authenticateCall(gate, metadata);
    const rpcId = randomUUID();
    const topic = this.#topicFor(request.topicName, actor);
    if (!topic) throw grpcError(status.NOT_FOUND, `There is no topic ${request.topicName}.`, { rpcId });
    return {
      topicName: topic.name,
      tenantGuid: `core/sandbox/${org.id}`,
      canPublish: false,
      canSubscribe: true,
      // A channel with several objects has no schema of its own; each event names the one it was written with.
      schemaId: topic.single ? schemas.of(topic.single).id : '',
      rpcId,
    };
  }

  #getSchema({ request, metadata }: ServerUnaryCall<SchemaRequest, unknown>): unknown {
    authenticateCall(this.#parts.gate, metadata);
    const rpcId = randomUUID();
    const schema = this.#parts.schemas.byId(request.schemaId);
    if (!schema)
      throw grpcError(status.NOT_FOUND, `There is no schema ${request.schemaId}.`, {
        errorCode: 'schema.not.found',
        rpcId,
      });
    return { schemaJson: schema.json, schemaId: schema.id, rpcId };
  }

  #subscribe(call: ServerDuplexStream<FetchRequest, FetchResponse>): void {
    if (this.#refusals > 0) {
      this.#refusals -= 1;
      const unavailable = { errorCode: 'service.unavailable', rpcId: randomUUID() };
      call.emit('error', grpcError(status.UNAVAILABLE, 'The service is unavailable.', unavailable));
      return;
    }
    const { log, gate, keepAliveMs } = this.#parts;
    const authenticate = () => authenticateCall(gate, call.metadata);
    const subscription = new Subscription(call, {
      log,
      keepAliveMs,
      authenticate,
      topicOf: (name) => this.#topicFor(name, authenticate()),
      encode: (event, actor) => this.#encode(event, actor),
    });
    subscription.silent = this.#silent;
    this.#subscriptions.add(subscription);
    const forget = () => {
      subscription.end();
      this.#subscriptions.delete(subscription);
    };
    call
      .once('cancelled', forget)
      .once('end', forget)
      .once('error', () => this.#subscriptions.delete(subscription));
  }

  /** The stream of an object that the user cannot read does not exist for the user. */
  #topicFor(name: string, actor: Actor) {
    const topic = this.#parts.channels.topic(name);
    return topic?.single && !actor.access.object(topic.single).read ? undefined : topic;
  }

  #encode(event: LoggedEvent, { access }: Actor): ConsumerEvent | undefined {
    const { org, schemas, log } = this.#parts;
    const object = org.schema.object(event.entity);
    if (!object || !access.object(object).read) return undefined;
    const schema = schemas.of(object);
    const payload = encodeEvent(event, { object, schema, access });
    return {
      event: { id: event.eventId, schemaId: schema.id, payload },
      replayId: log.replayId(event.position),
    };
  }
}

function unary<Q>(answer: (call: ServerUnaryCall<Q, unknown>) => unknown) {
  return (call: ServerUnaryCall<Q, unknown>, callback: sendUnaryData<unknown>): void => {
    let result: unknown;
    try {
      result = answer(call);
    } catch (error) {
      return callback(error as ServiceError);
    }
    callback(null, result);
  };
}
