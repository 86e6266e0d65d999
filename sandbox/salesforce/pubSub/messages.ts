import { join } from 'node:path';
import { loadPackageDefinition } from '@grpc/grpc-js';
import type { ServiceDefinition } from '@grpc/grpc-js';
import { loadSync } from '@grpc/proto-loader';

export type TopicRequest = { topicName: string };
export type SchemaRequest = { schemaId: string };
export type FetchRequest = {
  topicName: string;
  replayPreset: 'LATEST' | 'EARLIEST' | 'CUSTOM';
  replayId: Buffer;
  numRequested: number;
};
export type ConsumerEvent = {
  event: { id: string; schemaId: string; payload: Buffer };
  replayId: Buffer;
};
export type FetchResponse = {
  events: ConsumerEvent[];
  latestReplayId: Buffer;
  rpcId: string;
  pendingNumRequested: number;
};

const protoFile = join(import.meta.dirname, '../../../sync/salesforce/changeStream/pubsub_api.proto');

/** The service eventbus.v1.PubSub of Salesforce's own proto file. */
export function pubSubService(): ServiceDefinition {
  const definition = loadSync(protoFile, { enums: String, bytes: Buffer, longs: Number, defaults: true });
  const loaded = loadPackageDefinition(definition) as unknown as {
    eventbus: { v1: { PubSub: { service: ServiceDefinition } } };
  };
  return loaded.eventbus.v1.PubSub.service;
}
