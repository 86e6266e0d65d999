import { createHash, randomUUID } from 'node:crypto';
import * as grpc from '@grpc/grpc-js';
import {
  PubSub,
  type FetchRequest,
  type FetchResponse,
} from '../../sync/salesforce/changeStream/protocol.ts';
import { encodeChange, eventSchema, type TestChange } from './eventSchemas.ts';

type Call = grpc.ServerDuplexStream<FetchRequest, FetchResponse>;

interface Subscriber {
  call: Call;
  position: number;
  wanted: number;
}

interface Logged {
  position: number;
  entity: string;
  payload: Buffer;
}

/** A Pub/Sub API whose every misfortune a test can order; the org's own is in the sandbox. */
export class TestPubSubServer {
  url = '';
  /** Everything that a subscriber has asked for, first requests first. */
  readonly requests: FetchRequest[] = [];
  readonly refusedTokens = new Set<string>();
  readonly seenTokens: string[] = [];
  schemaRequests = 0;
  /** Refuses the next calls of a topic so. */
  topicFailure: Partial<grpc.ServiceError> | undefined;
  canSubscribe = true;
  /** Replay ids up to this one are no longer known. */
  purged = 0;
  private tip = 100;
  private readonly log: Logged[] = [];
  private readonly subscribers = new Set<Subscriber>();
  private readonly server = new grpc.Server();

  async start(): Promise<this> {
    this.server.addService(PubSub.service, {
      getTopic: (call: Unary<{ topicName: string }>, done: Done) => this.getTopic(call, done),
      getSchema: (call: Unary<{ schemaId: string }>, done: Done) => this.getSchema(call, done),
      subscribe: (call: Call) => this.subscribe(call),
    });
    const port = await new Promise<number>((resolve, reject) =>
      this.server.bindAsync('127.0.0.1:0', grpc.ServerCredentials.createInsecure(), (error, bound) =>
        error ? reject(error) : resolve(bound),
      ),
    );
    this.url = `http://127.0.0.1:${port}`;
    return this;
  }

  stop(): void {
    this.server.forceShutdown();
  }

  get subscriberCount(): number {
    return this.subscribers.size;
  }

  get replayId(): Buffer {
    return replayId(this.tip);
  }

  publish(change: TestChange): Buffer {
    return this.publishBytes(change.entity, encodeChange(change));
  }

  publishBytes(entity: string, payload: Buffer): Buffer {
    this.tip += 3;
    this.log.push({ position: this.tip, entity, payload });
    for (const subscriber of this.subscribers) this.deliver(subscriber);
    return replayId(this.tip);
  }

  /** Sends all events from after `after` once more, as a server does that does not remember. */
  repeatFrom(after: Buffer): void {
    for (const subscriber of this.subscribers) {
      subscriber.position = Number(after.readBigUInt64BE());
      this.deliver(subscriber);
    }
  }

  keepalive(): void {
    for (const { call, wanted } of this.subscribers) call.write(answer([], this.tip, wanted));
  }

  /** Breaks all subscriptions off. */
  drop(code: grpc.status = grpc.status.UNAVAILABLE): void {
    for (const { call } of this.subscribers) call.emit('error', { code, details: 'dropped by the test' });
    this.subscribers.clear();
  }

  private getTopic({ request, metadata }: Unary<{ topicName: string }>, done: Done): void {
    const failure = this.topicFailure ?? this.refusal(metadata);
    if (failure) return done(failure);
    done(null, { topicName: request.topicName, canSubscribe: this.canSubscribe, schemaId: 'unused' });
  }

  private getSchema({ request, metadata }: Unary<{ schemaId: string }>, done: Done): void {
    const failure = this.refusal(metadata);
    if (failure) return done(failure);
    this.schemaRequests += 1;
    const entity = this.log.map((each) => each.entity).find((each) => schemaId(each) === request.schemaId);
    done(null, { schemaId: request.schemaId, schemaJson: JSON.stringify(eventSchema(entity!)) });
  }

  private subscribe(call: Call): void {
    const failure = this.refusal(call.metadata);
    if (failure) return void call.emit('error', failure);
    let subscriber: Subscriber | undefined;
    call.on('data', (request: FetchRequest) => {
      this.requests.push(request);
      if (request.numRequested > 100)
        return void call.emit('error', { code: grpc.status.INVALID_ARGUMENT, details: 'num_requested' });
      if (!subscriber) {
        const position = request.replayPreset === 'CUSTOM' ? position64(request.replayId!) : this.tip;
        if (position < this.purged) return void call.emit('error', rejectedReplayId());
        subscriber = { call, position, wanted: 0 };
        this.subscribers.add(subscriber);
      }
      subscriber.wanted += request.numRequested;
      this.deliver(subscriber);
    });
    const end = () => {
      if (subscriber) this.subscribers.delete(subscriber);
      call.end();
    };
    call.on('end', end);
    call.on('cancelled', end);
    call.on('error', end);
  }

  private deliver(subscriber: Subscriber): void {
    for (const event of this.log) {
      if (event.position <= subscriber.position || subscriber.wanted === 0) continue;
      subscriber.position = event.position;
      subscriber.wanted -= 1;
      subscriber.call.write(answer([event], event.position, subscriber.wanted));
    }
  }

  private refusal(metadata: grpc.Metadata): Partial<grpc.ServiceError> | undefined {
    const token = String(metadata.get('accesstoken')[0]);
    this.seenTokens.push(token);
    const complete = metadata.get('instanceurl')[0] && metadata.get('tenantid')[0];
    return complete && !this.refusedTokens.has(token)
      ? undefined
      : { code: grpc.status.UNAUTHENTICATED, details: 'session is not valid' };
  }
}

type Unary<T> = grpc.ServerUnaryCall<T, object>;
type Done = (error: Partial<grpc.ServiceError> | null, answer?: object) => void;

function answer(events: Logged[], latest: number, pendingNumRequested: number): FetchResponse {
  return {
    events: events.map(({ position, entity, payload }) => ({
      event: { id: randomUUID(), schemaId: schemaId(entity), payload },
      replayId: replayId(position),
    })),
    latestReplayId: replayId(latest),
    rpcId: randomUUID(),
    pendingNumRequested,
  };
}

function rejectedReplayId(): Partial<grpc.ServiceError> {
  const metadata = new grpc.Metadata();
  metadata.set('error-code', 'sfdc.platform.eventbus.grpc.subscription.fetch.replayid.corrupted');
  return {
    code: grpc.status.INVALID_ARGUMENT,
    details: 'The Replay ID validation failed. Ensure that the Replay ID is valid.',
    metadata,
  };
}

const schemaId = (entity: string) => createHash('md5').update(entity).digest('base64url');

const position64 = (id: Buffer) => Number(id.readBigUInt64BE());

function replayId(position: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64BE(BigInt(position));
  return bytes;
}
