import type { Router } from 'express';
import { generate } from 'selfsigned';
import type { DocumentStore } from '../../store/documentStore.ts';
import { cometdRoutes } from '../cometd/cometdRoutes.ts';
import { streamControl } from '../control/stream.ts';
import type { Org } from '../org.ts';
import type { Gate } from './authenticateCall.ts';
import { readChannels } from './channels.ts';
import { EventLog } from './eventLog.ts';
import { EventSchemas } from './eventSchemas.ts';
import { PubSubServer } from './pubSubServer.ts';

export type ChangeStreamOptions = {
  /** How long after its commit an event reaches subscribers; about 300 on the platform, 0 by default. */
  publishLagMs?: number;
  /** 72 by default, as on the platform. */
  retentionHours?: number;
  /** How long a stream stays without a sign of life; 270 by default, as on the platform. */
  keepAliveSeconds?: number;
};

export type PubSubOptions = ChangeStreamOptions & {
  port: number;
  host: string;
  tls: boolean;
  metadataDir: string;
  now: () => Date;
};

export type OpenPubSub = {
  /** http://127.0.0.1:PORT in plain text, https://localhost:PORT with TLS. */
  url: string;
  /** The self-signed certificate that a client must trust. */
  certificate?: string;
  /** Control paths, and the Streaming API over the same log. */
  routes: Router[];
  close(): void;
};

/** Change data capture: events are logged from now on and served over the Pub/Sub API. */
export async function openPubSub(
  store: DocumentStore,
  { org, gate }: { org: Org; gate: Gate },
  options: PubSubOptions,
): Promise<OpenPubSub> {
  const { publishLagMs = 0, retentionHours = 72, keepAliveSeconds = 270, now } = options;
  const channels = readChannels(options.metadataDir, org.schema);
  const schemas = new EventSchemas(org.schema.objects.filter(({ name }) => channels.captures(name)));
  const schemaOf = (name: string) =>
    channels.captures(name) ? schemas.of(org.schema.object(name)!) : undefined;
  const log = new EventLog(store, org, { publishLagMs, retentionHours, now, schemaOf });
  const server = new PubSubServer({
    org,
    gate,
    log,
    channels,
    schemas,
    keepAliveMs: keepAliveSeconds * 1000,
  });
  const cometd = cometdRoutes({ org, gate, log, channels, schemas });
  const tls = options.tls ? await selfSigned() : undefined;
  const port = await server.listen(`${options.host}:${options.port}`, tls);
  return {
    url: tls ? `https://localhost:${port}` : `http://127.0.0.1:${port}`,
    ...(tls && { certificate: tls.certificate }),
    routes: [streamControl({ log, channels, server }), cometd.router],
    close() {
      cometd.close();
      log.close();
      server.close();
    },
  };
}

async function selfSigned(): Promise<{ key: string; certificate: string }> {
  const made = await generate([{ name: 'commonName', value: 'localhost' }], {
    keySize: 2048,
    algorithm: 'sha256',
    extensions: [{ name: 'subjectAltName', altNames: [{ type: 2, value: 'localhost' }] }],
  });
  return { key: made.private, certificate: made.cert };
}
