import { watchChanges } from 'runtime/changes';

/**
 * Change Data Capture for components. Messages have the shape of the platform's; of the changed fields they carry the
 * names but not the values, because the sandbox's stream does not: load the record to see them.
 */
let subscriptions = 0;
let replayId = 0;

export async function subscribe(channel, _replayFrom, onMessage) {
  const entity = entityOf(channel);
  const stop = watchChanges((change) => {
    if (!change || (entity !== undefined && change.objectApiName !== entity)) return;
    replayId += 1;
    onMessage({
      channel,
      data: { schema: change.objectApiName, event: { replayId }, payload: payloadOf(change) },
    });
  });
  subscriptions += 1;
  return { channel, id: `sandbox-${subscriptions}`, stop };
}

export async function unsubscribe(subscription, callback) {
  subscription?.stop?.();
  const answer = { successful: true, channel: '/meta/unsubscribe', subscription: subscription?.channel };
  callback?.(answer);
  return answer;
}

/** Errors of the stream are shown by the shell, so none is reported here. */
export function onError() {}

export function setDebugFlag() {}

export async function isEmpEnabled() {
  return true;
}

// /data/AccountChangeEvent, /data/Invoice__ChangeEvent, /data/ChangeEvents and custom channels such as /data/Billing__chn.
function entityOf(channel) {
  const standard = /^\/data\/(\w+?)(__)?ChangeEvent$/.exec(channel);
  return standard ? `${standard[1]}${standard[2] ? '__c' : ''}` : undefined;
}

function payloadOf({ objectApiName, recordIds, changeType, changedFields = [], commitTimestamp }) {
  return {
    LastModifiedDate: new Date(commitTimestamp ?? Date.now()).toISOString(),
    ChangeEventHeader: {
      entityName: objectApiName,
      recordIds,
      changeType,
      changedFields,
      changeOrigin: '',
      commitTimestamp: Number(new Date(commitTimestamp ?? Date.now())),
      commitNumber: replayId,
      commitUser: '',
      sequenceNumber: 1,
      transactionKey: `sandbox-${replayId}`,
      diffFields: [],
      nulledFields: [],
    },
  };
}
