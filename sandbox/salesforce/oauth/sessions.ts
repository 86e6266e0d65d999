import { createHash, randomBytes } from 'node:crypto';
import type { Collection, DocumentStore } from '../../store/documentStore.ts';

type Session = { id: string; userId: string; expiresAt: number };
type Grant = { id: string; userId: string; clientId: string };

/** Access tokens and refresh tokens. Only their hashes are kept. */
export class Sessions {
  readonly #sessions: Collection<Session>;
  readonly #grants: Collection<Grant>;
  readonly #orgId: string;
  readonly #lifetimeMs: number;

  constructor(store: DocumentStore, { orgId, lifetimeSeconds }: { orgId: string; lifetimeSeconds: number }) {
    this.#sessions = store.collection<Session>('session');
    this.#grants = store.collection<Grant>('refreshToken');
    this.#orgId = orgId;
    this.#lifetimeMs = lifetimeSeconds * 1000;
  }

  /** A new access token for a user; it begins with the org id, as real ones do. */
  open(userId: string): string {
    this.#forgetExpired();
    const token = `${this.#orgId.slice(0, 15)}!AQ${randomBytes(48).toString('base64url')}`;
    this.#sessions.put({ id: hash(token), userId, expiresAt: Date.now() + this.#lifetimeMs });
    return token;
  }

  /** Whose token it is. Using a session keeps it alive, as the platform counts only time without a request. */
  userOf(token: string): string | undefined {
    const session = this.#sessions.get(hash(token));
    const now = Date.now();
    if (!session || session.expiresAt <= now) return undefined;
    // Written at most once in a tenth of the lifetime, because most requests write nothing else.
    const expiresAt = now + this.#lifetimeMs;
    if (expiresAt - session.expiresAt > this.#lifetimeMs / 10) this.#sessions.put({ ...session, expiresAt });
    return session.userId;
  }

  grantRefresh(userId: string, clientId: string): string {
    const token = `5Aep${randomBytes(48).toString('base64url')}`;
    this.#grants.put({ id: hash(token), userId, clientId });
    return token;
  }

  refreshGrant(token: string): { userId: string; clientId: string } | undefined {
    return this.#grants.get(hash(token));
  }

  /** True when there was such a token. */
  revoke(token: string): boolean {
    const id = hash(token);
    const known = this.#sessions.get(id) !== undefined || this.#grants.get(id) !== undefined;
    this.#sessions.delete(id);
    this.#grants.delete(id);
    return known;
  }

  /** Ends all sessions at once, as an administrator or a time-out would. */
  expireAll(): void {
    for (const session of [...this.#sessions.values()]) this.#sessions.delete(session.id);
  }

  #forgetExpired(): void {
    for (const session of [...this.#sessions.values()]) {
      if (session.expiresAt <= Date.now()) this.#sessions.delete(session.id);
    }
  }
}

function hash(token: string): string {
  return createHash('sha256').update(token).digest('hex');
}
