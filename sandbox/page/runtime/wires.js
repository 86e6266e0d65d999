import { forgetReads } from './orgClient';

const live = new Set();
const adapterOf = new WeakMap();

/**
 * A wire adapter over an asynchronous function of its configuration.
 *
 * It waits until `ready(config)` is true (by default: until no parameter is undefined, as on the platform), emits only
 * what has changed, and drops answers that a newer request has overtaken. `touches(config, change)` says whether a change
 * in the org concerns it.
 */
export function wireAdapter(load, { ready = allGiven, touches = () => false } = {}) {
  return class {
    constructor(callback) {
      this.callback = callback;
      this.requests = 0;
      this.emit({ data: undefined, error: undefined });
    }

    connect() {
      live.add(this);
      if (this.config) this.load();
    }

    disconnect() {
      live.delete(this);
    }

    update(config) {
      this.config = config;
      this.last = undefined;
      if (live.has(this)) this.load();
    }

    concerns(change) {
      return Boolean(this.config) && touches(this.config, change);
    }

    async load() {
      const request = ++this.requests;
      if (!ready(this.config)) return;
      const result = await load(this.config).then(
        (data) => ({ data, error: undefined }),
        (error) => ({ data: undefined, error }),
      );
      if (request !== this.requests || !live.has(this)) return;
      const text = result.error ? undefined : JSON.stringify(result.data);
      if (text !== undefined && text === this.last) return;
      this.last = text;
      this.emit(result);
    }

    emit(result) {
      adapterOf.set(result, this);
      this.callback(result);
    }
  };
}

/** Loads again what a wire has emitted: the value a component kept for `refreshApex`. */
export function refreshWire(result) {
  forgetReads();
  return Promise.resolve(adapterOf.get(result)?.load());
}

/**
 * Loads again the wires that a change concerns: `{objectApiName?, recordIds}`. Without a change, all of them, as after
 * the stream of changes was broken.
 */
export function refreshWires(change) {
  forgetReads();
  return Promise.all([...live].filter((wire) => !change || wire.concerns(change)).map((wire) => wire.load()));
}

function allGiven(config) {
  return Object.values(config).every((value) => value !== undefined);
}
