import { Router, json } from 'express';
import type { Request, Response } from 'express';
import type { Users } from '../access/users.ts';
import { bearerToken } from '../oauth/authenticate.ts';
import type { Sessions } from '../oauth/sessions.ts';
import type { Actor, Org } from '../org.ts';
import type { Channels } from '../pubSub/channels.ts';
import type { EventLog } from '../pubSub/eventLog.ts';
import type { EventSchemas } from '../pubSub/eventSchemas.ts';
import { CometdClient } from './cometdClient.ts';
import type { Message } from './cometdClient.ts';

export type CometdParts = {
  org: Org;
  gate: { users: Users; sessions: Sessions };
  log: EventLog;
  channels: Channels;
  schemas: EventSchemas;
};

/** /cometd/NN.0: change events over the Streaming API (Bayeux protocol, long polling). */
export function cometdRoutes(parts: CometdParts): { router: Router; close(): void } {
  const clients = new Map<string, CometdClient>();
  const router = Router();
  router.post('/cometd/:version', json(), async (request: Request, response: Response) => {
    const messages = [request.body as Message | Message[]].flat();
    const actor = actorOf(parts, request);
    const replies = actor
      ? await Promise.all(messages.map((message) => answer(parts, { clients, message, actor })))
      : messages.map(unauthorized);
    response.json(replies.flat());
  });
  return {
    router,
    close() {
      for (const client of clients.values()) client.close();
    },
  };
}

function actorOf({ gate }: CometdParts, request: Request): Actor | undefined {
  const user = gate.users.byId(gate.sessions.userOf(bearerToken(request) ?? '') ?? '');
  return user && gate.users.actor(user.id);
}

type Step = { clients: Map<string, CometdClient>; message: Message; actor: Actor };

async function answer(parts: CometdParts, { clients, message, actor }: Step): Promise<Message[]> {
  const { channel, id } = message;
  if (channel === '/meta/handshake') {
    const client = new CometdClient({ ...parts, actor });
    clients.set(client.id, client);
    return [{ ...client.handshake(), ...(id !== undefined && { id }) }];
  }
  const client = clients.get(message.clientId ?? '');
  if (!client) return [unknownClient(message)];
  const reply = { channel, clientId: client.id, ...(id !== undefined && { id }) };
  switch (channel) {
    case '/meta/connect': {
      const events = await client.connect(message.advice?.timeout);
      return [...events, { ...reply, successful: true }];
    }
    case '/meta/subscribe': {
      const error = client.subscribe(message);
      const { subscription = '' } = message;
      return [{ ...reply, subscription, successful: !error, ...(error && { error }) }];
    }
    case '/meta/unsubscribe':
      client.unsubscribe(message.subscription ?? '');
      return [{ ...reply, subscription: message.subscription ?? '', successful: true }];
    case '/meta/disconnect':
      client.close();
      clients.delete(client.id);
      return [{ ...reply, successful: true }];
    default:
      return [{ ...reply, successful: false, error: `400::${channel} is not served` }];
  }
}

function unknownClient({ channel, id }: Message): Message {
  const advice = { interval: 0, reconnect: 'handshake' };
  return {
    channel,
    successful: false,
    error: '403::Unknown client',
    advice,
    ...(id !== undefined && { id }),
  };
}

function unauthorized({ channel, id }: Message): Message {
  const error = '401::Authentication invalid';
  const ext = { sfdc: { failureReason: error } };
  const advice = { reconnect: 'none' };
  return { channel, successful: false, error, ext, advice, ...(id !== undefined && { id }) };
}
