import { flushCompileCache } from 'node:module';

/** Everything is loaded, and work begins at a word: what was killed has its successor within milliseconds. */
export function startWhenTold(start: () => Promise<unknown>): void {
  // Kept now: kill -9 leaves no time for it.
  flushCompileCache();
  process.once('message', () => {
    start().then(
      () => process.send!('working'),
      (error: unknown) => {
        console.error(error);
        process.exit(1);
      },
    );
  });
  process.once('disconnect', () => process.exit(0));
  process.send!('ready');
}
