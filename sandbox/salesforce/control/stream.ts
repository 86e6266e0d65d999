import { status } from '@grpc/grpc-js';
import { Router, json } from 'express';
import type { Channels } from '../pubSub/channels.ts';
import type { EventType } from '../pubSub/changeEvent.ts';
import type { EventLog } from '../pubSub/eventLog.ts';
import type { PubSubServer } from '../pubSub/pubSubServer.ts';

export type StreamParts = { log: EventLog; channels: Channels; server: PubSubServer };
type Gap = { entity: string; recordIds: string[]; changeType?: EventType };
type Knob = (value: unknown, parts: StreamParts) => void;

const knobs: Record<string, Knob> = {
  gap: (value, { log }) => {
    if (typeof value === 'number') log.next.gap = value;
    else log.inject({ changeType: 'GAP_UPDATE', ...(value as Gap) });
  },
  overflow: (value, { log, channels }) => {
    const entities = value === true ? channels.captured : [String(value)];
    for (const entity of entities) log.inject({ entity, changeType: 'GAP_OVERFLOW' });
  },
  drop: (value, { log }) => void (log.next.drop = Number(value)),
  duplicate: (value, { log }) => void (log.next.duplicate = Number(value)),
  expire: (_value, { log }) => log.expire(),
  refuse: (value, { server }) => server.refuse(Number(value)),
  silent: (value, { server }) => void (server.silent = value === true),
  close: (value, { server }) =>
    server.endStreams(value === true ? status.UNAVAILABLE : status[value as keyof typeof status]),
};

/** POST /sandbox/stream disturbs the stream of change events; GET tells who listens. */
export function streamControl(parts: StreamParts): Router {
  const router = Router();
  router.post('/sandbox/stream', json(), (request, response) => {
    const wanted = Object.entries((request.body ?? {}) as Record<string, unknown>);
    const unknown = wanted.filter(([name]) => !knobs[name]).map(([name]) => name);
    if (wanted.length === 0 || unknown.length > 0) {
      const known = Object.keys(knobs).join(', ');
      response.status(400).json({ message: `Give any of ${known}; not known: ${unknown.join(', ')}.` });
      return;
    }
    for (const [name, value] of wanted) knobs[name]!(value, parts);
    response.json(describe(parts));
  });
  router.get('/sandbox/stream', (_request, response) => void response.json(describe(parts)));
  return router;
}

function describe({ log, server }: StreamParts): Record<string, unknown> {
  const { size: events, unpublished, tip, next } = log;
  return { subscribers: server.subscribers, events, unpublished, tip, next };
}
