// Keeps the page fresh: fetches it again and swaps the changed part, so that scrolling and what is open stay as they
// are. Without this file the pages are the same, only as old as their last load.

const everyMilliseconds = 2000;
const live = document.getElementById('live');
let shown = live.innerHTML;

setInterval(refresh, everyMilliseconds);
document.addEventListener('visibilitychange', refresh);

async function refresh() {
  if (document.hidden || isInUse()) return;
  const fresh = await fetchLive();
  if (!fresh || fresh.innerHTML === shown || isInUse()) return;
  shown = fresh.innerHTML;
  const open = [...live.querySelectorAll('details')].map((details) => details.open);
  fresh.querySelectorAll('details').forEach((details, place) => (details.open = open[place] ?? false));
  const inner = [...live.querySelectorAll('.scroll')].map(({ scrollLeft }) => scrollLeft);
  live.replaceChildren(...document.adoptNode(fresh).childNodes);
  live.querySelectorAll('.scroll').forEach((box, place) => (box.scrollLeft = inner[place] ?? 0));
}

/** Swapping would take away the selected text, the focused button or the mail that is being read. */
function isInUse() {
  const selection = getSelection();
  const selecting = selection && !selection.isCollapsed && live.contains(selection.anchorNode);
  return selecting || live.contains(document.activeElement) || live.querySelector('iframe') !== null;
}

async function fetchLive() {
  try {
    const response = await fetch(location.href, { headers: { Accept: 'text/html' } });
    if (!response.ok) return null;
    return new DOMParser().parseFromString(await response.text(), 'text/html').getElementById('live');
  } catch {
    return null; // The sandbox is being restarted; the next round finds it again.
  }
}
