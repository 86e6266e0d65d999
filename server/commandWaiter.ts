import { findCommand } from '../sync/store/commands.ts';
import type { Database } from '../sync/store/database.ts';
import type { Command } from '../sync/store/entities.ts';
import type { Notifications } from '../sync/store/notifications.ts';

// A notification may be missed while the listening connection is being remade.
const LOOK_AGAIN_MS = 1_000;

/** Waits for commands that a worker carries out. */
export class CommandWaiter {
  private readonly database: Database;
  private readonly notifications: Notifications;
  private readonly patienceMs: number;

  constructor(options: { database: Database; notifications: Notifications; patienceMs: number }) {
    this.database = options.database;
    this.notifications = options.notifications;
    this.patienceMs = options.patienceMs;
  }

  /** The command once it has ended, once a try of it has failed, or as it is when patience ends. */
  async settled(command: Command): Promise<Command> {
    const deadline = Date.now() + this.patienceMs;
    const isUnderWay = ({ status, attempts }: Command) =>
      status === 'running' && attempts === command.attempts;
    let wake = () => {};
    const stopListening = this.notifications.on((channel, payload) => {
      if (channel === 'command_settled' && payload === command.id) wake();
    });
    try {
      let latest = command;
      while (isUnderWay(latest)) {
        // Listens before it looks, to miss nothing.
        const woken = new Promise<void>((resolve) => (wake = resolve));
        latest = (await findCommand(this.database, command.id)) ?? latest;
        const patienceMs = deadline - Date.now();
        if (!isUnderWay(latest) || patienceMs <= 0) break;
        await within(woken, Math.min(LOOK_AGAIN_MS, patienceMs));
      }
      return latest;
    } finally {
      stopListening();
    }
  }
}

/** Resolves with `event`, or after `ms`. */
async function within(event: Promise<void>, ms: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<void>((resolve) => (timer = setTimeout(resolve, ms)));
  await Promise.race([event, timeout]);
  clearTimeout(timer);
}
