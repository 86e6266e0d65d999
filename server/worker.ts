import type { Logger } from 'pino';
import { runDueAudit } from '../sync/audit/scheduledAudit.ts';
import { requestAuditAfterGap } from '../sync/store/auditRuns.ts';
import { runCommand } from '../sync/actions/runCommand.ts';
import { syncEntities, type SyncEntity } from '../sync/domain/entity.ts';
import { storeDocuments } from '../sync/documents/storeDocuments.ts';
import type { Engine } from '../sync/engine.ts';
import { convergeDue } from '../sync/flows/convergeDue.ts';
import { invoiceBatches } from '../sync/flows/invoiceBatches.ts';
import { catchUpStripe } from '../sync/inbox/catchUpStripe.ts';
import { CrmChangeFollower } from '../sync/inbox/followCrmChanges.ts';
import { sweepContacts } from '../sync/inbox/billingContacts.ts';
import { sweepCrm } from '../sync/inbox/sweepCrm.ts';
import { sweepDeleted } from '../sync/inbox/sweepDeleted.ts';
import { sweepPrices } from '../sync/inbox/sweepPrices.ts';
import { inBackground } from '../sync/limits/priority.ts';
import { probeSides } from '../sync/limits/probeSides.ts';
import { reportState } from '../sync/limits/reportState.ts';
import { isSideDown } from '../sync/limits/standstill.ts';
import { leasesInWork, oneTurn } from '../sync/leases.ts';
import { remindDue } from '../sync/reminders/remindDue.ts';
import { Loop } from '../sync/loop.ts';
import { PubSubClient } from '../sync/salesforce/changeStream/pubSubClient.ts';
import { markExpiringLinks } from '../sync/store/expiringLinks.ts';
import { forgetEvents } from '../sync/store/forgetEvents.ts';
import { Notifications } from '../sync/store/notifications.ts';
import { renewLeases } from '../sync/store/syncRecords.ts';
import { forgetWorker } from '../sync/store/workerStates.ts';
import { loadConfig, maskedSummary, type Config } from './config.ts';
import { onStop } from './onStop.ts';
import { openEngine, openLog } from './wiring.ts';

export interface Worker {
  engine: Engine;
  stop(): Promise<void>;
}

// A wake-up comes with every change; this is how long a missed one, or a delayed retry, waits at most.
const IDLE_MS = 500;
const RETENTION_MS = 3_600_000;
// People wait for commands: one that is slow must not hold up the next.
const COMMANDS_AT_ONCE = 8;
// How old what `status` says of a worker may be.
const REPORT_MS = 2_000;
// How often is looked whether an audit is due.
const AUDIT_LOOK_SECONDS = 60;
// How soon after it is due a reminder is asked for.
const REMINDERS_SECONDS = 30;
// How often is looked which addresses of invoices are about to expire.
const EXPIRING_LOOK_SECONDS = 3_600;

