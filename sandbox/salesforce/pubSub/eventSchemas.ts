import type { ObjectSchema } from '../schema/objectSchema.ts';
import { eventSchema } from './eventSchema.ts';
import type { EventSchema } from './eventSchema.ts';

/** The event schemas of these objects, made at once, and of others when they are first needed. */
export class EventSchemas {
  readonly #byObject = new Map<string, EventSchema>();
  readonly #byId = new Map<string, EventSchema>();

  constructor(objects: ObjectSchema[]) {
    for (const object of objects) this.of(object);
  }

  of(object: ObjectSchema): EventSchema {
    const known = this.#byObject.get(object.name);
    if (known) return known;
    const schema = eventSchema(object);
    this.#byObject.set(object.name, schema);
    this.#byId.set(schema.id, schema);
    return schema;
  }

  byId(id: string): EventSchema | undefined {
    return this.#byId.get(id);
  }
}
