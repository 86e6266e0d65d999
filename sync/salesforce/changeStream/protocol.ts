import { join } from 'node:path';
import * as grpc from '@grpc/grpc-js';
import { loadSync } from '@grpc/proto-loader';

export interface TopicInfo {
  topicName: string;
  canSubscribe: boolean;
  schemaId: string;
}

export interface SchemaInfo {
  schemaJson: string;
  schemaId: string;
}

export interface FetchRequest {
  topicName: string;
  replayPreset?: 'LATEST' | 'EARLIEST' | 'CUSTOM';
  replayId?: Buffer;
  /** At most 100. Source: Pub/Sub API, "Subscribe RPC Method". */
  numRequested: number;
}

export interface ConsumerEvent {
  event: { id: string; schemaId: string; payload: Buffer };
  replayId: Buffer;
}

export interface FetchResponse {
  /** None in a keepalive. */
  events: ConsumerEvent[];
  latestReplayId: Buffer;
  rpcId: string;
  /** How many events the server may still send before it is asked for more. */
  pendingNumRequested: number;
}

type Unary<Request, Answer> = (
  ...call: [
    request: Request,
    metadata: grpc.Metadata,
    options: grpc.CallOptions,
    done: (error: grpc.ServiceError | null, answer: Answer) => void,
  ]
) => grpc.ClientUnaryCall;

/** The service as grpc-js makes it from the proto; only the calls that are used here. */
export interface PubSubStub extends grpc.Client {
  getTopic: Unary<{ topicName: string }, TopicInfo>;
  getSchema: Unary<{ schemaId: string }, SchemaInfo>;
  subscribe(metadata: grpc.Metadata): grpc.ClientDuplexStream<FetchRequest, FetchResponse>;
}

type StubConstructor = new (
  address: string,
  credentials: grpc.ChannelCredentials,
  options?: grpc.ChannelOptions,
) => PubSubStub;

const definition = loadSync(join(import.meta.dirname, 'pubsub_api.proto'), {
  longs: String,
  enums: String,
  defaults: true,
});
const { eventbus } = grpc.loadPackageDefinition(definition) as unknown as {
  eventbus: { v1: { PubSub: StubConstructor & { service: grpc.ServiceDefinition } } };
};

export const PubSub = eventbus.v1.PubSub;
