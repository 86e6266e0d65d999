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
    let latest = command;
    while (latest.status === 'running' && latest.attempts === command.attempts && Date.now() < deadline) {
      await this.news(latest.id, Math.min(LOOK_AGAIN_MS, deadline - Date.now()), async () => {
        latest = (await findCommand(this.database, command.id)) ?? latest;
        return latest.status !== 'running' || latest.attempts > command.attempts;
      });
      latest = (await findCommand(this.database, command.id)) ?? latest;
    }
    return latest;
  }

  /** Resolves on a notification about the command or after `ms`; listens before it looks, to miss nothing. */
  private async news(id: string, ms: number, alreadyThere: () => Promise<boolean>): Promise<void> {
    let stopListening = () => {};
    const heard = new Promise<void>((resolve) => {
      stopListening = this.notifications.on((channel, payload) => {
        if (channel === 'command_settled' && payload === id) resolve();
      });
    });
    let timer: NodeJS.Timeout | undefined;
    const timeout = new Promise<void>((resolve) => (timer = setTimeout(resolve, ms)));
    try {
      if (!(await alreadyThere())) await Promise.race([heard, timeout]);
    } finally {
      stopListening();
      clearTimeout(timer);
    }
  }
}
