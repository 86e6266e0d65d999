import { reportReachable } from './connection';
import { renewSession } from './session';

/** Version of the org's API that the project is written for. */
export const dataApi = '/services/data/v67.0';

/** An error of the shape that Lightning Data Service and Apex wires give: status and `body`, as the org sent it. */
export class FetchError extends Error {
  constructor(status, statusText, body) {
    super(messageOf(body) ?? statusText);
    this.name = 'FetchError';
    Object.assign(this, { errorType: 'fetchResponse', ok: false, status, statusText, body });
  }
}

/** One request to the org. Answers the JSON, or undefined when there is none. */
export async function request(method, path, body, renewed = false) {
  let response;
  try {
    response = await fetch(path, {
      method,
      headers: {
        accept: 'application/json',
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
  } catch (cause) {
    reportReachable(false);
    const message = 'The org cannot be reached. Check that npm start is still running, then try again.';
    throw Object.assign(new FetchError(0, 'Network error', { message }), { cause });
  }
  reportReachable(true);
  // A session ends when the sandbox is started anew; the next one is for the asking.
  if (response.status === 401 && !renewed) {
    await renewSession();
    return request(method, path, body, true);
  }
  const text = await response.text();
  const json = parse(text);
  if (!response.ok)
    throw new FetchError(response.status, response.statusText, errorBody(response, json, text));
  return json;
}

const reads = new Map();
let generation = 0;

/**
 * A GET that is shared by those who ask for the same at the same time, as several components of a record page do. A read
 * is not shared with those who ask after `forgetReads`: they want to see what was written meanwhile.
 */
export function read(path) {
  const key = `${generation} ${path}`;
  if (!reads.has(key)) {
    const answer = request('GET', path).then(freeze);
    reads.set(key, answer);
    const forget = () => reads.delete(key);
    answer.then(forget, forget);
  }
  return reads.get(key);
}

export function forgetReads() {
  generation += 1;
}

/** Rows of a SOQL query. */
export function query(soql) {
  return read(`${dataApi}/query?q=${encodeURIComponent(soql)}`);
}

/** On the platform components get frozen data; one that writes into it must fail here too. */
export function freeze(value) {
  if (value && typeof value === 'object' && !Object.isFrozen(value)) {
    Object.values(value).forEach(freeze);
    Object.freeze(value);
  }
  return value;
}

function parse(text) {
  if (!text) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function errorBody(response, json, text) {
  if (json === undefined)
    return { message: text.slice(0, 500) || response.statusText, statusCode: response.status };
  return Array.isArray(json) && json.length === 1 ? json[0] : json;
}

function messageOf(body) {
  return Array.isArray(body) ? body.map(({ message }) => message).join(' ') : body?.message;
}
