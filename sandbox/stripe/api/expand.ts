import type { Call } from './call.ts';
import { invalidParameter } from './errors.ts';
import { references } from './references.ts';
import type { Reference } from './references.ts';

type Fields = Record<string, unknown>;

/** Stripe's own limit: docs.stripe.com/api/expanding_objects. */
const DEEPEST = 4;

/** Replaces ids by their objects along each path, such as `data.customer` or `payments.data.payment.payment_intent`. */
export function expanded(call: Call, answer: object, paths: readonly string[]): object {
  if (paths.length === 0) return answer;
  const copy = structuredClone(answer) as Fields;
  for (const path of paths) {
    const parts = path.split('.');
    if (parts.filter((part) => part !== 'data').length > DEEPEST)
      throw invalidParameter(
        `You cannot expand more than ${DEEPEST} levels of a property (${path}).`,
        'expand',
      );
    if (!follow({ call, path, owner: copy, hash: copy, within: [] }, parts)) throw notExpandable(path);
  }
  return copy;
}

interface Place {
  call: Call;
  path: string;
  /** The object with a type that `hash` is in. */
  owner: Fields;
  hash: Fields;
  /** Names from the owner to the hash. */
  within: string[];
}

/** True when the path made sense for this object, even if there was nothing to put in. */
function follow(place: Place, parts: readonly string[]): boolean {
  const [name, ...rest] = parts;
  if (name === undefined) return true;
  const within = [...place.within, name];
  const known = references[String(place.owner['object'])] ?? {};
  const reference = known[within.join('.')];
  if (reference) place.hash[name] = resolved(place, name, reference);
  const value = place.hash[name];
  if (rest.length === 0) return reference !== undefined;
  // Nothing there: the path is right if this object could have had it.
  if (value === null || value === undefined)
    return reference !== undefined || [...within, ...rest].join('.') in known;
  return branches(value).every((next) => descend(place, next, { within, rest }));
}

function descend(
  place: Place,
  next: Fields,
  { within, rest }: { within: string[]; rest: string[] },
): boolean {
  const typed = typeof next['object'] === 'string';
  return follow(
    typed ? { ...place, owner: next, hash: next, within: [] } : { ...place, hash: next, within },
    rest,
  );
}

function branches(value: unknown): Fields[] {
  const all: unknown[] = Array.isArray(value) ? value : [value];
  return all.filter((one): one is Fields => typeof one === 'object' && one !== null);
}

function resolved(place: Place, name: string, reference: Reference): unknown {
  if ('include' in reference)
    return place.hash[name] ?? structuredClone(reference.include(place.call, place.owner));
  const value = place.hash[name];
  if (Array.isArray(value)) return value.map((one: unknown) => loaded(place.call, one, reference));
  return loaded(place.call, value, reference);
}

function loaded(call: Call, value: unknown, reference: Extract<Reference, { load: unknown }>): unknown {
  // Stored objects are frozen; a copy can be expanded further.
  return typeof value === 'string' ? (structuredClone(reference.load(call, value)) ?? value) : value;
}

function notExpandable(path: string) {
  return invalidParameter(
    `This property cannot be expanded (${path}). You may want to try expanding '${path.startsWith('data.') ? path.slice(5) : `data.${path}`}' instead, or see https://stripe.com/docs/api/expanding_objects.`,
    'expand',
  );
}
