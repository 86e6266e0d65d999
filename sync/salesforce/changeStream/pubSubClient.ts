import * as grpc from '@grpc/grpc-js';
import type { Gate } from '../../limits/gate.ts';
import { asPerson } from '../../limits/priority.ts';
import type { CrmSession } from '../connection.ts';
import { changeDecoder, type ChangeDecoder, type CrmChange } from './decodeChange.ts';
import { PubSub, type ConsumerEvent, type PubSubStub, type TopicInfo } from './protocol.ts';
import { translateStreamError } from './translateStreamError.ts';

export interface PubSubOptions {
  /** `host:port` or `https://host:port` for TLS, `http://host:port` for plain text. */
  url: string;
  /** Gives the session, another one than that whose token has been refused. */
  session: (refusedToken?: string) => Promise<CrmSession>;
  /** Where calls of the org pass; without one for what makes a call or two by hand. */
  gate?: Gate;
}

// Less than a stopping process is given.
const CALL_TIMEOUT_MS = 20_000;

/** A thin client of Salesforce's Pub/Sub API: topics, schemas (each fetched once) and subscriptions. */
export class PubSubClient {
  private readonly stub: PubSubStub;
  private readonly session: PubSubOptions['session'];
  private readonly decoders = new Map<string, Promise<ChangeDecoder>>();
  private readonly gate: Gate | undefined;
  private refusedToken: string | undefined;

  constructor({ url, session, gate }: PubSubOptions) {
    const { address, credentials } = target(url);
    this.stub = new PubSub(address, credentials);
    this.session = session;
    this.gate = gate;
  }

  topic(topicName: string): Promise<TopicInfo> {
    return this.unary('getTopic', { topicName });
  }

  /** The change in an event; its schema is fetched when it has not been seen yet. */
  async decode({ event }: ConsumerEvent): Promise<CrmChange> {
    let decoder = this.decoders.get(event.schemaId);
    if (!decoder) {
      decoder = this.unary<{ schemaJson: string }>('getSchema', { schemaId: event.schemaId }).then(
        ({ schemaJson }) => changeDecoder(schemaJson),
      );
      this.decoders.set(event.schemaId, decoder);
      decoder.catch(() => this.decoders.delete(event.schemaId));
    }
    return (await decoder)(event.payload);
  }

  /** Opens a subscription's stream. A refusal of its token renews the session for the next call. */
  async open(): Promise<ReturnType<PubSubStub['subscribe']>> {
    const { metadata, token } = await this.authentication();
    if (this.gate?.stopped) throw this.gate.stopped;
    const stream = this.stub.subscribe(metadata);
    stream.on('error', (error: grpc.ServiceError) => this.noteRefusal(error, token));
    return stream;
  }

  close(): void {
    this.stub.close();
  }

  /** Asks once more with a new session when the first one has ended. */
  private async unary<Answer>(name: 'getTopic' | 'getSchema', request: object): Promise<Answer> {
    try {
      return await this.ask<Answer>(name, request);
    } catch (error) {
      if ((error as grpc.ServiceError).code !== grpc.status.UNAUTHENTICATED)
        throw translateStreamError(error);
      return this.ask<Answer>(name, request).catch((again: unknown) => {
        throw translateStreamError(again);
      });
    }
  }

  private async ask<Answer>(name: 'getTopic' | 'getSchema', request: object): Promise<Answer> {
    const { metadata, token } = await this.authentication();
    const send = () =>
      new Promise<Answer>((resolve, reject) => {
        const options = { deadline: Date.now() + CALL_TIMEOUT_MS };
        this.stub[name](request as never, metadata, options, (error, answer) => {
          if (!error) return resolve(answer as Answer);
          this.noteRefusal(error, token);
          reject(error);
        });
      });
    if (!this.gate) return send();
    const { gate } = this;
    // The stream has servers of its own: how they are says nothing about the org, and their calls are not of its daily limit.
    return asPerson(() => gate.send({ send, judge: () => ({ kind: 'undecided' }) }));
  }

  private async authentication(): Promise<{ metadata: grpc.Metadata; token: string }> {
    const { accessToken, instanceUrl, orgId } = await this.session(this.refusedToken);
    this.refusedToken = undefined;
    const metadata = new grpc.Metadata();
    metadata.set('accesstoken', accessToken);
    metadata.set('instanceurl', instanceUrl);
    metadata.set('tenantid', orgId);
    return { metadata, token: accessToken };
  }

  private noteRefusal(error: grpc.ServiceError, token: string): void {
    if (error.code === grpc.status.UNAUTHENTICATED) this.refusedToken = token;
  }
}

function target(url: string): { address: string; credentials: grpc.ChannelCredentials } {
  const [, scheme, address] = /^(https?:\/\/)?([^/]+)\/?$/.exec(url)!;
  return {
    address: address!,
    credentials: scheme === 'http://' ? grpc.credentials.createInsecure() : grpc.credentials.createSsl(),
  };
}
