import type { Request, Response } from 'express';
import type { Commit, Org, RecordChange } from '../org.ts';

type ChangeEvent = {
  objectApiName: string;
  recordIds: string[];
  changeType: RecordChange['changeType'];
  changedFields: string[];
  commitTimestamp: number;
};

const heartbeatMs = 25_000;

/** GET /sandbox/changes: what each commit changed, as server-sent events, so that open pages can read it again. */
export class ChangeStream {
  readonly #org: Org;
  readonly #open = new Set<Response>();

  constructor(org: Org) {
    this.#org = org;
  }

  readonly handle = (request: Request, response: Response): void => {
    response.writeHead(200, {
      'Content-Type': 'text/event-stream',
      'Cache-Control': 'no-cache',
      Connection: 'keep-alive',
    });
    response.write(': connected\n\n');
    const stop = this.#org.onCommit((commit) => {
      for (const event of groupChanges(commit)) response.write(`data: ${JSON.stringify(event)}\n\n`);
    });
    // Proxies and browsers give up on a connection that stays silent.
    const heartbeat = setInterval(() => response.write(': heartbeat\n\n'), heartbeatMs);
    this.#open.add(response);
    request.on('close', () => {
      stop();
      clearInterval(heartbeat);
      this.#open.delete(response);
    });
  };

  close(): void {
    for (const response of this.#open) response.end();
  }
}

/** Equal changes of several records become one event with several ids, as in Change Data Capture. */
export function groupChanges({ at, changes }: Commit): ChangeEvent[] {
  const events = new Map<string, ChangeEvent>();
  for (const { objectApiName, recordId, changeType, changedFields } of changes) {
    const key = [objectApiName, changeType, ...changedFields].join();
    const event = events.get(key);
    if (event) event.recordIds.push(recordId);
    else
      events.set(key, {
        objectApiName,
        recordIds: [recordId],
        changeType,
        changedFields,
        commitTimestamp: at.getTime(),
      });
  }
  return [...events.values()];
}
