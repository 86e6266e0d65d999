import pg from 'pg';

export type Channel = 'sync_dirty' | 'command_due' | 'command_settled';

/**
 * Hears PostgreSQL's NOTIFY on a connection of its own. A notification is only a wake-up: a listener that was
 * disconnected finds the work when it next looks, so reconnecting needs no replay.
 */
export class Notifications {
  private client: pg.Client | undefined;
  private closed = false;
  private readonly listeners = new Set<(channel: Channel, payload: string) => void>();

  private readonly databaseUrl: string;
  private readonly channels: Channel[];

  constructor(databaseUrl: string, channels: Channel[]) {
    this.databaseUrl = databaseUrl;
    this.channels = channels;
  }

  on(listener: (channel: Channel, payload: string) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  async open(): Promise<void> {
    const client = new pg.Client({ connectionString: this.databaseUrl });
    client.on('notification', ({ channel, payload }) => {
      for (const listener of this.listeners) listener(channel as Channel, payload ?? '');
    });
    client.on('error', () => this.reconnect());
    client.on('end', () => this.reconnect());
    await client.connect();
    for (const channel of this.channels) await client.query(`LISTEN ${channel}`);
    this.client = client;
  }

  async close(): Promise<void> {
    this.closed = true;
    await this.client?.end();
  }

  private reconnect(): void {
    if (this.closed || !this.client) return;
    this.client = undefined;
    const again = () => {
      if (!this.closed) this.open().catch(() => setTimeout(again, 1000).unref());
    };
    setTimeout(again, 250).unref();
  }
}
