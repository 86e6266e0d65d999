import type { Sandbox } from '../sandbox.ts';
import type { StoredLink } from '../wire.ts';

export function showLink(sandbox: Sandbox, link: StoredLink): object {
  const { created: _unseen, items: _items, token, ...shown } = link;
  return { ...shown, url: `${sandbox.publicUrl}/b/${token}` };
}

/** Whether nobody can pay through it any more: it was switched off, or was paid as often as it may be. */
export function isClosed({ active, restrictions }: StoredLink): boolean {
  const { count, limit } = restrictions?.completed_sessions ?? { count: 0, limit: 1 };
  return !active || count >= limit;
}
