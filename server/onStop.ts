import type { Logger } from 'pino';

// Heroku and Kubernetes kill after 30 s; what is not done by then comes back with its lease.
const PATIENCE_MS = 25_000;

/**
 * Ends the process in good order on the signals that a host or a terminal sends. Further ones change nothing: npm
 * passes on what the whole process group has got already.
 */
export function onStop(log: Logger, stop: () => Promise<void>): void {
  let stopping = false;
  const handle = (signal: string) => {
    if (stopping) return;
    stopping = true;
    log.info({ signal }, 'Stopping after the work in hand.');
    setTimeout(() => process.exit(1), PATIENCE_MS).unref();
    stop().then(
      () => process.exit(0),
      (error: unknown) => {
        log.error({ error }, 'Stopping failed.');
        process.exit(1);
      },
    );
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, handle);
}
