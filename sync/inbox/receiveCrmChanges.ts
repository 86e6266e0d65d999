import type { Engine } from '../engine.ts';
import { RetryableFailure } from '../failure.ts';
import type { CrmChange } from '../salesforce/changeStream/decodeChange.ts';
import type { ConsumerEvent } from '../salesforce/changeStream/protocol.ts';
import type { PubSubClient } from '../salesforce/changeStream/pubSubClient.ts';
import { subscribe } from '../salesforce/changeStream/subscribe.ts';
import { REPLAY_ID_REJECTED } from '../salesforce/changeStream/translateStreamError.ts';
import { moveStreamPlace, readStreamPlace, receiveChange } from '../store/receiveChange.ts';
import { changedRecords } from './changedRecords.ts';
import { sweepCrm } from './sweepCrm.ts';

export interface ChangeSource {
  client: PubSubClient;
  /** `/data/ChangeEvents`, or a custom channel. */
  topic: string;
  signal: AbortSignal;
  silenceMs?: number;
  /** Told of every answer of the org: the stream lives. */
  onAnswer?: () => void;
}

// How long before the last sign of the stream a lost stretch of it may have begun: the org publishes late at times.
const SAFETY_MS = 60 * 60_000;

/**
 * Takes in the org's changes from where reading stopped until the stream breaks off, which throws, or until
 * `signal` fires. Like every event, a change is only a hint: its records are marked, its values not applied.
 */
export async function receiveCrmChanges(engine: Engine, source: ChangeSource): Promise<void> {
  const cursor = streamCursor(source.topic);
  const place = await readStreamPlace(engine.database, cursor);
  const answers = subscribe(source.client, { ...source, replayId: place?.replayId ?? null });
  try {
    for await (const { events, latestReplayId } of answers) {
      // An org that is not the one whose records these are: docs/architecture.md, "Limits and outages".
      if (engine.gates.salesforce.stopped) throw engine.gates.salesforce.stopped;
      source.onAnswer?.();
      for (const event of events) {
        if (source.signal.aborted) return;
        await receive(engine, source, event);
      }
      // A keepalive's place is behind all that was received; it keeps the stored one from growing too old.
      if (events.length === 0 && latestReplayId.length > 0)
        await moveStreamPlace(engine.database, cursor, latestReplayId);
    }
  } catch (error) {
    const rejected = error instanceof RetryableFailure && error.code === REPLAY_ID_REJECTED;
    if (!rejected || !place?.replayId) throw error;
    engine.log.warn(
      { topic: source.topic, since: place.movedAt },
      `${error.message} All changes since are swept, and the stream is read from now on.`,
    );
    await sweepCrm(engine, { from: before(place.movedAt) });
    // Only now: a process that dies in the sweep is rejected, and sweeps, again.
    await moveStreamPlace(engine.database, cursor, null);
  }
}

export const streamCursor = (topic: string) => `crm-stream ${topic}`;

async function receive(engine: Engine, source: ChangeSource, event: ConsumerEvent): Promise<void> {
  const replayId = event.replayId.toString('hex');
  const change = await decode(engine, source, event);
  const committedAt = change ? new Date(change.commitTimestamp) : engine.now();
  // An overflow stands for changes that were too many to name, an unreadable event for whatever it named.
  if (!change || change.changeType === 'GAP_OVERFLOW') {
    engine.log.warn(
      { topic: source.topic, replayId, entity: change?.entityName },
      'The change stream does not name all that has changed. Recent changes are swept.',
    );
    await sweepCrm(engine, { from: before(committedAt), object: change?.entityName });
  }
  await receiveChange(engine.database, {
    cursor: streamCursor(source.topic),
    eventId: `${source.topic}/${replayId}`,
    type: change ? `${change.entityName} ${change.changeType}` : 'unreadable',
    replayId: event.replayId,
    occurredAt: committedAt,
    payload: change
      ? noteOf(change)
      : { schemaId: event.event.schemaId, base64: event.event.payload.toString('base64') },
    subjects: change ? await changedRecords(engine, change) : [],
  });
}

/** Who has changed which fields of what, without the values: docs/decisions/0003. */
const noteOf = ({ fields: _values, ...note }: CrmChange) => note;

/** The change in the event; undefined when it is not what its schema says, which no other try would mend. */
async function decode(
  engine: Engine,
  { client, topic }: ChangeSource,
  event: ConsumerEvent,
): Promise<CrmChange | undefined> {
  try {
    return await client.decode(event);
  } catch (error) {
    if (error instanceof RetryableFailure) throw error;
    engine.log.error({ error, topic }, 'An event of the change stream cannot be read.');
    return undefined;
  }
}

const before = (time: Date) => new Date(time.getTime() - SAFETY_MS);