/** Starts all loops of the engine. Several workers may run at once: no record is held by two of them. */
export async function startWorker(config: Config, log: Logger): Promise<Worker> {
  const { engine, database, identity, close } = await openEngine(config, log);
  const loop = (name: string, runOnce: () => Promise<number>, idleMs = IDLE_MS) =>
    new Loop({ name, runOnce: () => oneTurn(engine, runOnce), idleMs, log });

  const commands = Array.from({ length: COMMANDS_AT_ONCE }, () => loop('commands', () => runCommand(engine)));
  const turnsOf = (entity: SyncEntity) =>
    entity === 'invoice' ? invoiceBatches(engine) : [() => convergeDue(engine, entity)];
  const records = Object.fromEntries(
    syncEntities.map((entity) => [entity, turnsOf(entity).map((turn) => loop(`converge ${entity}`, turn))]),
  );
  // A pass over the other side's log is never repeated at once, however much it found; none is begun in an outage.
  const pass = (name: string, work: () => Promise<unknown>, everySeconds: number) =>
    loop(name, async () => (isSideDown(engine) ? 0 : work().then(() => 0)), everySeconds * 1000);
  const sweep = pass('CRM sweep', () => sweepCrm(engine), config.crmSweepSeconds);
  const prices = pass('price sweep', () => sweepPrices(engine), config.crmSweepSeconds);
  const catchUp = pass('Stripe catch-up', () => catchUpStripe(engine), config.stripeCatchUpSeconds);
  const retention = loop(
    'retention of events',
    () => forgetEvents(database, config.eventRetentionDays),
    RETENTION_MS,
  );
  const expiring = pass('expiring links', () => markExpiringLinks(database), EXPIRING_LOOK_SECONDS);
  const stopping = new AbortController();
  const audits = pass(
    'audit',
    () => runDueAudit(engine, { everyHours: config.auditHours, signal: stopping.signal }),
    AUDIT_LOOK_SECONDS,
  );
  const reminders = pass('reminders', () => inBackground(() => remindDue(engine)), REMINDERS_SECONDS);
  const documents = loop('documents', () =>
    isSideDown(engine) ? Promise.resolve(0) : inBackground(() => storeDocuments(engine)),
  );
  const deletions = pass(
    'CRM deletions',
    () => inBackground(async () => (await sweepDeleted(engine)) + (await sweepContacts(engine))),
    config.crmDeletedSweepSeconds,
  );
  const changes = followChanges(engine, config);
  const startedAt = engine.now();
  const stream = () => changes[0]?.state() ?? null;
  const reportNow = () => reportState(engine, { identity, startedAt, stream }).then(() => 0);
  const report = loop('report', reportNow, REPORT_MS);
  const probe = loop('probe', () => probeSides(engine).then(() => 0), IDLE_MS);
  const loops = [
    ...commands,
    ...Object.values(records).flat(),
    sweep,
    prices,
    deletions,
    reminders,
    documents,
    catchUp,
    retention,
    expiring,
    audits,
    report,
    probe,
    ...changes,
  ];

  const notifications = new Notifications(config.databaseUrl, ['sync_dirty', 'command_due']);
  notifications.on((channel, payload) => {
    if (channel === 'command_due') for (const each of commands) each.wake();
    else for (const each of records[payload] ?? []) each.wake();
  });
  await notifications.open();

  const { leaseSeconds } = config;
  const renew = () =>
    void renewLeases(database, { owners: leasesInWork(engine), leaseSeconds }).catch((error: unknown) =>
      log.warn({ error }, 'Leases could not be renewed.'),
    );
  const renewal = setInterval(renew, (config.leaseSeconds * 1000) / 3);
  if (await requestAuditAfterGap(database))
    log.warn('A side was last read longer ago than it keeps what happened. All records are compared.');
  // Before the first call: its part of the rate depends on who else is there.
  await reportNow();
  for (const each of loops) each.start();
  log.info(maskedSummary(config), 'The worker is at work.');

  return {
    engine,
    async stop() {
      stopping.abort();
      await Promise.all(loops.map((each) => each.stop()));
      clearInterval(renewal);
      await notifications.close();
      await forgetWorker(database, engine.workerId).catch((error: unknown) =>
        log.warn({ error }, 'The database does not know yet that this worker has ended.'),
      );
      await close();
    },
  };
}

/** The org's change stream. The sweep goes on beside it, for what the stream lost, and alone where there is none. */
function followChanges(engine: Engine, { changeStream, databaseUrl }: Config): CrmChangeFollower[] {
  if (!changeStream) return [];
  const { url, topic } = changeStream;
  const client = new PubSubClient({
    url,
    session: (refused) => engine.org.session(refused),
    gate: engine.gates.salesforce,
  });
  return [new CrmChangeFollower(engine, { client, topic, databaseUrl })];
}

async function main(): Promise<void> {
  const config = loadConfig();
  const log = openLog(config, 'worker');
  const worker = await startWorker(config, log);
  onStop(log, () => worker.stop());
}

if (import.meta.main) void main();
