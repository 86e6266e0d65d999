/**
 * Who is signed in. Components import the user's id and permissions as constants, so this is loaded before any of them:
 * main.js waits for it.
 */
export let session;

export async function loadSession() {
  const response = await fetch('/sandbox/session', { headers: { accept: 'application/json' } });
  if (!response.ok) throw new Error(`The org answered ${response.status} to the request for a session.`);
  session = Object.freeze(await response.json());
  return session;
}

/** Asks for a session again after the org has forgotten this one. Another user means another page. */
export async function renewSession() {
  const { user } = session;
  await loadSession();
  if (session.user.id !== user.id) location.reload();
}

/** Signs another user in. Everything on the page depends on the user, so it is loaded anew. */
export async function switchUser(userId) {
  const response = await fetch('/sandbox/session', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ userId }),
  });
  if (!response.ok) throw new Error(`The org answered ${response.status} to the change of the user.`);
  location.reload();
}
