/** Whether the org answers. Requests and the change stream report what they see; the shell shows a notice. */
const listeners = new Set();
let reachable = true;

export function reportReachable(now) {
  if (now === reachable) return;
  reachable = now;
  for (const listener of listeners) listener(reachable);
}

/** Calls back on every change; the answer stops that. */
export function watchConnection(listener) {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
