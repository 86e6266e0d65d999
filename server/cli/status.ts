import type { Database } from '../../sync/store/database.ts';
import { readStatus } from '../../sync/store/queueStatus.ts';
import type { SeenWorker } from '../../sync/store/workerStates.ts';
import { age, timeWords, type Output } from './output.ts';
import { gateCell, isGone, streamCell } from './workerWords.ts';

/** `invoicebridge status`: what waits, what runs, how far each side has been read, and how the workers are. */
export async function status(database: Database, output: Output): Promise<number> {
  const { queues, commands, cursors, lastEvents, documents, workers } = await readStatus(database);

  for (const queue of queues) output.emit({ kind: 'queue', ...queue });
  output.table(
    ['records', 'known', 'dirty', 'due', 'held', 'parked', 'oldest wait'],
    queues.map((queue) => [
      queue.entity,
      queue.known,
      queue.dirty,
      queue.due,
      queue.held,
      queue.parked > 0 ? { text: String(queue.parked), tone: 'bad' } : 0,
      age(queue.oldestWaitSeconds),
    ]),
  );
  if (queues.length === 0) output.say('No record is known yet.');

  output.emit({ kind: 'commands', ...commands });
  const oldest = commands.oldestSeconds === null ? '' : `, the oldest for ${age(commands.oldestSeconds)}`;
  output.say(
    `\nCommands: ${commands.running} running${oldest}; ${commands.failedInLastDay} failed in the last day.\n`,
  );

  for (const cursor of cursors) output.emit({ kind: 'cursor', ...cursor });
  output.table(
    ['cursor', 'moved', 'position'],
    cursors.map(({ name, ageSeconds, position }) => [name, `${age(ageSeconds)} ago`, position]),
  );
  output.say();

  for (const event of lastEvents) output.emit({ kind: 'lastEvent', ...event });
  output.table(
    ['last event of', 'received', 'type', 'id'],
    lastEvents.map(({ source, receivedAt, type, eventId }) => [source, timeWords(receivedAt), type, eventId]),
  );
  output.say();
  for (const document of documents) output.emit({ kind: 'document', ...document });
  if (documents.length > 0) {
    output.table(
      ['document not stored', 'of', 'record', 'why'],
      documents.map(({ document, stripeId, crmId, error }) => [document, stripeId, crmId, error]),
    );
    output.say();
  }
  tellWorkers(output, workers);
  return 0;
}

function tellWorkers(output: Output, workers: SeenWorker[]): void {
  for (const worker of workers) output.emit({ kind: 'worker', ...worker });
  output.table(
    ['worker', 'seen', 'Stripe', 'Salesforce', 'change stream'],
    workers.map((worker) => [
      worker.workerId,
      isGone(worker)
        ? { text: `${age(worker.seenSecondsAgo)} ago`, tone: 'faint' }
        : `${age(worker.seenSecondsAgo)} ago`,
      gateCell(worker.stripe),
      gateCell(worker.salesforce),
      streamCell(worker.stream),
    ]),
  );
  const alive = workers.filter((worker) => !isGone(worker));
  if (alive.length === 0) {
    output.say(
      output.paint('bad', 'No worker is running, so nothing is synced: start one (npm run worker).'),
    );
  }
  for (const words of new Set(alive.flatMap(({ standstill }) => standstill ?? []))) {
    output.say(output.paint('bad', `\n${words}`));
  }
  const [budget] = alive.flatMap(({ salesforce }) => salesforce.budget ?? []);
  if (budget?.used != null && budget.max && budget.at) {
    const left = Math.floor(((budget.max - budget.used) * 100) / budget.max);
    output.say(
      `\nAPI calls of the org in 24 hours: ${budget.used} of ${budget.max}, ${left} % left, as it said at ${timeWords(new Date(budget.at))}.`,
    );
  }
}
