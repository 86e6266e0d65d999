import { freeze, request } from './orgClient';
import { refreshWire, wireAdapter } from './wires';

/** An imported Apex method: called with one object of named parameters, or wired when it is cacheable. */
export function apexMethod(classname, method, cacheable) {
  const call = (params = {}) => {
    if (params === null || typeof params !== 'object' || params instanceof Event) {
      return Promise.reject(new TypeError(`${classname}.${method} takes one object of named parameters.`));
    }
    return execute(params).then(freeze);
  };

  async function execute(params) {
    const answer = await request('POST', '/webruntime/api/apex/execute', {
      namespace: '',
      classname,
      method,
      isContinuation: false,
      params,
      cacheable,
    });
    return answer?.returnValue;
  }

  if (cacheable)
    call.adapter = wireAdapter((config) => execute(config).then(freeze), { touches: namesRecord });
  return call;
}

/** Loads a wired method's data again; takes the value that the wire has given. */
export function refreshApex(result) {
  return refreshWire(result);
}

// A wired method that gets a record's id most likely reads that record.
function namesRecord(config, { recordIds }) {
  return Object.values(config).some((value) => recordIds.includes(value));
}
