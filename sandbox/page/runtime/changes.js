import { reportReachable } from './connection';
import { refreshWires } from './wires';

/**
 * Changes in the org as they happen: `GET /sandbox/changes`, one server-sent event for each commit and object. Wires are
 * refreshed first, then listeners are told.
 */
const listeners = new Set();
let source;
let broken = false;

/** Calls back with `{objectApiName, recordIds, changeType, changedFields, commitTimestamp}`; the answer stops that. */
export function watchChanges(listener) {
  listeners.add(listener);
  open();
  return () => listeners.delete(listener);
}

// One commit is told as several events; lists wait for all of them.
const settleMs = 50;

/** Calls `reload` once after changes to records of an object, and after the stream was broken; the answer stops that. */
export function watchObject(objectApiName, reload) {
  let timer;
  const stop = watchChanges((change) => {
    if (change && change.objectApiName !== objectApiName) return;
    clearTimeout(timer);
    timer = setTimeout(reload, settleMs);
  });
  return () => {
    clearTimeout(timer);
    stop();
  };
}

function open() {
  if (source) return;
  source = new EventSource('/sandbox/changes');
  source.onmessage = ({ data }) => tell(JSON.parse(data));
  source.onerror = () => {
    broken = true;
    reportReachable(false);
    // The browser tries again by itself unless the answer was no stream at all.
    if (source.readyState === EventSource.CLOSED) reopenLater();
  };
  source.onopen = () => {
    reportReachable(true);
    // Changes made while the stream was broken are not sent again.
    if (broken) tell(undefined);
    broken = false;
  };
}

function reopenLater() {
  source.close();
  source = undefined;
  setTimeout(open, 2000);
}

function tell(change) {
  // There is nothing to read again of a record that is gone.
  if (change?.changeType !== 'DELETE') refreshWires(change);
  for (const listener of [...listeners]) listener(change);
}
